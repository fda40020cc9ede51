"""One script of the laboratory, from its namespaces to its verdicts."""

import csv
import datetime
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import tomllib

import balancer
import capture
import network
import nginx
import table
from world import Clock, matches, merged, times_of, toml_text

HERE = pathlib.Path(__file__).resolve().parent
# Until the first midnight of the world, for programs to start. Nobody works at midnight.
HEAD_START_S = 1.5
# A program that is not ready after so long is not coming.
START_S = 30
START_STEP_S = 0.05
# After the world's end, for the clients to write their logs.
WRITING_S = 30
# They need little of the processors, but they need it at once. Without the right to it they run as they are.
PROMPT = ("nice", "-n", "-15")
# What HTTP.sys and Exchange's example allow between two parts of a waiting answer (docs/lab.md).
PENDING_S = 30
FRONTS = {"haproxy": balancer.HAProxy, "nginx": nginx.Nginx}
KEYS = {"description", "truth", "world", "front", "balancer", "filter", "server", "tunnel", "action", "change", "capture"}


class Stopped(Exception):
    pass


def read_script(path):
    script = tomllib.loads(path.read_text(encoding="utf-8"))
    if set(script) - KEYS or "truth" not in script:
        raise network.LabError(f"{path}: expected the keys {sorted(KEYS)} with truth among them, found {sorted(script)}")
    return script


