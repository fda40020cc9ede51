"""HAProxy in the laboratory: its configuration, its administration, and its log in the world's time."""

import datetime
import re
import socket

from network import BALANCER, SERVER_PORT, server_address

# Real seconds that no run reaches.
NEVER_S = 86400
# Behind the first come services without a time-out, behind the second those with the script's.
PATIENT_PORT = 2000
STRICT_PORT = 3000

CONFIGURATION = """
global
  log stdout format rfc5424 local0 info
  stats socket {folder}/admin.sock mode 600 level admin
  maxconn 1000
defaults
  mode tcp
  log global
  option tcplog
  timeout connect 2s
  timeout client {never}s
  timeout server {never}s
"""

SERVICE = """
listen exchange_{name}_{port}
  bind {balancer}:{port}
  timeout client {client_ms}ms
  server {name} {address}:{server_port} check inter 100ms fall 2 rise 1 on-marked-down shutdown-sessions
"""

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
HEADER = re.compile(r"^(<\d+>1) (\S+) (\S+) (\S+) (\S+) (\S+) (\S+) (.*)$")
SESSION = re.compile(r"^(\S+:\d+) \[([^\]]+)\] (\S+ \S+) (-?\d+)/(-?\d+)/(\+?)(\d+) (.*)$")


def services(folder, servers, idle_s):
    text = CONFIGURATION.format(folder=folder, never=NEVER_S)
    for number, name in enumerate(servers):
        for base, seconds in ((PATIENT_PORT, NEVER_S), (STRICT_PORT, idle_s)):
            if seconds:
                text += SERVICE.format(name=name.lower(), port=base + number, balancer=BALANCER,
                                       client_ms=round(1000 * seconds), address=server_address(number),
                                       server_port=SERVER_PORT)
    return text


def administer(folder, command):
    with socket.socket(socket.AF_UNIX) as admin:
        admin.connect(str(folder / "admin.sock"))
        admin.sendall(command.encode() + b"\n")
        answer = b""
        while part := admin.recv(4096):
            answer += part
    return answer.decode().strip()


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
