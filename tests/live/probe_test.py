"""The probe against real servers whose time-outs are known: is the time-out found, and what has it?

usage: probe_test.py PRINT_CLOSES        (the program is found in $DROPSCOPE)

HAProxy with 4 s before the program's own peer (probe --server), nginx (stream) with 5 s, a server that closes at an age
of 6 s, one that answers no more after 5 s without traffic, and one without any time-out run on loopback; where network
namespaces and nftables can be used, also a packet filter that forgets after 5 s. All are probed at the same time, so
the whole takes as long as the slowest. What is not installed or not allowed is left out by name; exit code 77 where
nothing could be probed.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
from live import Namespaces, free_ports, judge, run, skip, start, start_command  # noqa: E402

# Echoes; closes a connection at the age that is the third argument, and answers no more once it idled for as long
# as the fourth says; 0 for never.
SERVER = r"""
import asyncio, sys, time
host, port, age, mute = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])
async def serve(reader, writer):
    if age: asyncio.get_running_loop().call_later(age, writer.close)
    last = time.monotonic()
    try:
        while data := await reader.read(1000):
            now = time.monotonic()
            if mute and now - last >= mute: continue
            last = now
            writer.write(data)
    except OSError: pass
    writer.close()
async def main():
    server = await asyncio.start_server(serve, host, port, backlog=200)
    print("ready", flush=True)
    await server.serve_forever()
asyncio.run(main())
"""

HAPROXY = """
defaults
  mode tcp
  timeout connect 2s
  timeout client 4s
  timeout server 4s
listen balancer
  bind 127.0.0.1:{port}
  server one 127.0.0.1:{behind}
