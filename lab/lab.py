#!/usr/bin/env python3
"""The laboratory: real clients, a real balancer, a real packet filter and real servers in network namespaces; a
fault from a script; and what dropscope makes of the logs, beside what was really done.

usage: lab.py [SCRIPT.toml ...] --client PROGRAM --dropscope PROGRAM [--output FOLDER] [--hour SECONDS] [--jobs N]
       lab.py --clean

Without scripts, all of lab/scripts. Several run at the same time, each in namespaces of its own. --clean removes what a
laboratory that was killed has left; so does each start. Exit code 0 when no script contradicts its truth, 1 when one
does or could not be run, 77 when the rights for namespaces are missing. docs/lab.md has the rest.
"""

import argparse
import concurrent.futures
import contextlib
import csv
import dataclasses
import datetime
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import threading
import time
import tomllib

sys.dont_write_bytecode = True
import balancer  # noqa: E402
import network  # noqa: E402
import table  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
SKIPPED = 77
# Until the first midnight of the world, for programs to start. Nobody works at midnight.
HEAD_START_S = 1.5
# A program that is not ready after so long is not coming.
START_S = 30
START_STEP_S = 0.05
# After the world's end, for the clients to write their logs.
WRITING_S = 30
# What HTTP.sys and Exchange's example allow between two parts of a waiting answer (docs/lab.md).
PENDING_S = 30
KEYS = {"description", "truth", "world", "balancer", "filter", "server", "action", "change"}


class Stopped(Exception):
    pass


@dataclasses.dataclass
class Clock:
    """The world's time against real time, both in seconds since 1970."""
    world_begin: float
    real_begin: float
    scale: float

    def world(self, real):
        seconds = self.world_begin + (real - self.real_begin) * self.scale
        return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)

    def real(self, seconds_into_world):
        return self.real_begin + seconds_into_world / self.scale


def toml_text(values, name=""):
    """A table as TOML: scalars, lists of them, tables and lists of tables."""
    text = f"[{name}]\n" if name else ""
    later = ""
    for key, value in values.items():
        inner = f"{name}.{key}" if name else key
        if isinstance(value, dict):
            later += toml_text(value, inner)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            later += "".join(toml_text(one, inner).replace(f"[{inner}]", f"[[{inner}]]", 1) for one in value)
        else:
            # JSON's texts, numbers, truth values and lists are TOML's.
            text += f"{key} = {json.dumps(value)}\n"
    return text + later


def merged(base, changes):
    out = dict(base)
    for key, value in changes.items():
        out[key] = merged(base[key], value) if isinstance(value, dict) and isinstance(base.get(key), dict) else value
    return out


def matches(where, computer):
    return all(computer[key] == value for key, value in where.items())


def seconds_of(text):
    hours, minutes = text.split(":")
    return 3600 * int(hours) + 60 * int(minutes)


def times_of(action, days):
    """Seconds after the world's begin: "2 10:15" is on the third day, and daily = ["03:00"] on each."""
    times = [86400 * day + seconds_of(time_of_day) for time_of_day in action.get("daily", []) for day in range(days)]
    for at in action.get("at", []):
        day, time_of_day = at.split()
        times.append(86400 * int(day) + seconds_of(time_of_day))
    return sorted(times)


