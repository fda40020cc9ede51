"""The laboratory's network: one namespace for each segment of an office, one for the router between them, one for
the data centre.

Nothing in it has a way out: the namespaces are wired to each other and to nothing else. Their names carry the
laboratory's prefix and the number of the process that made them, so that a later run finds what one that was killed
has left.
"""

import contextlib
import os
import signal
import subprocess
import time

PREFIX = "dslab-"
CENTRE = "10.9.0.0/24"
BALANCER = "10.9.0.5"
SERVER_PORT = 2500
# The balancer's checks go to a port of their own.
HEALTH_PORT = 2600
# Of the first computer's tunnel, the next ones have the next ones; also the numbers of their routing tables.
TUNNEL_PORT = 4000


class LabError(Exception):
    pass


def run(*command, feed=None):
    done = subprocess.run(command, input=feed, capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise LabError(" ".join(command) + ": " + (done.stderr.strip() or f"exit code {done.returncode}"))
    return done.stdout


def why_not():
    """What is missing for namespaces, or an empty text."""
    name = f"{PREFIX}{os.getpid()}-try"
    try:
        run("ip", "netns", "add", name)
        try:
            run("ip", "-n", name, "link", "add", "one", "type", "veth", "peer", "name", "two")
            run("ip", "netns", "exec", name, "nft", "list", "ruleset")
        finally:
            run("ip", "netns", "del", name)
    except (OSError, LabError, subprocess.SubprocessError) as error:
        return str(error)
    return ""


def namespaces():
    with contextlib.suppress(OSError, LabError):
        return [line.split()[0] for line in run("ip", "netns", "list").splitlines() if line.startswith(PREFIX)]
    return []


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def remove(name):
    """Ends what runs in the namespace, and removes it."""
    for end in (signal.SIGTERM, signal.SIGKILL):
        pids = [int(pid) for pid in run("ip", "netns", "pids", name).split()]
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, end)
        if not pids:
            break
        time.sleep(0.2)
    run("ip", "netns", "del", name)


def remove_left_over():
    """What laboratories that no longer run have left. Gives the names."""
    left = [name for name in namespaces() if not alive(int(name[len(PREFIX):].split("-")[0]))]
    for name in left:
        remove(name)
    return left


def server_address(number):
    return f"10.9.0.{11 + number}"


