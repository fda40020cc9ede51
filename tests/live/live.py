"""What the live tests share: network namespaces of the test's own, programs in them, closes as read."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import threading
import time

# In seconds; a timer fires later where the processors are busy with other things, never earlier.
TOLERANCE = 0.1
# From here on, what goes wrong may be the machine's doing.
BUSY = 0.03
ATTEMPTS = 3
# Below those that the system gives to clients (32768 on Linux).
PORTS = range(20000, 32000)
SKIPPED = 77

# Echoes. Ends a connection at the age that is the third argument, with a RST if the fifth is 1, and answers no more once
# it idled for as long as the fourth says; 0 for never.
ECHO = r"""
import asyncio, socket, struct, sys, time
host, port, age, mute, resets = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5])
def end(writer):
    if not resets: return writer.close()
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
async def serve(reader, writer):
    if age: asyncio.get_running_loop().call_later(age, end, writer)
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

# A balancer of TCP; {bind} follows the port, as for TLS.
HAPROXY_TCP = """
defaults
  mode tcp
  timeout connect 2s
  timeout client {timeout}s
  timeout server {timeout}s
listen balancer
  bind 127.0.0.1:{port} {bind}
  server one 127.0.0.1:{behind}
"""


def skip(why):
    print("skipped:", why)
    sys.exit(SKIPPED)


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=20)


class Namespaces:
    """Two namespaces with a wire between them, 10.99.0.1 (client) and 10.99.0.2 (server)."""

    def __init__(self):
        self.client = f"dsc{os.getpid()}"
        self.server = f"dss{os.getpid()}"
        self.made = False

    def __enter__(self):
        steps = [
            ("netns", "add", self.client),
            ("netns", "add", self.server),
            ("-n", self.client, "link", "add", "wire", "type", "veth", "peer", "name", "wire", "netns", self.server),
            ("-n", self.client, "addr", "add", "10.99.0.1/24", "dev", "wire"),
            ("-n", self.server, "addr", "add", "10.99.0.2/24", "dev", "wire"),
            ("-n", self.client, "link", "set", "wire", "up"),
            ("-n", self.server, "link", "set", "wire", "up"),
            ("-n", self.server, "link", "set", "lo", "up"),
        ]
        self.problem = ""
        for step in steps:
            try:
                done = run("ip", *step)
            except (OSError, subprocess.SubprocessError) as error:
                self.problem = str(error)
                return self
            if done.returncode != 0:
                self.problem = done.stderr.strip()
                return self
        self.made = True
        return self

    def __exit__(self, *_):
        for name in (self.client, self.server):
            with contextlib.suppress(OSError, subprocess.SubprocessError):
                run("ip", "netns", "del", name)

    def enter(self, name):
        return ["ip", "netns", "exec", name] if self.made else []


def start(prefix, program, *arguments):
    return start_command([*prefix, sys.executable, "-c", program, *map(str, arguments)])


def start_command(command):
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def start_echo(processes, prefix, host, port, age=0, mute=0, resets=False):
    server = start(prefix, ECHO, host, port, age, mute, int(resets))
    processes.append(server)
    if server.stdout.readline() != "ready\n":
        skip(f"nothing can listen on port {port}")
    return server


def find_program(word):
    return shutil.which(word) or shutil.which(word, path="/usr/sbin")


def start_configured(processes, folder, name, word, config, *arguments):
    """Starts HAProxy or nginx, the program `word`, with a configuration; false, and says so, where it cannot."""
    program = find_program(word)
    if program is None:
        print(f"{word} is not installed: {name} is left out")
        return False
    path = os.path.join(folder, name + ".conf")
    with open(path, "w", encoding="ascii") as file:
        file.write(config)
    processes.append(start_command([program, *arguments, path]))
    time.sleep(1)
    if processes[-1].poll() is not None:
        print(f"{word} does not start: {name} is left out")
        return False
    return True


def start_haproxy(processes, folder, name, config):
    return start_configured(processes, folder, name, "haproxy", config, "-db", "-f")


def make_certificate(folder):
    """A file with a new certificate that nobody vouches for, and its key; nothing, and says so, without openssl."""
    if find_program("openssl") is None:
        print("openssl is not installed: TLS is left out")
        return None
    paths = [os.path.join(folder, name) for name in ("key.pem", "certificate.pem", "both.pem")]
    done = run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
               "2", "-subj", "/CN=mail.example", "-keyout", paths[0], "-out", paths[1])
    if done.returncode != 0:
        print("openssl makes no certificate (" + done.stderr.strip() + "): TLS is left out")
        return None
    with open(paths[2], "w", encoding="ascii") as both:
        for path in paths[:2]:
            with open(path, encoding="ascii") as part:
                both.write(part.read())
    return paths[2]


def start_tcpdump(prefix, interface, packets, capture):
    """Captures what the filter `packets` takes until it is interrupted."""
    tcpdump = subprocess.Popen(
        [*prefix, "tcpdump", "-i", interface, "-U", "--immediate-mode", "-n", "-Z", "root", "-w", capture, packets],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    last = "it says nothing"
    line = tcpdump.stderr.readline()
    while line and "listening on" not in line:
        last = line
        line = tcpdump.stderr.readline()
    if not line:
        tcpdump.wait()
        skip("tcpdump cannot capture: " + last.strip())
    return tcpdump


class Lateness:
    """How late a thread is woken while this is open, in seconds: what timers have to be granted here and now."""

    def __init__(self):
        self.worst = 0.0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        self._thread.join()

    def _watch(self):
        while not self._end.is_set():
            asleep = time.monotonic()
            time.sleep(0.01)
            self.worst = max(self.worst, time.monotonic() - asleep - 0.01)

    def tolerance(self, least=TOLERANCE):
        """A timer, who it wakes and who reads that may each be late."""
        return least + 3 * self.worst


def free_ports(names):
    """A port that can be listened on for each of the names, next to each other."""
    names = list(names)
    first = PORTS.start + os.getpid() * len(names) % len(PORTS)
    while first + len(names) <= PORTS.stop:
        for port in range(first, first + len(names)):
            with socket.socket() as listener:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    listener.bind(("127.0.0.1", port))
                except OSError:
                    break
        else:
            return {name: first + i for i, name in enumerate(names)}
        first = port + 1
    skip(f"no {len(names)} free ports")
    return {}


def judge(attempt, busy=BUSY):
    """The exit code of a test. `attempt(lateness)` gives what went wrong; it is made again where timers came later than
    `busy`, in seconds."""
    for number in range(ATTEMPTS):
        with Lateness() as lateness:
            failures = attempt(lateness)
        for failure in failures:
            print("FAIL:", failure)
        print(f"threads were woken up to {1000 * lateness.worst:.1f} ms late")
        if not failures:
            return 0
        if lateness.worst < busy:
            break
        if number + 1 < ATTEMPTS:
            print("the machine was busy with other things: once more")
    return 1