class Run:
    """One script, from its namespaces to its verdicts."""

    def __init__(self, options, number, path, stop):
        self.options = options
        self.number = number
        self.name = path.stem
        self.stop = stop
        self.script = tomllib.loads(path.read_text(encoding="utf-8"))
        unknown = set(self.script) - KEYS
        if unknown or "truth" not in self.script:
            raise network.LabError(f"{path}: expected the keys {sorted(KEYS)} with truth among them, "
                                   f"found {sorted(self.script)}")
        # Whole: HAProxy takes a name of a socket without a leading slash for an address.
        self.folder = options.output.resolve() / self.name
        self.work = self.folder / "work"
        self.evidence = self.folder / "evidence"
        self.servers = {}
        self.processes = []

    def prepare(self):
        # Only what an earlier run of this script has written is removed.
        if self.folder.exists() and not (self.folder / "work").is_dir() and any(self.folder.iterdir()):
            raise network.LabError(f"{self.folder}: is no folder of the laboratory; it is left alone")
        shutil.rmtree(self.folder, ignore_errors=True)
        self.work.mkdir(parents=True)
        self.evidence.mkdir()
        world = merged(tomllib.loads((HERE / "world.toml").read_text(encoding="utf-8")), self.script.get("world", {}))
        self.days = world["days"]
        self.scenario = self.work / "world.toml"
        self.scenario.write_text(toml_text(world), encoding="utf-8")
        head, *inventory = network.run(str(self.options.client), "--list", str(self.scenario)).splitlines()
        self.begin, self.end = map(float, head.split())
        self.computers = list(csv.DictReader(inventory))
        (self.evidence / "clients.csv").write_text("\n".join(inventory) + "\n", encoding="utf-8")
        self.server_names = sorted({computer["server"] for computer in self.computers})
        self.segments = {}
        for computer in self.computers:
            self.segments.setdefault(computer["segment"], []).append(computer["address"])
        self.scale = 3600 / self.options.hour

    def start(self, name, namespace, *command):
        with open(self.work / (name + ".out"), "ab") as out, open(self.work / (name + ".err"), "ab") as err:
            process = subprocess.Popen(network.Network.inside(namespace, *command), stdin=subprocess.DEVNULL,
                                       stdout=out, stderr=err, env={**os.environ, "TZ": "UTC"})
        self.processes.append(process)
        return process

    def start_server(self, net, name):
        fault = self.script.get("server", {})
        number = self.server_names.index(name)
        command = [sys.executable, "-B", HERE / "server.py", network.server_address(number), network.SERVER_PORT,
                   "--pending", PENDING_S / self.scale]
        if matches(fault.get("where", {}), {"server": name}):
            for key in ("idle", "age"):
                if key + "_min" in fault:
                    command += ["--" + key, 60 * fault[key + "_min"] / self.scale]
        self.servers[name] = self.start(name, net.centre, *command)

    def end_process(self, process, with_signal=signal.SIGTERM):
        if process.poll() is None:
            process.send_signal(with_signal)
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def wait_until(self, real):
        if self.stop.wait(max(0, real - time.time())):
            raise Stopped

    def wait_for(self, ready, what):
        for _ in range(round(START_S / START_STEP_S)):
            if ready():
                return
            self.wait_until(time.time() + START_STEP_S)
        raise network.LabError(f"{self.name}: {what} did not start in {START_S} s; see {self.work}")

    def whole_seconds(self, minutes):
        seconds = 60 * minutes / self.scale
        if seconds != int(seconds):
            raise network.LabError(f"{self.name}: the kernel counts whole seconds here, and {minutes} minutes are "
                                   f"{seconds} s at this scale")
        return int(seconds)

    def change_s(self):
        """When the script's change is made, in seconds after the world's begin."""
        return times_of({"at": [self.script["change"]["at"]]}, self.days)[0]

    def addresses(self, where):
        return [computer["address"] for computer in self.computers if matches(where, computer)]

    def plan(self):
        """Where each computer's Outlook connects to."""
        fault = self.script.get("balancer", {})
        change = self.script.get("change")
        lines = []
        for computer in self.computers:
            strict = "idle_min" in fault and matches(fault.get("where", {}), computer)
            port = (balancer.STRICT_PORT if strict else balancer.PATIENT_PORT) + self.server_names.index(
                computer["server"])
            line = f"{computer['computer']} {network.BALANCER} {port}"
            if change and matches(change.get("where", {}), computer):
                line += f" {self.whole_seconds(change['keep_alive_min']) * self.scale} {self.change_s()}"
            lines.append(line + "\n")
        path = self.work / "plan"
        path.write_text("".join(lines), encoding="utf-8")
        return path

    def act(self, net, action):
        kind = action["kind"]
        if kind == "restart":
            name = action["server"]
            # Nobody is told, as when a machine loses its power; the balancer's check finds out.
            self.end_process(self.servers[name], signal.SIGKILL)
            self.wait_until(time.time() + 60 * action["down_min"] / self.scale)
            self.start_server(net, name)
        elif kind == "kill-sessions":
            name = action["server"].lower()
            port = balancer.PATIENT_PORT + self.server_names.index(action["server"])
            balancer.administer(self.work, f"shutdown sessions server exchange_{name}_{port}/{name}")
        elif kind == "loss":
            net.lose(self.addresses(action.get("where", {})), action["percent"])
            self.wait_until(time.time() + 60 * action["minutes"] / self.scale)
            net.lose_nothing()
        else:
            raise network.LabError(f"{self.name}: unknown kind of action “{kind}”")

    def play(self, net):
        idle_min = self.script.get("balancer", {}).get("idle_min", 0)
        configuration = self.work / "haproxy.cfg"
        configuration.write_text(balancer.services(self.work, self.server_names, 60 * idle_min / self.scale),
                                 encoding="utf-8")
        if "filter" in self.script:
            rule = self.script["filter"]
            net.forget_silent(self.addresses(rule.get("where", {})), self.whole_seconds(rule["forget_min"]))
        for name in self.server_names:
            self.start_server(net, name)
        self.wait_for(lambda: all((self.work / (name + ".out")).read_text(encoding="ascii") == "ready\n"
                                  for name in self.server_names), "the servers")
        haproxy = self.start("haproxy", net.centre, "haproxy", "-db", "-f", configuration)
        self.wait_for((self.work / "admin.sock").exists, "HAProxy")
        self.clock = Clock(self.begin, time.time() + HEAD_START_S, self.scale)
        plan = self.plan()
        clients = {segment: self.start("client-" + segment, namespace, self.options.client, self.scenario, segment,
                                       plan, f"{self.clock.real_begin:.6f}", self.scale, self.evidence,
                                       self.work / f"losses-{segment}.tsv")
                   for segment, namespace in net.segments.items()}
        due = sorted(((when, action) for action in self.script.get("action", [])
                      for when in times_of(action, self.days)), key=lambda one: one[0])
        for when, action in due:
            self.wait_until(self.clock.real(when))
            self.act(net, action)
        self.wait_until(self.clock.real(self.end - self.begin))
        for segment, process in clients.items():
            try:
                code = process.wait(timeout=WRITING_S)
            except subprocess.TimeoutExpired:
                code = "it does not end"
            if code != 0:
                raise network.LabError(f"{self.name}: the clients of {segment}: {code}; see {self.work}")
        if haproxy.poll() is not None:
            raise network.LabError(f"{self.name}: HAProxy ended; see {self.work}/haproxy.err")
        # It writes the sessions that are still open when it is stopped.
        self.end_process(haproxy)

    def write_truth(self):
        losses = []
        for segment in self.segments:
            for line in (self.work / f"losses-{segment}.tsv").read_text(encoding="utf-8").splitlines():
                losses.append(dict(zip(("computer", "connected", "lost", "restored", "sign"), line.split("\t"))))
        losses.sort(key=lambda loss: (loss["lost"], loss["computer"]))
        truth = {"schema": 1, "script": self.name, "description": self.script["description"],
                 "scale": self.scale, "truth": self.script["truth"], "losses": losses}
        (self.folder / "truth.json").write_text(json.dumps(truth, indent=1) + "\n", encoding="utf-8")
        return losses

    def diagnose(self, name, inputs):
        return self.ask("diagnose", name, inputs)

    def ask(self, question, name, inputs, *more):
        done = subprocess.run([str(self.options.dropscope), question, *map(str, inputs), "--format", "json", *more],
                              capture_output=True, text=True, timeout=300)
        if done.returncode != 0:
            raise network.LabError(f"{self.name}: {question} gave exit code {done.returncode}: {done.stderr.strip()}")
        (self.folder / (name + ".json")).write_text(done.stdout, encoding="utf-8")
        return json.loads(done.stdout)

    def __call__(self):
        self.prepare()
        with network.Network(self.number, self.segments, len(self.server_names)) as net:
            try:
                self.play(net)
            finally:
                for process in self.processes:
                    self.end_process(process)
        log = (self.work / "haproxy.out").read_text(encoding="utf-8")
        (self.evidence / "haproxy.log").write_text(balancer.in_world_time(log, self.clock), encoding="utf-8")
        losses = self.write_truth()
        logs = [self.evidence / computer["computer"] for computer in self.computers]
        clients = self.diagnose("clients", [*logs, self.evidence / "clients.csv"])
        everything = self.diagnose("balancer", [self.evidence])
        verified = None
        if "change" in self.script:
            at = datetime.datetime.fromtimestamp(self.begin + self.change_s(), datetime.timezone.utc)
            verified = self.ask("verify", "verified", [*logs, self.evidence / "clients.csv"],
                                "--change", f"{at:%Y-%m-%dT%H:%M:%SZ}")
        return table.Row(self.name, self.script["truth"], len(losses), clients, everything, verified)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scripts", nargs="*", type=pathlib.Path)
    parser.add_argument("--client", type=pathlib.Path)
    parser.add_argument("--dropscope", type=pathlib.Path)
    parser.add_argument("--output", type=pathlib.Path, default=pathlib.Path("build/lab"))
    parser.add_argument("--hour", type=float, default=2.0, help="real seconds that an hour of the world takes")
    parser.add_argument("--jobs", type=int, default=8)
    parser.add_argument("--clean", action="store_true")
    options = parser.parse_args()
    if not options.clean and not (options.client and options.dropscope):
        parser.error("--client and --dropscope are needed")
    return options


