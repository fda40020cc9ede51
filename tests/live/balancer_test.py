"""Sessions through a real HAProxy and a real nginx (module stream) that end in a known way: do their own logs
and a capture tell who ended them, why, after how long?

usage: balancer_test.py PRINT_CLOSES

Everything happens in network namespaces of the test's own, or on loopback where they cannot be made. The
whole run takes some 15 seconds and ends by itself. Exit code 77 where neither balancer is installed.
"""

import contextlib
import os
import shutil
import signal
import sys
import tempfile
import time

# The module beside this file; nothing is written into the sources.
sys.dont_write_bytecode = True
from live import (Namespaces, TOLERANCE, free_ports, judge, run, skip, start, start_command,  # noqa: E402
                  start_tcpdump)

# Behind the balancers: answers once. "kill" ends the whole process while something sent lies unread, as a
# server that is killed at work does, so that the system resets the connection.
SERVER = r"""
import os, socket, sys, threading, time
def serve(c):
    word = c.recv(4).decode()
    c.sendall(b"answer")
    if word == "kill":
        time.sleep(1.5); os._exit(0)
    try:
        while c.recv(100): pass
    except OSError: pass
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind((sys.argv[1], int(sys.argv[2]))); s.listen(); print("ready", flush=True)
while True:
    threading.Thread(target=serve, args=(s.accept()[0],), daemon=True).start()
"""

# Prints its own port; "idle" waits to be closed, "abrt" resets after 2 seconds.
CLIENT = r"""
import socket, struct, sys, time
host, port, word = sys.argv[1], int(sys.argv[2]), sys.argv[3]
c = socket.create_connection((host, port), timeout=10)
c.sendall(word.encode()); c.recv(100)
print(c.getsockname()[1], flush=True)
if word == "abrt":
    time.sleep(2)
    c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
else:
    if word == "kill": time.sleep(0.5); c.sendall(b"more")
    c.settimeout(8)
    try: c.recv(100)
    except OSError: pass
c.close()
"""

# Stands for the syslog server: one datagram, one line.
SYSLOG = r"""
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind((sys.argv[1], int(sys.argv[2])))
print("ready", flush=True)
with open(sys.argv[3], "ab", 0) as file:
    while True: file.write(s.recv(8192).rstrip(b"\n") + b"\n")
"""

# The client's time-out is the shorter one, so that it is this one that ends a session.
HAPROXY = """
global
  log {host}:{syslog} local0
defaults
  mode tcp
  log global
  option tcplog
  timeout connect 2s
  timeout client 4s
  timeout server 20s
listen exchange
  bind {host}:{port}
  server one {host}:{behind}
"""

NGINX = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log info;
load_module {module};
events {{}}
stream {{
  log_format session '$remote_addr:$remote_port [$time_local] $protocol $status $bytes_sent $bytes_received '
                     '$session_time "$upstream_addr" "$upstream_bytes_sent" "$upstream_bytes_received" '
                     '"$upstream_connect_time"';
  access_log {folder}/nginx-stream.log session;
  proxy_timeout 4s;
  server {{ listen {host}:{port}; proxy_pass {host}:{behind}; }}
}}
"""

MODULES = ("/usr/lib/nginx/modules/ngx_stream_module.so", "/usr/lib64/nginx/modules/ngx_stream_module.so")
BALANCERS = ("haproxy", "nginx")
WORDS = ("idle", "abrt", "kill")
# A timer is only believed when so many sessions ended by it alike (close_keeper.h has 3).
IDLE_SESSIONS = 4


def closes_of(program, path):
    """Rows of print_closes by the client's port; a session may have several in one log."""
    printed = run(program, path)
    print(os.path.basename(path), printed.stdout, printed.stderr, sep="\n")
    closes = {}
    for row in printed.stdout.splitlines():
        fields = row.split("\t")
        closes.setdefault(fields[5].rpartition(":")[2], []).append(fields)
    return closes


