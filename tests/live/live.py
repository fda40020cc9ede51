"""What the live tests share: network namespaces of the test's own, programs in them, closes as read."""

import contextlib
import os
import subprocess
import sys

# A timer fires later where the processors are busy with other things; never earlier.
TOLERANCE = 0.1
BUSY_TOLERANCE = 0.5
SKIPPED = 77


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


def late_tolerance():
    return BUSY_TOLERANCE if os.getloadavg()[0] > (os.cpu_count() or 1) else TOLERANCE
