"""Connections that end in a known way, captured by tcpdump: is it read who ended them, why, after how long?

usage: capture_test.py PRINT_CLOSES

Everything happens in network namespaces of the test's own, or on loopback where they cannot be made. The
whole run takes some 25 seconds and ends by itself. Exit code 77 where tcpdump cannot capture.
"""

import contextlib
import os
import re
import shutil
import signal
import sys
import tempfile
import time

# The module beside this file; nothing is written into the sources.
sys.dont_write_bytecode = True
from live import (Namespaces, TOLERANCE, free_ports, judge, run, skip, start, start_command,  # noqa: E402
                  start_tcpdump)

# When the client sends the first keep-alive; the kernel counts in ticks, of which one is begun already.
KEEP_ALIVE_S = 1.0
TICK = 0.01

# What runs on the server's side: one connection per behaviour, chosen by the first word it is sent.
SERVER = r"""
import os, socket, struct, sys, threading, time
def serve(c):
    word = c.recv(100).decode()
    c.sendall(b"answer to " + word.encode())
    if word == "timer":
        c.settimeout(4)
        try: c.recv(100)
        except socket.timeout: pass
        c.close()
    elif word == "kill":
        time.sleep(0.5); os._exit(0)
    else:
        try:
            while c.recv(100): pass
        except OSError: pass
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind((sys.argv[1], int(sys.argv[2]))); s.listen(); print("ready", flush=True)
while True:
    threading.Thread(target=serve, args=(s.accept()[0],), daemon=True).start()
"""

# The client's side: prints the local port and the time of what it did last.
CLIENT = r"""
import socket, struct, sys, time
host, port, word, what, seconds = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4], float(sys.argv[5])
c = socket.create_connection((host, port), timeout=10)
if what == "keepalive":
    c.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    c.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
    c.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
c.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" if word == "nginx" else word.encode()); c.recv(1000)
print(c.getsockname()[1], flush=True)
if what == "wait":
    c.settimeout(seconds); c.recv(100)
elif what == "abort":
    time.sleep(seconds)
    c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
elif what == "silence":
    sys.stdin.readline()
    c.sendall(b"more"); time.sleep(seconds)
else:
    time.sleep(seconds)
c.close()
"""


HAPROXY = """
defaults
  mode tcp
  timeout connect 2s
  timeout client 4s
  timeout server 4s
listen balancer
  bind {host}:{port}
  server one {host}:{behind}
"""

