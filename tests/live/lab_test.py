"""One script of the laboratory, small: is its verdict right? And does a laboratory that is interrupted or killed
leave anything behind?

usage: lab_test.py PRINT_CLOSES (which is not used; the clients are found in $DROPSCOPE_LAB_CLIENT)

A world of four days takes a minute and a half. Exit code 77 where no namespaces can be made.
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

# The module beside this file; nothing is written into the sources.
sys.dont_write_bytecode = True
from live import judge, run, skip  # noqa: E402

LAB = pathlib.Path(__file__).resolve().parents[2] / "lab" / "lab.py"
# Twice as fast as `make lab`: a minute of the world is some 17 ms.
HOUR_S = 1
SCRIPT = """
description = "the balancer ends sessions after an hour without traffic, everywhere"
capture = true
[truth]
cause = ["idle-timeout"]
interval_min = 60
scope = "global"
[balancer]
idle_min = 60
[world]
days = 4
"""


def command(script, output, hour):
    return [sys.executable, "-B", LAB, script, "--client", os.environ["DROPSCOPE_LAB_CLIENT"], "--dropscope",
            os.environ["DROPSCOPE"], "--output", output, "--hour", str(hour)]


def namespaces(pid):
    return [line for line in run("ip", "netns", "list").stdout.splitlines() if line.startswith(f"dslab-{pid}-")]


# Of somebody who presses Ctrl-C again and again, while a service that shuts down says the same.
IMPATIENT = (signal.SIGINT, signal.SIGTERM) * 100


def taken_down(script, output, ends):
    """What goes wrong when a laboratory is ended by signals, one right after the other."""
    process = subprocess.Popen(command(script, output, 10), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    clients = pathlib.Path(output) / pathlib.Path(script).stem / "work" / "plan"
    for _ in range(150):
        if clients.exists() or process.poll() is not None:
            break
        time.sleep(0.1)
    if not clients.exists() or not namespaces(process.pid):
        process.kill()
        return [f"the laboratory does not start: {process.communicate()[0]}"]
    for end in ends:
        process.send_signal(end)
    try:
        said = process.communicate(timeout=30)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return [f"after {len(ends)} signals {ends[0].name} … it does not end"]
    left = namespaces(process.pid)
    if ends == (signal.SIGKILL,):
        if not left:
            return ["a killed laboratory left no namespaces, so this test shows nothing"]
        cleaned = run(sys.executable, "-B", LAB, "--clean")
        if f"removed dslab-{process.pid}-" not in cleaned.stdout:
            return [f"--clean removed nothing: {cleaned.stdout}{cleaned.stderr}"]
        left = namespaces(process.pid)
    return [f"after {len(ends)} signals {ends[0].name} … there is still {left}: {said}"] if left else []


def attempt(_):
    with tempfile.TemporaryDirectory(prefix="dropscope-lab-") as folder:
        script = os.path.join(folder, "idle.toml")
        output = os.path.join(folder, "out")
        with open(script, "w", encoding="ascii") as file:
            file.write(SCRIPT)
        done = subprocess.run(command(script, output, HOUR_S), capture_output=True, text=True, timeout=180)
        print(done.stdout, done.stderr, sep="\n")
        if done.returncode == 77:
            skip(done.stdout.strip())
        failures = []
        if done.returncode != 0:
            failures.append(f"exit code {done.returncode}")
        for name in ("clients", "balancer", "captured"):
            path = pathlib.Path(output) / "idle" / (name + ".json")
            if not path.exists():
                failures.append(f"no {path.name}")
                continue
            verdict = json.loads(path.read_text(encoding="utf-8"))["verdict"]
            if verdict["cause"] != "idle-timeout":
                failures.append(f"{name}: expected idle-timeout, found {verdict['cause']}")
            # A tenth of the hour is 100 ms here.
            if not verdict["interval_s"] or not 3240 <= verdict["interval_s"] <= 3960:
                failures.append(f"{name}: expected 3600 s, found {verdict['interval_s']}")
            if (verdict["scope"] or {}).get("scope") != "global":
                failures.append(f"{name}: expected everybody, found {verdict['scope']}")
        for i, ends in enumerate(((signal.SIGINT,), IMPATIENT, (signal.SIGKILL,))):
            failures += taken_down(script, os.path.join(folder, f"ended-{i}"), ends)
        return failures


if __name__ == "__main__":
    # A quarter of a minute of the world.
    sys.exit(judge(attempt, 0.004))