"""

NGINX = """
{load}
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 512; }}
stream {{
  server {{ listen 127.0.0.1:{port}; proxy_timeout 5s; proxy_pass 127.0.0.1:{behind}; }}
}}
"""
STREAM_MODULE = "/usr/lib/nginx/modules/ngx_stream_module.so"

# Forgets idle connections after 5 s and then drops what belongs to none, without a word.
FILTER = """
table inet filter {{
  chain in {{
    type filter hook input priority 0; policy accept;
    tcp dport {port} ct state established accept
    tcp dport {port} ct state new tcp flags & (fin|syn|rst|ack) == syn accept
    tcp dport {port} drop
  }}
}}
"""

PORTS = free_ports(("filter", "plain", "age", "haproxy", "nginx", "mute", "peer"))
# More than any of the time-outs, and short enough for a test.
LONGEST = 8


class Probe:
    """One run of the program, beside others."""

    def __init__(self, folder, name, host, prefix=(), extra=(), run_name=""):
        self.output = os.path.join(folder, name + run_name + ".json")
        self.errors = open(os.path.join(folder, name + run_name + ".err"), "w+", encoding="utf-8")
        command = [*prefix, os.environ["DROPSCOPE"], "probe", f"{host}:{PORTS[name]}", "--payload", "echo",
                   "--mode", "full", "--max", str(LONGEST), "--format", "json", *extra]
        self.started = subprocess.Popen([*command, "-o", self.output], stderr=self.errors)
        self.said = ""

    def finding(self):
        code = self.started.wait(timeout=90)
        self.errors.seek(0)
        self.said = self.errors.read()
        if code not in (0, 1):
            return {"mechanism": f"exit code {code}", "seconds": None, "end": None, "complete": False}
        with open(self.output, encoding="utf-8") as file:
            return json.load(file)["finding"]


def start_server(processes, prefix, host, port, age=0, mute=0):
    server = start(prefix, SERVER, host, port, age, mute)
    processes.append(server)
    if server.stdout.readline() != "ready\n":
        skip(f"nothing can listen on port {port}")


def start_peer(processes):
    peer = subprocess.Popen([os.environ["DROPSCOPE"], "probe", "--server", str(PORTS["peer"])],
                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    processes.append(peer)
    line = peer.stderr.readline()
    if not line.startswith(f"Listens on 127.0.0.1:{PORTS['peer']}"):
        sys.exit("FAIL: the peer does not listen: " + line)
    return peer


def start_balancer(processes, folder, word, config, *arguments):
    program = shutil.which(word) or shutil.which(word, path="/usr/sbin")
    if program is None:
        print(word + " is not installed: left out")
        return False
    path = os.path.join(folder, word + ".conf")
    load = f"load_module {STREAM_MODULE};" if os.path.exists(STREAM_MODULE) else ""
    with open(path, "w", encoding="ascii") as file:
        behind = PORTS["peer" if word == "haproxy" else "plain"]
        file.write(config.format(port=PORTS[word], behind=behind, folder=folder, load=load))
    processes.append(start_command([program, *arguments, path]))
    time.sleep(1)
    if processes[-1].poll() is not None:
        print(word + " does not start: left out")
        return False
    return True


def start_filter(processes, folder, net):
    """True when a packet filter with a time-out of 5 s stands before an echo server in the namespace."""
    if not net.made:
        print("no network namespaces (" + net.problem + "): the silent packet filter is left out")
        return False
    inside = net.enter(net.server)
    rules = os.path.join(folder, "rules.nft")
    with open(rules, "w", encoding="ascii") as file:
        file.write(FILTER.format(port=PORTS["filter"]))
    steps = [
        ["nft", "-f", rules],
        ["sh", "-c", "echo 0 > /proc/sys/net/netfilter/nf_conntrack_tcp_loose"],
        ["sh", "-c", "echo 5 > /proc/sys/net/netfilter/nf_conntrack_tcp_timeout_established"],
    ]
    for step in steps:
        try:
            problem = run(*inside, *step)
        except (OSError, subprocess.SubprocessError) as error:
            print("no packet filter (" + str(error) + "): left out")
            return False
        if problem.returncode != 0:
            print("no packet filter (" + problem.stderr.strip() + "): left out")
            return False
    start_server(processes, inside, "10.99.0.2", PORTS["filter"])
    return True


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
        start_server(processes, [], "127.0.0.1", PORTS["plain"])
        start_server(processes, [], "127.0.0.1", PORTS["age"], age=6)
        start_server(processes, [], "127.0.0.1", PORTS["mute"], mute=5)
        peer = start_peer(processes)
        expected = {
            "peer": ("none-found", None, None),
            "plain": ("none-found", None, None),
            "age": ("fixed-age", 6, "fin"),
            "mute": ("unclear-idle", 5, "silent"),
        }
        if start_balancer(processes, folder, "haproxy", HAPROXY, "-db", "-f"):
            expected["haproxy"] = ("proxy-or-server", 4, "fin")
        if start_balancer(processes, folder, "nginx", NGINX, "-c"):
            expected["nginx"] = ("proxy-or-server", 5, "fin")
        if start_filter(processes, folder, net):
            expected["filter"] = ("packet-filter", 5, "silent")

        probes = {}
        for name in expected:
            in_namespace = name == "filter"
            probes[name] = Probe(folder, name, "10.99.0.2" if in_namespace else "127.0.0.1",
                                 net.enter(net.client) if in_namespace else ())
            processes.append(probes[name].started)

        # Interrupted and gone on with, beside the others.
        state = os.path.join(folder, "state.json")
        kept = ("--state", state)
        stopped = Probe(folder, "age", "127.0.0.1", extra=kept, run_name="-stopped")
        processes.append(stopped.started)
        time.sleep(3)
        stopped.started.send_signal(signal.SIGINT)
        code = stopped.started.wait(timeout=20)
        expect(code == 1, f"an interrupted probe ends with {code}, not 1")
        expect(os.path.exists(state), "an interrupted probe keeps no state")
        resumed = Probe(folder, "age", "127.0.0.1", extra=kept, run_name="-resumed")
        processes.append(resumed.started)

        for name, (mechanism, seconds, end) in expected.items():
            probe = probes[name]
            check(expect, name, probe.finding(), mechanism, seconds, end, lateness)
            expect("and to nothing else" in probe.said, f"{name}: does not say what it will do: {probe.said}")
        check(expect, "age, resumed", resumed.finding(), "fixed-age", 6, "fin", lateness)
        peer.send_signal(signal.SIGINT)
        expect(peer.wait(timeout=20) == 0, f"the peer ends with {peer.returncode}, not 0")
        expect("accepted" in peer.stderr.read(), "the peer does not say what it did")

    return problems


def check(expect, name, finding, mechanism, seconds, end, lateness):
    print(f"{name}: {finding.get('sentence')}")
    expect(finding["mechanism"] == mechanism, f"{name}: {finding['mechanism']} instead of {mechanism}")
    expect(finding["complete"], f"{name}: not complete")
    if seconds is None:
        expect((finding["seconds"] or 0) >= LONGEST, f"{name}: gave up at {finding['seconds']} s")
        return
    if finding["seconds"] is None:
        expect(False, f"{name}: no time-out")
        return
    expect(finding["end"] == end, f"{name}: ends with {finding['end']} instead of {end}")
    tolerance = lateness.tolerance(max(0.05, 0.02 * seconds))
    expect(abs(finding["seconds"] - seconds) <= tolerance, f"{name}: {finding['seconds']} s instead of {seconds} s")


if __name__ == "__main__":
    if "DROPSCOPE" not in os.environ:
        sys.exit("set DROPSCOPE to the path of the program")
    sys.exit(judge(attempt))
