"""Runs a program in a pseudo-terminal and copies what it shows to standard output.

usage: in_terminal.py COLUMNS PROGRAM ARGUMENTS...
The exit code is the program's.
"""

import fcntl
import os
import pty
import struct
import sys
import termios


def main() -> int:
    columns = int(sys.argv[1])
    child, terminal = pty.fork()
    if child == 0:
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        os.environ.setdefault("TERM", "xterm")
        os.execv(sys.argv[2], sys.argv[2:])
    shown = b""
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # Linux reports the end of a terminal this way.
            break
        if not part:
            break
        shown += part
    _, status = os.waitpid(child, 0)
    sys.stdout.buffer.write(shown.replace(b"\r\n", b"\n"))
    return os.waitstatus_to_exitcode(status)


sys.exit(main())
