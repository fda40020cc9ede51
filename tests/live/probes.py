"""What the live tests of the probe share: runs of the program beside each other, and what is expected of them."""

import json
import os
import subprocess
import sys

# More than any of the time-outs, and short enough for a test.
LONGEST = 8


def start_peer(processes, port):
    peer = subprocess.Popen([os.environ["DROPSCOPE"], "probe", "--server", str(port)],
                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    processes.append(peer)
    line = peer.stderr.readline()
    if not line.startswith(f"Listens on 127.0.0.1:{port}"):
        sys.exit("FAIL: the peer does not listen: " + line)
    return peer


class Probe:
    """One run of the program, beside others."""

    def __init__(self, folder, name, target, options=("--payload", "echo"), prefix=()):
        self.output = os.path.join(folder, name + ".json")
        self.errors = open(os.path.join(folder, name + ".err"), "w+", encoding="utf-8")
        command = [*prefix, os.environ["DROPSCOPE"], "probe", target, "--mode", "full", "--max", str(LONGEST),
                   "--format", "json", *options]
        self.started = subprocess.Popen([*command, "-o", self.output], stderr=self.errors)
        self.said = ""

    def finding(self):
        code = self.started.wait(timeout=90)
        self.errors.seek(0)
        self.said = self.errors.read()
        # 3: nothing could be reached; the sentence says why.
        if code not in (0, 1, 3) or not os.path.exists(self.output):
            return {"mechanism": f"exit code {code}", "seconds": None, "end": None, "complete": False, "notes": [],
                    "sentence": self.said}
        with open(self.output, encoding="utf-8") as file:
            return json.load(file)["finding"]


def check(expect, name, finding, mechanism, seconds, end, lateness):
    print(f"{name}: {finding['sentence']}")
    expect(finding["mechanism"] == mechanism, f"{name}: {finding['mechanism']} instead of {mechanism}")
    expect(finding["complete"], f"{name}: not complete")
    expect(finding["end"] == end, f"{name}: ends with {finding['end']} instead of {end}")
    if seconds is None:
        return
    if finding["seconds"] is None:
        expect(False, f"{name}: no time-out")
        return
    tolerance = lateness.tolerance(max(0.05, 0.02 * seconds))
    expect(abs(finding["seconds"] - seconds) <= tolerance, f"{name}: {finding['seconds']} s instead of {seconds} s")
