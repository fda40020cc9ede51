"""HAProxy in the laboratory: its configuration, its administration, and its log in the world's time."""

import datetime
import re
import socket

from network import BALANCER, HEALTH_PORT, SERVER_PORT, server_address

# Behind the first come services that wait for a day of the world, which no living session is silent for; behind the
# second those with the script's time-out.
PATIENCE_MIN = 1440
PATIENT_PORT = 2000
STRICT_PORT = 3000

CONFIGURATION = """
global
  log stdout format rfc5424 local0 info
  stats socket {folder}/admin.sock mode 600 level admin
  maxconn 1000
  hard-stop-after {hard_stop_ms}ms
defaults
  mode tcp
  log global
  option tcplog
  timeout connect 2s
  timeout check 100ms
  timeout client {patience_ms}ms
  timeout server {patience_ms}ms
"""

SERVICE = """
listen exchange_{name}_{port}
  bind {balancer}:{port}
  timeout client {idle_ms}ms
  server {name} {address}:{server_port} check port {health_port} inter 100ms fall 2 rise 1 {marked_down}
"""

# A server that is marked down takes its sessions with it.
MARKED_DOWN = "on-marked-down shutdown-sessions"
# What a reload gives the sessions of the old process: three minutes of the world at the usual scale.
HARD_STOP_MS = 100

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
HEADER = re.compile(r"^(<\d+>1) (\S+) (\S+) (\S+) (\S+) (\S+) (\S+) (.*)$")
SESSION = re.compile(r"^(\S+:\d+) \[([^\]]+)\] (\S+ \S+) (-?\d+)/(-?\d+)/(\+?)(\d+) (.*)$")


class HAProxy:
    """Its time-outs in real seconds: of ordinary services, and of strict ones (0 = there are none). With `failover` the
    other servers stand in."""
    program = "haproxy"

    def __init__(self, folder, servers, patience_s, idle_s, failover=False):
        self._folder = folder
        self._configuration = folder / "haproxy.cfg"
        self._configuration.write_text(services(folder, servers, patience_s, idle_s, failover), encoding="utf-8")
        self._process = None
        self._outputs = []

    def start(self, start, *more):
        """`start(name, *command)` starts a program where the balancer belongs."""
        # One file for each process: HAProxy takes the flag from its output that lets several append to one.
        name = f"haproxy-{len(self._outputs)}" if self._outputs else "haproxy"
        self._outputs.append(name + ".out")
        self._process = start(name, "haproxy", "-db", "-f", self._configuration, *more)

    def reload(self, start):
        """A new process takes over; the old one ends the sessions it still has."""
        self.start(start, "-sf", self._process.pid)

    def ready(self):
        return (self._folder / "admin.sock").exists()

    def running(self):
        """The process, None when it ended by itself."""
        return self._process if self._process.poll() is None else None

    def end_sessions(self, server, number):
        name = server.lower()
        with socket.socket(socket.AF_UNIX) as admin:
            admin.connect(str(self._folder / "admin.sock"))
            admin.sendall(f"shutdown sessions server exchange_{name}_{PATIENT_PORT + number}/{name}\n".encode())
            while admin.recv(4096):
                pass

    def logs(self, clock):
        """{name: text}, in the world's time."""
        lines = "".join((self._folder / name).read_text(encoding="utf-8") for name in self._outputs)
        return {"haproxy.log": in_world_time(lines, clock)}


def services(folder, servers, patience_s, idle_s, failover):
    text = CONFIGURATION.format(folder=folder, patience_ms=round(1000 * patience_s), hard_stop_ms=HARD_STOP_MS)
    for number, name in enumerate(servers):
        for base, seconds in ((PATIENT_PORT, patience_s), (STRICT_PORT, idle_s)):
            if not seconds:
                continue
            text += SERVICE.format(name=name.lower(), port=base + number, balancer=BALANCER,
                                   idle_ms=round(1000 * seconds), address=server_address(number),
                                   server_port=SERVER_PORT, health_port=HEALTH_PORT, marked_down=MARKED_DOWN)
            if failover:
                text += "".join(f"  server {other.lower()} {server_address(i)}:{SERVER_PORT} check port {HEALTH_PORT} "
                                f"inter 100ms fall 2 rise 1 backup {MARKED_DOWN}\n"
                                for i, other in enumerate(servers) if i != number)
    return text


def in_world_time(log, clock):
    """HAProxy's lines with their times and durations as in the world; what is no line of the log is left out."""
    lines = []
    for line in log.splitlines():
        header = HEADER.match(line)
        if not header:
            continue
        written = clock.world(datetime.datetime.fromisoformat(header[2]).timestamp())
        text = header[8]
        session = SESSION.match(text)
        if session:
            accepted = datetime.datetime.strptime(session[2], "%d/%b/%Y:%H:%M:%S.%f")
            accepted = clock.world(accepted.replace(tzinfo=datetime.timezone.utc).timestamp())
            waits = [int(wait) if int(wait) < 0 else round(int(wait) * clock.scale)
                     for wait in (session[4], session[5], session[7])]
            text = (f"{session[1]} [{accepted:%d}/{MONTHS[accepted.month - 1]}/{accepted:%Y:%H:%M:%S}."
                    f"{accepted.microsecond // 1000:03}] {session[3]} {waits[0]}/{waits[1]}/{session[6]}{waits[2]} "
                    f"{session[8]}")
        lines.append(f"{header[1]} {written:%Y-%m-%dT%H:%M:%S.%f}+00:00 lb1 haproxy {header[5]} {header[6]} "
                     f"{header[7]} {text}")
    return "".join(line + "\n" for line in lines)
