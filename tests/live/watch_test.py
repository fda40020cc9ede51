"""The watch against real servers and paths that end connections: is each loss recorded with its cause and time?

usage: watch_test.py PRINT_CLOSES        (the program is found in $DROPSCOPE)

HAProxy with 4 s, in the clear and ending TLS, a server that is killed, one that resets, and, where network namespaces and nftables can be used, a
path that drops everything in silence. All are watched at the same time. What is not installed or not allowed is left out
by name; exit code 77 where nothing could be watched.
"""

import contextlib
import datetime
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
from live import (HAPROXY_TCP, Namespaces, free_ports, judge, make_certificate, run, start_echo,  # noqa: E402
                  start_haproxy)

DROP = """
table inet watched {
  chain in { type filter hook input priority 0; policy drop; }
  chain out { type filter hook output priority 0; policy drop; }
}
"""

PORTS = free_ports(("plain", "killed", "resets", "haproxy", "tls", "dropped"))
IDLE = 4
RESET_AT = 3
# Seconds after the start of the watches.
EVENT_AT = 3
# Connects at 0, is lost at 4; again at 5 and 9; again at 11 and 15.
LENGTH = 17
GIVE_UP = 3


def can_drop(net):
    if not net.made:
        print("no network namespaces (" + net.problem + "): the dropped path is left out")
        return False
    try:
        done = run(*net.enter(net.server), "nft", "list", "ruleset")
    except (OSError, subprocess.SubprocessError) as error:
        print("no nftables (" + str(error) + "): the dropped path is left out")
        return False
    if done.returncode != 0:
        print("no nftables (" + done.stderr.strip() + "): the dropped path is left out")
    return done.returncode == 0


def start_watch(processes, folder, name, host, prefix=(), extra=()):
    record = os.path.join(folder, name + ".jsonl")
    processes.append(subprocess.Popen(
        [*prefix, os.environ["DROPSCOPE"], "watch", f"{host}:{PORTS[name]}", "--record", record, "--computer", "PC07",
         "--for", str(LENGTH), "--quiet", *extra]))
    return record


def seconds(line):
    return datetime.datetime.fromisoformat(line["time"].replace("Z", "+00:00")).timestamp()