class Run:

    def __init__(self, options, number, path, stop):
        self.options = options
        self.number = number
        self.name = path.stem
        self.stop = stop
        self.script = read_script(path)
        # Whole: HAProxy takes a name of a socket without a leading slash for an address.
        self.folder = options.output.resolve() / self.name
        self.work = self.folder / "work"
        self.evidence = self.folder / "evidence"
        self.servers = {}
        self.processes = []
        self.front = None
        self.gates = []
        self.gate_processes = []
        self.capture = options.capture or self.script.get("capture", False)

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
        for computer in self.computers:
            if computer["segment"] == self.script.get("tunnel", {}).get("segment"):
                computer["vpn"] = "VPN1"
        with open(self.evidence / "clients.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, self.computers[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.computers)
        self.server_names = sorted({computer["server"] for computer in self.computers})
        self.segments = {}
        for computer in self.computers:
            self.segments.setdefault(computer["segment"], []).append(computer["address"])
        self.scale = 3600 / self.options.hour

    def start(self, name, namespace, *command):
        with open(self.work / (name + ".out"), "ab") as out, open(self.work / (name + ".err"), "ab") as err:
            process = subprocess.Popen([*PROMPT, *network.Network.inside(namespace, *command)],
                                       stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                       env={**os.environ, "TZ": "UTC"})
        self.processes.append(process)
        return process

    def start_server(self, net, name):
        fault = self.script.get("server", {})
        number = self.server_names.index(name)
        command = [sys.executable, "-B", HERE / "server.py", network.server_address(number), network.SERVER_PORT,
                   network.HEALTH_PORT, "--pending", PENDING_S / self.scale]
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
        strict_for = fault.get("where", {})
        change = self.script.get("change")
        lines = []
        for computer in self.computers:
            strict = "idle_min" in fault and matches(strict_for, computer)
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
            self.wait_world(action["down_min"])
            self.start_server(net, name)
        elif kind == "kill-sessions":
            self.front.end_sessions(action["server"], self.server_names.index(action["server"]))
        elif kind == "reload":
            self.front.reload(lambda name, *command: self.start(name, net.centre, *command))
        elif kind == "drop-checks":
            net.drop_checks([self.server_names.index(name) for name in action["servers"]])
            self.wait_world(action["minutes"])
            net.drop_checks([])
        elif kind == "loss":
            net.lose(self.addresses(action.get("where", {})), action["percent"])
            self.wait_world(action["minutes"])
            net.lose_nothing()
        elif kind == "link":
            net.unplug(action["segment"])
            self.wait_world(action["minutes"])
            net.plug(action["segment"])
        elif kind == "restart-gate":
            for process in self.gate_processes:
                self.end_process(process)
            self.start_gates()
        else:
            raise network.LabError(f"{self.name}: unknown kind of action “{kind}”")

    def wait_world(self, minutes):
        self.wait_until(time.time() + 60 * minutes / self.scale)

    def start_capture(self, net):
        path = self.work / "real.pcap"
        self.start("tcpdump", net.centre, *capture.command("wire", path))
        self.wait_for(lambda: "listening on" in (self.work / "tcpdump.err").read_text(encoding="utf-8"), "tcpdump")

    def start_tunnels(self, net, tunnel):
        """The computers of a segment reach the centre through a tunnel each, and in no other way."""
        segment = tunnel["segment"]
        outer, gate = net.wire_addresses(segment)
        net.leave_to_tunnels(segment)
        program = (sys.executable, "-B", HERE / "tunnel.py")
        life = 60 * tunnel["life_min"] / self.scale
        addresses = self.segments[segment]
        waiting = []
        for i, address in enumerate(addresses):
            port = network.TUNNEL_PORT + i
            interface = "tun-" + address
            # People do not sign in all at once.
            first_life = life * (i + 1) / len(addresses)
            self.gates.append((f"gate-{i}", net.router, *program, "gate", gate, port, interface, life, first_life, address))
            waiting.append((f"tunnel-{i}", net.segments[segment], *program, "client", outer, port, interface, gate,
                            address, network.CENTRE))
        self.start_gates()
        for name, *rest in waiting:
            self.start(name, *rest)
        self.wait_for(lambda: all((self.work / (name + ".out")).read_text(encoding="ascii") for name, *_ in waiting),
                      "the tunnels")

    def start_gates(self):
        self.gate_processes = [self.start(*gate) for gate in self.gates]

    def start_front(self, net):
        fault = self.script.get("balancer", {})
        kind = FRONTS[self.script.get("front", "haproxy")]
        more = {"failover": True} if fault.get("failover") else {}
        self.front = kind(self.work, self.server_names, 60 * balancer.PATIENCE_MIN / self.scale,
                          60 * fault.get("idle_min", 0) / self.scale, **more)
        self.front.start(lambda name, *command: self.start(name, net.centre, *command))
        self.wait_for(self.front.ready, self.front.program)

    def play(self, net):
        if "filter" in self.script:
            rule = self.script["filter"]
            net.forget_silent(self.addresses(rule.get("where", {})), self.whole_seconds(rule["forget_min"]))
        for name in self.server_names:
            self.start_server(net, name)
        self.wait_for(lambda: all((self.work / (name + ".out")).read_text(encoding="ascii").startswith("ready\n")
                                  for name in self.server_names), "the servers")
        self.start_front(net)
        if "tunnel" in self.script:
            self.start_tunnels(net, self.script["tunnel"])
        if self.capture:
            self.start_capture(net)
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
        front = self.front.running()
        if front is None:
            raise network.LabError(f"{self.name}: {self.front.program} ended; see {self.work}/{self.front.program}.err")
        # What is still open then is in no log, as nothing has ended yet.
        self.end_process(front)

    def latest_s(self):
        """The largest delay that a client or a server had."""
        names = [*self.server_names, *("client-" + segment for segment in self.segments)]
        lines = [line for name in names
                 for line in (self.work / (name + ".out")).read_text(encoding="utf-8").splitlines()]
        return max((float(line.split()[1]) for line in lines if line.startswith("late ")), default=0.0)

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
        for name, text in self.front.logs(self.clock).items():
            (self.evidence / name).write_text(text, encoding="utf-8")
        losses = self.write_truth()
        logs = [*(self.evidence / computer["computer"] for computer in self.computers), self.evidence / "clients.csv"]
        clients = self.diagnose("clients", logs)
        everything = self.diagnose("balancer", [self.evidence])
        captured = None
        if self.capture:
            path = self.folder / "capture.pcap"
            path.write_bytes(capture.in_world_time((self.work / "real.pcap").read_bytes(), self.clock))
            captured = self.diagnose("captured", [*logs, path])
        verified = None
        if "change" in self.script:
            at = datetime.datetime.fromtimestamp(self.begin + self.change_s(), datetime.timezone.utc)
            verified = self.ask("verify", "verified", logs, "--change", f"{at:%Y-%m-%dT%H:%M:%SZ}")
        return table.Row(self.name, self.script["truth"], len(losses), self.latest_s(),
                         (clients, everything, captured), verified)


def missing_for(path, with_capture):
    """The programs that a script needs and that are not installed."""
    script = tomllib.loads(path.read_text(encoding="utf-8"))
    front = script.get("front", "haproxy")
    needed = [front] + (["tcpdump"] if with_capture or script.get("capture") else [])
    missing = [name for name in needed if shutil.which(name) is None]
    if front == "nginx" and nginx.module() is None:
        missing.append("nginx's module stream")
    return missing