class Network:
    """Segments: {name: [client addresses]}."""

    def __init__(self, number, segments, servers):
        base = f"{PREFIX}{os.getpid()}-{number}-"
        self.router = base + "router"
        self.centre = base + "dc"
        self.segments = {name: f"{base}s{i}" for i, name in enumerate(segments)}
        self._addresses = segments
        self._servers = servers
        self._made = []
        self._filters = {}
        self._routes = {}

    def __enter__(self):
        try:
            self._make()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for name in self._made:
            # One that cannot be removed must not keep the others; the next run tries again.
            with contextlib.suppress(LabError, subprocess.SubprocessError):
                remove(name)
        self._made = []

    def _make(self):
        for name in (self.router, self.centre, *self.segments.values()):
            self._made.append(name)
            run("ip", "netns", "add", name)
        wires = [f"link add dc type veth peer name wire netns {self.centre}", "addr add 10.9.0.1/24 dev dc",
                 "link set dc up", "link set lo up"]
        for i, (segment, namespace) in enumerate(self.segments.items()):
            wires += [f"link add s{i} type veth peer name wire netns {namespace}",
                      f"addr add 10.200.{i}.1/24 dev s{i}", f"link set s{i} up"]
            own = [f"addr add 10.200.{i}.2/24 dev wire"]
            for address in self._addresses[segment]:
                own.append(f"addr add {address}/32 dev wire")
            self._routes[segment] = [f"route add {address}/32 via 10.200.{i}.2" for address in self._addresses[segment]]
            wires += self._routes[segment]
            own += ["link set lo up", "link set wire up", f"route add default via 10.200.{i}.1"]
            self._batch(self.router, wires)
            self._batch(namespace, own)
            wires = []
        self._batch(self.centre, [
            "addr add 10.9.0.2/24 dev wire", f"addr add {BALANCER}/24 dev wire",
            *(f"addr add {server_address(i)}/24 dev wire" for i in range(self._servers)),
            "link set lo up", "link set wire up", "route add default via 10.9.0.1"])
        self.setting(self.router, "net.ipv4.ip_forward", 1)

    @staticmethod
    def _batch(namespace, lines):
        run("ip", "-n", namespace, "-batch", "-", feed="\n".join(lines) + "\n")

    @staticmethod
    def inside(namespace, *command):
        return ["ip", "netns", "exec", namespace, *map(str, command)]

    def setting(self, namespace, name, value):
        path = "/proc/sys/" + name.replace(".", "/")
        run(*self.inside(namespace, "sh", "-c", f"echo {value} > {path}"))

    def filter(self, name, rules):
        """Gives the router's forwarding a group of nftables rules, in place of what the group had."""
        self._filters[name] = rules
        text = "table ip lab {\n chain through {\n  type filter hook forward priority 0; policy accept;\n"
        text += "".join(f"  {rule}\n" for group in self._filters.values() for rule in group) + " }\n}\n"
        # Declared and deleted first, so that the new rules replace the old ones at one stroke.
        run(*self.inside(self.router, "nft", "-f", "-"), feed="table ip lab {}\ndelete table ip lab\n" + text)

    def unplug(self, segment):
        """The segment's wire loses its carrier; who is in the segment sees it."""
        self._batch(self.router, [f"link set {self._wire(segment)} down"])

    def plug(self, segment):
        # Routes go with the link and do not come back with it.
        self._batch(self.router, [f"link set {self._wire(segment)} up", *self._routes[segment]])

    def _wire(self, segment):
        return f"s{list(self.segments).index(segment)}"

    def wire_addresses(self, segment):
        """Of the segment's end of its wire, and of the router's."""
        i = list(self.segments).index(segment)
        return f"10.200.{i}.2", f"10.200.{i}.1"

    def leave_to_tunnels(self, segment):
        """Without the routes over the wire only tunnels lead to and from the segment's clients. Each has a routing table
        of its own."""
        self._batch(self.router, [route.replace("add", "del", 1) for route in self._routes[segment]])
        self._batch(self.segments[segment], [
            "route del default",
            *(f"rule add from {address} lookup {TUNNEL_PORT + i}" for i, address in enumerate(self._addresses[segment]))])

    def drop_checks(self, servers):
        """The balancer's checks of these servers (by number) are lost, and nothing else is."""
        rules = "".join(f"  ip daddr {server_address(number)} tcp dport {HEALTH_PORT} drop\n" for number in servers)
        text = "table ip lab {\n chain local {\n  type filter hook input priority 0; policy accept;\n" + rules + " }\n}\n"
        run(*self.inside(self.centre, "nft", "-f", "-"), feed="table ip lab {}\ndelete table ip lab\n" + text)

    def lose(self, addresses, percent):
        """Packets of these clients are lost, each way, by chance."""
        clients = "{ " + ", ".join(addresses) + " }"
        # nftables takes no "all of them" as a share.
        share = f"numgen random mod 100 < {percent} " if percent < 100 else ""
        self.filter("loss", [f"ip {end} {clients} {share}drop" for end in ("saddr", "daddr")])

    def lose_nothing(self):
        self.filter("loss", [])

    def forget_silent(self, addresses, seconds):
        """A packet filter that forgets a connection after so many seconds and tells nobody."""
        self.setting(self.router, "net.netfilter.nf_conntrack_tcp_timeout_established", seconds)
        # Otherwise a late packet of a forgotten connection makes it anew.
        self.setting(self.router, "net.netfilter.nf_conntrack_tcp_loose", 0)
        clients = "{ " + ", ".join(addresses) + " }"
        self.filter("forget", [f"ip saddr {clients} ct state established,related accept",
                               f"ip saddr {clients} ct state new tcp flags & (syn|ack) == syn accept",
                               f"ip saddr {clients} drop",
                               f"ip daddr {clients} ct state established,related accept",
                               f"ip daddr {clients} drop"])
