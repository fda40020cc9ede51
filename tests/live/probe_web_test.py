"""The probe through TLS and with HTTP, against real servers whose time-outs are known.

usage: probe_web_test.py PRINT_CLOSES        (the program is found in $DROPSCOPE)

HAProxy that ends TLS after 4 s, with a certificate made here; HAProxy of HTTP with a keep-alive of 4 s, and one whose
client time-out of 4 s is the only one; long polls through HAProxy that waits 4 s for a server, through nginx that waits
5 s, and through nothing; nginx with a keep-alive of 5 s, in the clear and on TLS, and one that closes after
each answer; a server of TLS that asks for a certificate of the client; and ports that do not speak what the probe asks for. All are probed at the same time. What is not installed
is left out by name; exit code 77 where nothing could be probed.
"""

import contextlib
import os
import sys
import tempfile

sys.dont_write_bytecode = True
from live import (HAPROXY_TCP, free_ports, judge, make_certificate, skip, start_configured, start_echo,  # noqa: E402
                  start_haproxy)
from probes import Probe, check, start_peer  # noqa: E402

HAPROXY_HTTP = """
defaults
  mode http
  timeout connect 2s
  timeout server {server}s
  timeout client {client}s
  {timeouts}
frontend web
  bind 127.0.0.1:{port}
  default_backend own
backend own
  server one 127.0.0.1:{behind}
"""

NGINX = """
daemon off;
master_process off;
pid {folder}/nginx-web.pid;
error_log {folder}/nginx-web.log;
events {{ worker_connections 512; }}
http {{
  access_log off;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  keepalive_timeout 5s 5s;
  server {{ listen 127.0.0.1:{nginx}; location / {{ return 200 "here"; }} }}
  server {{ listen 127.0.0.1:{once}; keepalive_timeout 0; location / {{ return 403; }} }}
  server {{ listen 127.0.0.1:{nginx_poll}; location / {{ proxy_pass http://127.0.0.1:{peer}; proxy_read_timeout 5s; }} }}
  {secure}
}}
"""
NGINX_TLS = """
  server {{ listen 127.0.0.1:{nginx_tls} ssl; ssl_certificate {both}; ssl_certificate_key {both};
            location / {{ return 200 "here"; }} }}
"""

PORTS = free_ports(("plain", "tls", "web", "client_only", "nginx", "nginx_tls", "once", "guarded", "peer", "haproxy_poll", "nginx_poll"))