NGINX = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  keepalive_timeout 4s;
  server {{ listen {host}:{port}; location / {{ return 200 "answer"; }} }}
}}
"""


def attempt(lateness):
    if shutil.which("tcpdump") is None:
        skip("tcpdump is not installed")
    processes = []
    folder = tempfile.TemporaryDirectory(prefix="dropscope-live-")
    with folder, Namespaces() as net, contextlib.ExitStack() as ends:
        def stop_all():
            for process in processes:
                process.kill()
                process.wait()
        ends.callback(stop_all)

        if not net.made:
            print("no network namespaces (" + net.problem + "): loopback, without the silent drop")
        host = "10.99.0.2" if net.made else "127.0.0.1"
        interface = "wire" if net.made else "lo"
        server_side = net.enter(net.server)
        client_side = net.enter(net.client)
        ports = free_ports(("timer", "kill", "abort", "keepalive", "silence", "refused", "haproxy", "nginx"))

        capture = os.path.join(folder.name, "live.pcap")
        tcpdump = start_tcpdump(client_side, interface, f"tcp and portrange {ports['timer']}-{ports['nginx']}", capture)
        processes.append(tcpdump)

        for word, port in ports.items():
            if word not in ("refused", "haproxy", "nginx"):
                server = start(server_side, SERVER, host, port)
                processes.append(server)
                server.stdout.readline()
        clients = {}

        def daemon(word, config, *arguments):
            """A real server with a time-out of 4 s, where it is installed."""
            program = shutil.which(word) or shutil.which(word, path="/usr/sbin")
            if program is None:
                print(word + " is not installed: left out")
                return False
            path = os.path.join(folder.name, word + ".conf")
            with open(path, "w", encoding="ascii") as file:
                file.write(config.format(host=host, port=ports[word], behind=ports["silence"], folder=folder.name))
            processes.append(start_command([*server_side, program, *arguments, path]))
            time.sleep(1)
            if processes[-1].poll() is not None:
                print(word + " does not start: left out")
                return False
            return True

        have_haproxy = daemon("haproxy", HAPROXY, "-db", "-f")
        have_nginx = daemon("nginx", NGINX, "-c")

        def client(word, what, seconds):
            clients[word] = start(client_side, CLIENT, host, ports[word], word, what, seconds)
            processes.append(clients[word])

        client("timer", "wait", 8)
        client("kill", "wait", 8)
        client("abort", "abort", 2)
        client("keepalive", "keepalive", 6)
        if net.made:
            client("silence", "silence", 9)
        client("refused", "wait", 1)
        if have_haproxy:
            client("haproxy", "wait", 8)
        if have_nginx:
            client("nginx", "wait", 8)
        for word in clients:
            if word != "silence":
                clients[word].wait(timeout=15)
        if net.made:
            # Both ends stay up, and what the client sends from now on reaches nobody: the neighbour's
            # address is made wrong, which is what a device that forgot the connection looks like.
            run("ip", "-n", net.client, "neigh", "replace", host, "lladdr", "02:00:00:00:00:99", "dev", "wire")
            time.sleep(0.5)
            clients["silence"].stdin.write("\n")
            clients["silence"].stdin.flush()
            time.sleep(8)
        time.sleep(0.5)
        tcpdump.send_signal(signal.SIGINT)
        tcpdump.wait(timeout=10)

        printed = run(sys.argv[1], capture)
        print(printed.stdout, printed.stderr, sep="")
        closes = {}
        for row in printed.stdout.splitlines():
            fields = row.split("\t")
            closes[int(fields[6].rsplit(":", 1)[1])] = fields

    failures = []

    def expect(word, by, why, idle=None, reason=""):
        row = closes.get(ports[word])
        if row is None:
            failures.append(f"{word}: no close")
            return
        if (row[2], row[3]) != (by, why):
            failures.append(f"{word}: expected {why} by {by}, found {row[3]} by {row[2]}")
        if idle is not None and not idle - TOLERANCE <= float(row[4]) <= idle + lateness.tolerance():
            failures.append(f"{word}: expected {idle} s idle, found {row[4]}")
        if reason not in row[8]:
            failures.append(f"{word}: expected “{reason}” in “{row[8]}”")

    expect("timer", "server", "idle", 4.0, "FIN by the server")
    expect("abort", "client", "reset", 2.0, "RST by the client")
    expect("kill", "server", "finished", 0.5, "FIN by the server")
    expect("keepalive", "client", "idle", 6.0, "keep-alives by the client, the first after ")
    row = closes.get(ports["keepalive"])
    first = re.search(r"the first after ([0-9.]+) s", row[8]) if row else None
    if first and not KEEP_ALIVE_S - TICK <= float(first[1]) <= KEEP_ALIVE_S + lateness.tolerance():
        failures.append(f"keepalive: expected the first after {KEEP_ALIVE_S} s, found {first[1]} s")
    expect("refused", "server", "failed", None, "RST by the server")
    if have_haproxy:
        expect("haproxy", "server", "idle", 4.0, "FIN by the server")
    if have_nginx:
        expect("nginx", "server", "idle", 4.0, "FIN by the server")
    if net.made:
        expect("silence", "unknown", "silence", None, "no answer from the server")
        row = closes.get(ports["silence"])
        if row and float(row[4]) < 5:
            failures.append(f"silence: expected the time since the last answer, found {row[4]} s")
    return failures


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(judge(attempt))
