"""One end of a tunnel, as a VPN has them: packets of a TUN interface inside UDP.

usage: tunnel.py gate OWN INTERFACE LIFE ROUTE ...
       tunnel.py client OWN GATE INTERFACE ROUTE ...

The gate ends a tunnel LIFE real seconds after it was made (0 = never), as one that wants to be asked again who somebody
is. Both interfaces, and with them their routes, are gone until the client has made the next one. OWN and GATE are
addresses. Each says "ready" when packets can go through it or, the gate, when it can be asked.
"""

import contextlib
import fcntl
import os
import selectors
import signal
import socket
import struct
import subprocess
import sys
import time

PORT = 4000
# linux/if_tun.h
TUNSETIFF = 0x400454CA
IFF_TUN = 0x0001
IFF_NO_PI = 0x1000
MOST_BYTES = 2048
# The interfaces' packets with what UDP and IP put around them still fit the wire's 1500 bytes.
MTU = 1400
# How long the client waits before it asks again: three minutes of the world at the usual scale.
AGAIN_S = 0.1
HELLO = b"hello"
BYE = b"bye"


class Tun:
    """The interface, while it is open."""

    def __init__(self, name, routes):
        self._file = os.open("/dev/net/tun", os.O_RDWR)
        fcntl.ioctl(self._file, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
        lines = [f"link set {name} mtu {MTU} up", *(f"route add {route} dev {name}" for route in routes)]
        subprocess.run(["ip", "-batch", "-"], input="\n".join(lines) + "\n", text=True, check=True)

    def fileno(self):
        return self._file

    def read(self):
        return os.read(self._file, MOST_BYTES)

    def write(self, packet):
        os.write(self._file, packet)

    def close(self):
        os.close(self._file)


def carry(tun, peer, end):
    """Both ways, until the other end says bye or is gone, or until `end` (monotonic; None = never)."""
    with selectors.DefaultSelector() as selector:
        selector.register(tun, selectors.EVENT_READ)
        selector.register(peer, selectors.EVENT_READ)
        while end is None or time.monotonic() < end:
            for key, _ in selector.select(None if end is None else max(0, end - time.monotonic())):
                try:
                    if key.fileobj is tun:
                        peer.send(tun.read())
                        continue
                    packet = peer.recv(MOST_BYTES)
                except ConnectionRefusedError:
                    # The other end is gone without a bye.
                    return
                if packet == BYE:
                    return
                if packet != HELLO:
                    tun.write(packet)


def gate(own, interface, life, *routes):
    print("ready", flush=True)
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.bind((own, PORT))
            packet, client = peer.recvfrom(MOST_BYTES)
            if packet != HELLO:
                continue
            peer.connect(client)
            made = time.monotonic()
            tun = Tun(interface, routes)
            try:
                peer.send(HELLO)
                carry(tun, peer, made + float(life) if float(life) else None)
            finally:
                tun.close()
                with contextlib.suppress(ConnectionRefusedError):
                    peer.send(BYE)


def client(own, other, interface, *routes):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.bind((own, PORT))
        peer.connect((other, PORT))
        ready = False
        while True:
            peer.settimeout(AGAIN_S)
            try:
                peer.send(HELLO)
                answered = peer.recv(MOST_BYTES) == HELLO
            except (TimeoutError, ConnectionRefusedError):
                answered = False
            if not answered:
                time.sleep(AGAIN_S)
                continue
            peer.settimeout(None)
            tun = Tun(interface, routes)
            if not ready:
                print("ready", flush=True)
                ready = True
            carry(tun, peer, None)
            tun.close()
            time.sleep(AGAIN_S)


if __name__ == "__main__":
    # A gate that is stopped says bye.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    {"gate": gate, "client": client}[sys.argv[1]](*sys.argv[2:])