def start_servers(processes, folder):
    """What each server that runs is expected to be found as: options of the probe, mechanism, seconds, end."""
    out = {}
    web = ("--payload", "http", "--path", "/somewhere")
    certificate = make_certificate(folder)
    start_echo(processes, [], "127.0.0.1", PORTS["plain"])
    # An echo server sends back the beginning of TLS, which is no answer to it, and is no web server.
    out["plain"] = [(web, "unreachable", None, None), (("--tls",), "unreachable", None, None)]
    poll = ("--payload", "long-poll")
    start_peer(processes, PORTS["peer"])
    out["peer"] = [(poll, "none-found", None, None)]
    if start_haproxy(processes, folder, "haproxy_poll", HAPROXY_HTTP.format(
            port=PORTS["haproxy_poll"], behind=PORTS["peer"], client=60, server=4,
            timeouts="option http-no-delay")):
        out["haproxy_poll"] = [(poll, "proxy-or-server", 4, "fin")]
    secure = NGINX_TLS.format(both=certificate, **PORTS) if certificate else ""
    if start_configured(processes, folder, "nginx", "nginx", NGINX.format(folder=folder, secure=secure, **PORTS), "-c"):
        out["nginx"] = [(web, "http-keep-alive", 5, "fin"), (("--tls",), "unreachable", None, None)]
        out["once"] = [(web, "closed-at-once", None, "fin")]
        out["nginx_poll"] = [(poll, "proxy-or-server", 5, "fin")]
        # A web server is no peer.
        out["nginx"].append((poll, "unreachable", None, None))
        if certificate:
            out["nginx_tls"] = [((*web, "--tls"), "http-keep-alive", 5, "fin")]
        timeouts = "timeout http-keep-alive 4s\n  timeout http-request 30s"
        behind = PORTS["nginx"]
        if start_haproxy(processes, folder, "web",
                         HAPROXY_HTTP.format(port=PORTS["web"], behind=behind, client=60, server=60,
                                             timeouts=timeouts)):
            out["web"] = [(web, "http-keep-alive", 4, "fin")]
        if start_haproxy(processes, folder, "client_only",
                         HAPROXY_HTTP.format(port=PORTS["client_only"], behind=behind, client=4, server=60,
                                             timeouts="")):
            out["client_only"] = [(web, "proxy-or-server", 4, "fin")]
    bind = f"ssl crt {certificate}"
    if certificate and start_haproxy(processes, folder, "tls", HAPROXY_TCP.format(
            port=PORTS["tls"], behind=PORTS["plain"], timeout=4, bind=bind)):
        out["tls"] = [(("--tls", "--payload", "echo"), "proxy-or-server", 4, "fin"),
                      (("--tls",), "proxy-or-server", 4, "fin")]
    # In TLS 1.3 the client is refused after the handshake.
    guarded = f"{bind} ca-file {certificate} verify required"
    if certificate and start_haproxy(processes, folder, "guarded", HAPROXY_TCP.format(
            port=PORTS["guarded"], behind=PORTS["plain"], timeout=4, bind=guarded)):
        out["guarded"] = [(("--tls", "--payload", "echo"), "unreachable", None, None)]
    return out


def attempt(lateness):
    processes = []
    problems = []

    def expect(right, what):
        if not right:
            problems.append(what)

    with tempfile.TemporaryDirectory(prefix="dropscope-live-") as folder, contextlib.ExitStack() as ends:
        def stop_all():
            for process in processes:
                process.kill()
                process.wait()
        ends.callback(stop_all)
        expected = start_servers(processes, folder)
        if len(expected) == 2:
            skip("neither nginx nor haproxy can be started")
        probes = {}
        for name, runs in expected.items():
            for i, (options, *_) in enumerate(runs):
                probes[name, i] = Probe(folder, f"{name}-{i}", f"127.0.0.1:{PORTS[name]}", options)
                processes.append(probes[name, i].started)
        notes = {}
        for name, runs in expected.items():
            for i, (options, mechanism, seconds, end) in enumerate(runs):
                finding = probes[name, i].finding()
                check(expect, " ".join((name, *options)), finding, mechanism, seconds, end, lateness)
                notes[name, i] = "\n".join([finding["sentence"], *finding["notes"]])
                print("  " + "\n  ".join(finding["notes"]))
                if "--tls" in options:
                    expect("is not verified" in probes[name, i].said, f"{name}: does not say that nothing is verified")

        def expect_words(name, i, words):
            if (name, i) in notes:
                expect(words in notes[name, i], f"{name}: does not say \"{words}\": {notes[name, i]}")

        expect_words("plain", 0, "does not speak HTTP/1.1")
        expect_words("plain", 1, "TLS failed")
        expect_words("nginx", 0, "keeps idle connections for 5 s, which agrees")
        expect_words("nginx", 1, "does not speak TLS on this port, it says \"HTTP/1.1 400")
        expect_words("nginx", 2, "does not answer as a peer")
        expect_words("haproxy_poll", 0, "the server has to send something sooner")
        expect_words("once", 0, "status 403 and closes")
        expect_words("client_only", 0, "without any request ends at the same idle time")
        expect_words("guarded", 0, "certificate required")
        expect_words("tls", 0, "certificate of the server was not verified")
    return problems


if __name__ == "__main__":
    if "DROPSCOPE" not in os.environ:
        sys.exit("set DROPSCOPE to the path of the program")
    sys.exit(judge(attempt))