def attempt(lateness):
    processes = []
    problems = []

    def expect(right, what):
        if not right:
            problems.append(what)

    with tempfile.TemporaryDirectory(prefix="dropscope-live-") as folder, Namespaces() as net, \
            contextlib.ExitStack() as ends:
        def stop_all():
            for process in processes:
                process.kill()
                process.wait()
        ends.callback(stop_all)
        start_echo(processes, [], "127.0.0.1", PORTS["plain"])
        start_echo(processes, [], "127.0.0.1", PORTS["resets"], RESET_AT, resets=True)
        killed = start_echo(processes, [], "127.0.0.1", PORTS["killed"])
        watched = {"plain": "127.0.0.1", "killed": "127.0.0.1", "resets": "127.0.0.1"}
        if start_haproxy(processes, folder, "haproxy",
                         HAPROXY_TCP.format(port=PORTS["haproxy"], behind=PORTS["plain"], timeout=IDLE, bind="")):
            watched["haproxy"] = "127.0.0.1"
        certificate = make_certificate(folder)
        if certificate and start_haproxy(processes, folder, "tls", HAPROXY_TCP.format(
                port=PORTS["tls"], behind=PORTS["plain"], timeout=IDLE, bind=f"ssl crt {certificate}")):
            watched["tls"] = "127.0.0.1"
        dropped = can_drop(net)
        records = {}
        if dropped:
            inside = net.enter(net.server)
            start_echo(processes, inside, "10.99.0.2", PORTS["dropped"])
            records["dropped"] = start_watch(processes, folder, "dropped", "10.99.0.2", net.enter(net.client),
                                             ("--send-every", "2", "--give-up", str(GIVE_UP)))
        first = len(processes)
        for name, host in watched.items():
            records[name] = start_watch(processes, folder, name, host, extra=("--tls",) if name == "tls" else ())
        began = time.time()
        time.sleep(EVENT_AT)
        killed.send_signal(signal.SIGKILL)
        cut = time.time()
        if dropped:
            done = subprocess.run([*inside, "nft", "-f", "-"], input=DROP, text=True, capture_output=True, timeout=20)
            expect(done.returncode == 0, "nft: " + done.stderr)
        cut_until = time.time()
        # The watch of the dropped path was begun first.
        for process in processes[first - (1 if dropped else 0):]:
            code = process.wait(timeout=LENGTH + 30)
            expect(code == 0, f"a watch ends with {code}")

        lines = {}
        for name, record in records.items():
            with open(record, encoding="utf-8") as file:
                lines[name] = [json.loads(line) for line in file]
            print(name + ":", [(line["event"], line.get("cause"), line.get("idle_s")) for line in lines[name]])
            expect(lines[name][0]["event"] == "start" and lines[name][-1]["event"] == "stop", f"{name}: no start or no stop")
        lost = {name: [line for line in of if line["event"] == "lost"] for name, of in lines.items()}
        tolerance = lateness.tolerance()

        expect(not lost["plain"], f"plain: {lost['plain']}")
        for line in lost.get("tls", ()):
            expect(line["cause"] == "fin", f"tls: {line['cause']} instead of fin")
            expect(abs(line["idle_s"] - IDLE) <= tolerance, f"tls: {line['idle_s']} s instead of {IDLE} s")
        expect("tls" not in lost or len(lost["tls"]) >= 2, "tls: not lost twice")
        if "haproxy" in lost:
            expect(len(lost["haproxy"]) >= 2, f"haproxy: {len(lost['haproxy'])} losses")
            for line in lost["haproxy"]:
                expect(line["cause"] == "fin", f"haproxy: {line['cause']} instead of fin")
                expect(abs(line["idle_s"] - IDLE) <= tolerance, f"haproxy: {line['idle_s']} s instead of {IDLE} s")
            ups = [line for line in lines["haproxy"] if line["event"] == "up"]
            expect(abs(ups[1]["down_s"] - 1) <= tolerance, f"haproxy: restored after {ups[1]['down_s']} s instead of 1 s")
            expect(abs(seconds(ups[1]) - seconds(lost["haproxy"][0]) - ups[1]["down_s"]) <= 0.01,
                   "haproxy: times and lengths disagree")
            expect(began - 1 <= seconds(ups[0]) <= began + 1 + tolerance, "haproxy: the time of day is wrong")
        for line in lost["resets"]:
            expect(line["cause"] == "rst", f"resets: {line['cause']} instead of rst")
            expect(abs(line["age_s"] - RESET_AT) <= tolerance, f"resets: {line['age_s']} s instead of {RESET_AT} s")
        expect(lost["resets"], "resets: no loss")
        expect(len(lost["killed"]) == 1, f"killed: {len(lost['killed'])} losses")
        for line in lost["killed"]:
            expect(line["cause"] in ("fin", "rst"), f"killed: {line['cause']}")
            expect(-0.01 <= seconds(line) - cut <= tolerance, f"killed: {seconds(line) - cut} s after it was")
        failed = [line for line in lines["killed"] if line["event"] == "failed"]
        expect([line["cause"] for line in failed] == ["refused"], f"killed: then {failed}")
        if dropped:
            expect(len(lost["dropped"]) == 1, f"dropped: {len(lost['dropped'])} losses")
            for line in lost["dropped"]:
                expect(line["cause"] == "time-out", f"dropped: {line['cause']} instead of time-out")
                late = seconds(line) - cut
                # At most two seconds until the next line is sent, then as long as it is waited for.
                expect(GIVE_UP - tolerance <= late <= cut_until - cut + 2 + GIVE_UP + 0.3 + tolerance,
                       f"dropped: noticed after {late} s")
    return problems


if __name__ == "__main__":
    if "DROPSCOPE" not in os.environ:
        sys.exit("set DROPSCOPE to the path of the program")
    sys.exit(judge(attempt))