def attempt(lateness):
    if shutil.which("tcpdump") is None:
        skip("tcpdump is not installed")
    search = os.environ.get("PATH", "") + ":/usr/sbin"
    module = next((path for path in MODULES if os.path.exists(path)), None)
    programs = {"haproxy": shutil.which("haproxy", path=search),
                "nginx": shutil.which("nginx", path=search) if module else None}
    for name, path in programs.items():
        if path is None:
            print(name + (" (with its module stream)" if name == "nginx" else "") + " is not installed: left out")
    present = [name for name, path in programs.items() if path]
    if not present:
        skip("neither HAProxy nor nginx with its module stream is installed")

    numbers = free_ports((*BALANCERS, *(("server", name) for name in BALANCERS), "syslog"))
    processes = []
    failures = []
    folder = tempfile.TemporaryDirectory(prefix="dropscope-live-")
    with folder, Namespaces() as net, contextlib.ExitStack() as ends:
        def stop_all():
            for process in processes:
                process.kill()
                process.wait()
        ends.callback(stop_all)

        def ready(process):
            processes.append(process)
            process.stdout.readline()
            return process

        if not net.made:
            print("no network namespaces (" + net.problem + "): loopback")
        host = "10.99.0.2" if net.made else "127.0.0.1"
        server_side = net.enter(net.server)
        client_side = net.enter(net.client)
        files = {name: os.path.join(folder.name, name)
                 for name in ("live.pcap", "haproxy.log", "nginx-stream.log", "nginx-error.log")}

        tcpdump = start_tcpdump(client_side, "wire" if net.made else "lo",
                                f"tcp and portrange {numbers['haproxy']}-{numbers['nginx']}", files["live.pcap"])
        processes.append(tcpdump)
        ready(start(server_side, SYSLOG, host, numbers["syslog"], files["haproxy.log"]))
        for name in present:
            ready(start(server_side, SERVER, host, numbers["server", name]))
            config = os.path.join(folder.name, name + ".conf")
            with open(config, "w", encoding="ascii") as file:
                file.write({"haproxy": HAPROXY, "nginx": NGINX}[name].format(
                    host=host, port=numbers[name], behind=numbers["server", name], syslog=numbers["syslog"],
                    folder=folder.name, module=module))
            arguments = {"haproxy": ["-db", "-f", config], "nginx": ["-c", config]}[name]
            processes.append(start_command([*server_side, programs[name], *arguments]))
            time.sleep(1)
            if processes[-1].poll() is not None:
                print(name + " does not start: left out")
                present = [other for other in present if other != name]
        if not present:
            skip("neither balancer starts")

        def client(name, word):
            process = start(client_side, CLIENT, host, numbers[name], word)
            processes.append(process)
            return process, process.stdout.readline().strip()

        # A killed server takes all its sessions along, so its turn comes last.
        ports = {}
        running = []
        for word in WORDS:
            for name in present:
                for _ in range(IDLE_SESSIONS if word == "idle" else 1):
                    process, port = client(name, word)
                    ports.setdefault((name, word), []).append(port)
                    running.append(process)
            if word == "abrt":
                for process in running:
                    process.wait(timeout=15)
        running[-1].wait(timeout=15)
        time.sleep(0.5)
        tcpdump.send_signal(signal.SIGINT)
        tcpdump.wait(timeout=10)
        if "nginx" in present:
            # nginx writes some of its lines only now.
            processes[-1].terminate()
            time.sleep(0.5)

        closes = {name: closes_of(sys.argv[1], path) for name, path in files.items() if os.path.exists(path)}

    def expect(file, name, word, by, why, idle=None, reason=""):
        if name not in present:
            return
        for port in ports[name, word]:
            rows = closes.get(file, {}).get(port, [])
            what = f"{file}, {name}, {word}, port {port}"
            if len(rows) != 1:
                failures.append(f"{what}: expected one close, found {len(rows)}")
                continue
            row = rows[0]
            if (row[2], row[3]) != (by, why):
                failures.append(f"{what}: expected {why} by {by}, found {row[3]} by {row[2]}")
            if idle is not None and not idle - TOLERANCE <= float(row[4]) <= idle + lateness.tolerance():
                failures.append(f"{what}: expected {idle} s idle, found {row[4]}")
            if reason not in row[8]:
                failures.append(f"{what}: expected “{reason}” in “{row[8]}”")

    # What each balancer wrote itself.
    expect("haproxy.log", "haproxy", "idle", "middlebox", "idle", 4.0, "cD")
    expect("haproxy.log", "haproxy", "abrt", "client", "reset", None, "CD")
    expect("haproxy.log", "haproxy", "kill", "server", "reset", None, "SD")
    # nginx's own word for all three is 200; its time-out shows in lives of one length.
    expect("nginx-stream.log", "nginx", "idle", "middlebox", "idle", 4.0, "200")
    expect("nginx-stream.log", "nginx", "abrt", "unknown", "finished", None, "200")
    expect("nginx-stream.log", "nginx", "kill", "unknown", "finished", None, "200")
    # Its error log tells them apart.
    expect("nginx-error.log", "nginx", "idle", "middlebox", "idle", 4.0, "connection timed out")
    expect("nginx-error.log", "nginx", "abrt", "client", "reset", None, "reading from client")
    expect("nginx-error.log", "nginx", "kill", "server", "reset", None, "reading from upstream")
    # On the wire the balancer is the server: it passes the end of its other side on.
    for name in BALANCERS:
        expect("live.pcap", name, "idle", "server", "idle", 4.0, "FIN by the server")
        expect("live.pcap", name, "abrt", "client", "reset", 2.0, "RST by the client")
        expect("live.pcap", name, "kill", "server", "finished", None, "by the server")
    return failures


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(judge(attempt))
