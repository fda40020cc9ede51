"""One end of a computer's tunnel, as a VPN has them: packets of a TUN interface inside UDP.

usage: tunnel.py gate OWN PORT INTERFACE LIFE FIRST_LIFE COMPUTER
       tunnel.py client OWN PORT INTERFACE GATE COMPUTER NETWORK

The gate ends a tunnel LIFE real seconds after it was made (0 = never), as one that wants to be asked again who somebody
is, and the first one after FIRST_LIFE. Both interfaces, and with them the ways between the COMPUTER's address and the
NETWORK behind the gate, are gone until the client has made the next tunnel. OWN and GATE are addresses. Each says "ready" when packets can go through it or, the gate, when it can be asked.
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
    """The interface, while it is open, with the one route that leads into it."""

    def __init__(self, name, route):
        self._file = os.open("/dev/net/tun", os.O_RDWR)
        fcntl.ioctl(self._file, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
        subprocess.run(["ip", "-batch", "-"], input=f"link set {name} mtu {MTU} up\nroute add {route}\n", text=True,
                       check=True)

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


def gate(own, port, interface, life, first_life, computer):
    print("ready", flush=True)
    limit = float(first_life)
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.bind((own, int(port)))
            packet, other = peer.recvfrom(MOST_BYTES)
            if packet != HELLO:
                continue
            peer.connect(other)
            end = time.monotonic() + limit if limit else None
            limit = float(life)
            tun = Tun(interface, f"{computer} dev {interface}")
            try:
                peer.send(HELLO)
                carry(tun, peer, end)
            finally:
                tun.close()
                with contextlib.suppress(ConnectionRefusedError):
                    peer.send(BYE)


def client(own, port, interface, other, computer, network):
    ready = False
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.bind((own, int(port)))
        peer.connect((other, int(port)))
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
            tun = Tun(interface, f"{network} dev {interface} table {port}")
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
