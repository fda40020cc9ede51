"""The probe against real servers whose time-outs are known: is the time-out found, and what has it?

usage: probe_test.py PRINT_CLOSES        (the program is found in $DROPSCOPE)

HAProxy with 4 s and with 7 s before the program's own peer (probe --server), nginx (stream) with 5 s, a server that closes at an age
of 6 s, one that answers no more after 5 s without traffic, and one without any time-out run on loopback; where network
namespaces and nftables can be used, also a packet filter that forgets after 5 s. All are probed at the same time, so
the whole takes as long as the slowest. What is not installed or not allowed is left out by name; exit code 77 where
nothing could be probed.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
from live import (HAPROXY_TCP, Namespaces, free_ports, judge, run, start_configured, start_echo,  # noqa: E402
                  start_haproxy)
from probes import LONGEST, Probe, check, start_peer  # noqa: E402

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

PORTS = free_ports(("filter", "plain", "age", "haproxy", "haproxy7", "nginx", "mute", "peer"))


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
    start_echo(processes, inside, "10.99.0.2", PORTS["filter"])
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
        start_echo(processes, [], "127.0.0.1", PORTS["plain"])
        start_echo(processes, [], "127.0.0.1", PORTS["age"], age=6)
        start_echo(processes, [], "127.0.0.1", PORTS["mute"], mute=5)
        peer = start_peer(processes, PORTS["peer"])
        expected = {
            "peer": ("none-found", None, None),
            "plain": ("none-found", None, None),
            "age": ("fixed-age", 6, "fin"),
            "mute": ("unclear-idle", 5, "silent"),
        }
        for name, timeout in (("haproxy", 4), ("haproxy7", 7)):
            config = HAPROXY_TCP.format(port=PORTS[name], behind=PORTS["peer"], timeout=timeout, bind="")
            if start_haproxy(processes, folder, name, config):
                expected[name] = ("proxy-or-server", timeout, "fin")
        load = f"load_module {STREAM_MODULE};" if os.path.exists(STREAM_MODULE) else ""
        config = NGINX.format(port=PORTS["nginx"], behind=PORTS["plain"], folder=folder, load=load)
        if start_configured(processes, folder, "nginx", "nginx", config, "-c"):
            expected["nginx"] = ("proxy-or-server", 5, "fin")
        if start_filter(processes, folder, net):
            expected["filter"] = ("packet-filter", 5, "silent")

        probes = {}
        for name in expected:
            in_namespace = name == "filter"
            host = "10.99.0.2" if in_namespace else "127.0.0.1"
            probes[name] = Probe(folder, name, f"{host}:{PORTS[name]}",
                                 prefix=net.enter(net.client) if in_namespace else ())
            processes.append(probes[name].started)

        # Interrupted and gone on with, beside the others.
        state = os.path.join(folder, "state.json")
        kept = ("--payload", "echo", "--state", state)
        stopped = Probe(folder, "age-stopped", f"127.0.0.1:{PORTS['age']}", kept)
        processes.append(stopped.started)
        time.sleep(3)
        stopped.started.send_signal(signal.SIGINT)
        code = stopped.started.wait(timeout=20)
        expect(code == 1, f"an interrupted probe ends with {code}, not 1")
        expect(os.path.exists(state), "an interrupted probe keeps no state")
        resumed = Probe(folder, "age-resumed", f"127.0.0.1:{PORTS['age']}", kept)
        processes.append(resumed.started)

        for name, (mechanism, seconds, end) in expected.items():
            probe = probes[name]
            finding = probe.finding()
            check(expect, name, finding, mechanism, seconds, end, lateness)
            if mechanism == "none-found":
                expect((finding["seconds"] or 0) >= LONGEST, f"{name}: gave up at {finding['seconds']} s")
            expect("and to nothing else" in probe.said, f"{name}: does not say what it will do: {probe.said}")
        check(expect, "age, resumed", resumed.finding(), "fixed-age", 6, "fin", lateness)
        peer.send_signal(signal.SIGINT)
        expect(peer.wait(timeout=20) == 0, f"the peer ends with {peer.returncode}, not 0")
        expect("accepted" in peer.stderr.read(), "the peer does not say what it did")

    return problems


if __name__ == "__main__":
    if "DROPSCOPE" not in os.environ:
        sys.exit("set DROPSCOPE to the path of the program")
    sys.exit(judge(attempt))
