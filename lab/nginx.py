"""nginx (module stream) in the laboratory: its configuration, and its logs in the world's time.

The error log has whole seconds, which are half an hour of the world. So the access log names each connection by its
number, as the error log does, and a line of the error log gets the time of its connection from there.
"""

import os
import re

from balancer import PATIENT_PORT, STRICT_PORT
from network import BALANCER, SERVER_PORT, server_address

MODULES = ("/usr/lib/nginx/modules/ngx_stream_module.so", "/usr/lib64/nginx/modules/ngx_stream_module.so")

CONFIGURATION = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.raw info;
load_module {module};
events {{ worker_connections 1000; }}
stream {{
  log_format session '$connection msec=$msec remote_addr=$remote_addr remote_port=$remote_port protocol=$protocol '
                     'status=$status bytes_sent=$bytes_sent bytes_received=$bytes_received '
                     'session_time=$session_time upstream_addr="$upstream_addr"';
  access_log {folder}/nginx-stream.raw session;
  proxy_connect_timeout 2s;
  tcp_nodelay on;
{services}}}
"""

SERVICE = "  server {{ listen {balancer}:{port}; proxy_pass {address}:{server_port}; proxy_timeout {timeout_ms}ms; }}\n"

SESSION = re.compile(r"^(\d+) msec=([\d.]+) (.* session_time=)([\d.]+)( .*)$")
MESSAGE = re.compile(r"^\S+ \S+ (\[\w+\] \S+ \*(\d+) (.*))$")


def module():
    return next((path for path in MODULES if os.path.exists(path)), None)


class Nginx:
    """Its time-outs in real seconds: of ordinary services, and of strict ones (0 = there are none)."""
    program = "nginx"

    def __init__(self, folder, servers, patience_s, idle_s):
        self._folder = folder
        self._configuration = folder / "nginx.conf"
        services = "".join(
            SERVICE.format(balancer=BALANCER, port=base + number, address=server_address(number),
                           server_port=SERVER_PORT, timeout_ms=round(1000 * seconds))
            for number in range(len(servers))
            for base, seconds in ((PATIENT_PORT, patience_s), (STRICT_PORT, idle_s)) if seconds)
        self._configuration.write_text(CONFIGURATION.format(folder=folder, module=module(), services=services),
                                       encoding="utf-8")
        self._process = None

    def start(self, start):
        """`start(name, *command)` starts a program where the balancer belongs."""
        self._process = start("nginx", "nginx", "-c", self._configuration)

    def ready(self):
        pid = self._folder / "nginx.pid"
        return pid.exists() and pid.read_text(encoding="ascii").strip() != ""

    def running(self):
        """The process, None when it ended by itself."""
        return self._process if self._process.poll() is None else None

    def logs(self, clock):
        """{name: text}, in the world's time."""
        stream, error = in_world_time(*((self._folder / name).read_text(encoding="utf-8")
                                        for name in ("nginx-stream.raw", "nginx-error.raw")), clock)
        return {"nginx-stream.log": stream, "nginx-error.log": error}


def in_world_time(stream, error, clock):
    """Both logs with their times and durations as in the world; lines of the error log that are about no finished
    connection are left out."""
    sessions = []
    spans = {}
    for line in stream.splitlines():
        session = SESSION.match(line)
        if not session:
            continue
        end = float(session[2])
        spans[session[1]] = (end - float(session[4]), end)
        sessions.append(f"msec={clock.world(end).timestamp():.3f} {session[3]}"
                        f"{float(session[4]) * clock.scale:.3f}{session[5]}\n")
    messages = []
    for line in error.splitlines():
        message = MESSAGE.match(line)
        if not message or message[2] not in spans:
            continue
        begins = "connected to" in message[3]
        at = spans[message[2]][0 if begins else 1]
        messages.append((at, f"{clock.world(at):%Y/%m/%d %H:%M:%S} {message[1]}\n"))
    messages.sort(key=lambda one: one[0])
    return "".join(sessions), "".join(text for _, text in messages)
