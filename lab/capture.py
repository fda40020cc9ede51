"""Captures in the world's time.

tcpdump writes real times. A capture's records carry their times in a fixed header each (draft-ietf-opsawg-pcap), so
that they can be replaced one by one. What the packets themselves hold stays: the clock of TCP's own time stamps, and
with it retransmissions that come after a fifth of a real second, is not the world's.
"""

import struct

# Begin of the file, in the order of bytes of the machine that wrote it; times in nanoseconds.
MAGIC = 0xA1B23C4D
FILE_HEADER_BYTES = 24
RECORD_HEADER = "IIII"
NANO = 10**9


def command(interface, path):
    """tcpdump of the first bytes of each TCP packet. It says on standard error when it listens."""
    return ("tcpdump", "-i", interface, "-n", "-s", "128", "-U", "--time-stamp-precision=nano", "-Z", "root", "-w", path,
            "tcp")


def in_world_time(data, clock):
    """The same packets. A record that was cut off at the end is left out."""
    for order in "<>":
        if len(data) >= FILE_HEADER_BYTES and struct.unpack_from(order + "I", data)[0] == MAGIC:
            break
    else:
        raise ValueError("expected a capture with times in nanoseconds")
    record = struct.Struct(order + RECORD_HEADER)
    out = [data[:FILE_HEADER_BYTES]]
    at = FILE_HEADER_BYTES
    while at + record.size <= len(data):
        seconds, nanoseconds, kept, length = record.unpack_from(data, at)
        at += record.size
        if at + kept > len(data):
            break
        world_ns = clock.world_ns(seconds * NANO + nanoseconds)
        out += [record.pack(world_ns // NANO, world_ns % NANO, kept, length), data[at:at + kept]]
        at += kept
    return b"".join(out)