def main():
    options = arguments()
    missing = [name for name in ("ip", "nft", "haproxy") if shutil.which(name) is None]
    problem = "not installed: " + ", ".join(missing) if missing else network.why_not()
    if problem:
        print("lab: skipped; it needs network namespaces (root, or CAP_NET_ADMIN and CAP_SYS_ADMIN), nftables and "
              f"HAProxy: {problem}")
        return SKIPPED
    for name in network.remove_left_over():
        print(f"lab: removed {name}, which an earlier run had left")
    if options.clean:
        return 0
    scripts = options.scripts or sorted((HERE / "scripts").glob("*.toml"))
    stop = threading.Event()

    def stopped(*_):
        # Python has it handled in the main thread, which only waits; the runs then take down what is theirs.
        stop.set()

    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, stopped)
    rows = []
    failures = []
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        runs = {pool.submit(run_one, options, number, path, stop): path for number, path in enumerate(scripts)}
        for future in concurrent.futures.as_completed(runs):
            try:
                rows.append(future.result())
                print(f"lab: {runs[future].stem} is done", flush=True)
            except Stopped:
                pass
            except (network.LabError, OSError, ValueError, KeyError, subprocess.SubprocessError) as error:
                failures.append(f"{runs[future].stem}: {error}")
    for failure in failures:
        print("lab: " + failure)
    if stop.is_set():
        print("lab: stopped; everything is taken down")
        return 1
    rows.sort(key=lambda row: row.name)
    print(table.text(rows))
    with contextlib.suppress(OSError):
        (options.output / "table.md").write_text(table.text(rows) + "\n", encoding="utf-8")
    return 1 if failures or any(row.contradicts() for row in rows) else 0


def run_one(options, number, path, stop):
    if stop.is_set():
        raise Stopped
    return Run(options, number, path, stop)()


if __name__ == "__main__":
    sys.exit(main())
