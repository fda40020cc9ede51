"""Checks what was understood of the folder that make_everything.py fills.

usage: check_everything.py INVENTORY.json DIAGNOSIS.json LOSSES

Prints one line for each difference; the exit code is 1 if there is any.
"""

import json
import pathlib
import sys

KINDS = {
    "Application.evtx": "evtx", "System.evtx": "evtx", "connection-status.txt": "connection-status",
    "netstat.txt": "netstat", "ipconfig.txt": "ipconfig", "outlook.reg": "registry-text",
    "clients.csv": "inventory", "networks.csv": "networks", "servers.csv": "servers", "haproxy.log": "haproxy",
    "firewall.log": "cisco-asa", "rca.log": "exchange-rca", "u_ex.log": "iis", "PC.pcap": "capture",
}
COMPUTERS = ("PC001", "PC002", "PC003")
OWN = ("Application.evtx", "System.evtx", "connection-status.txt", "netstat.txt", "ipconfig.txt", "outlook.reg")


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def main():
    inventory, diagnosis = load(sys.argv[1]), load(sys.argv[2])
    losses = int(sys.argv[3])
    problems = []

    def expect(what, expected, found):
        if found != expected:
            problems.append(f"{what}: expected {expected}, found {found}")

    expect("files", 3 * len(OWN) + len(KINDS) - len(OWN), len(inventory["sources"]))
    closes = {}
    for source in inventory["sources"]:
        name = pathlib.Path(source["path"]).name
        expect(name, (KINDS.get(name), "read"), (source["kind"], source["state"]))
        closes[name] = source["closes"]
    for name in ("haproxy.log", "firewall.log", "u_ex.log"):
        expect("closes in " + name, losses, closes.get(name))
    expect("closes in the capture", 1, closes.get("PC.pcap"))

    links = {}
    for client in diagnosis["clients"]:
        for link in client["links"]:
            path = pathlib.Path(diagnosis["sources"][link["source"]]["path"])
            if not link["reason"]:
                problems.append(f"{path}: linked without a reason")
            if path.name in OWN:
                links.setdefault((path.parent.name, path.name), set()).add(client["computer"].split(".")[0])
    for computer in COMPUTERS:
        for name in OWN:
            expect(f"owner of {computer}/{name}", {computer}, links.get((computer, name)))
    expect("files of nobody", [], diagnosis["unowned_sources"])

    clocks = {clock["device"]: clock for clock in diagnosis["clocks"] if clock["device"]}
    balancer, firewall = clocks.get("lb1"), clocks.get("fw1")
    if balancer is None or not balancer["applied"] or abs(balancer["offset_s"] + 37) > 1:
        problems.append(f"clock of lb1: expected to be found and set right by -37 s, found {balancer}")
    if firewall is None or firewall["applied"] or abs(firewall["offset_s"]) > 1.5:
        problems.append(f"clock of fw1: expected right, found {firewall}")

    matched = {}
    for count in diagnosis["closes"]["counts"]:
        if count["device"] in ("lb1", "fw1"):
            matched[count["device"], count["computer"].split(".")[0]] = count
    for device in ("lb1", "fw1"):
        for computer in COMPUTERS:
            count = matched.get((device, computer))
            if count is None or count["matched"] < 0.9 * count["losses"] or count["losses"] < 10:
                problems.append(f"losses of {computer}: expected closes of {device} for nine of ten, found {count}")
            elif not 0 < count["expected_by_chance"] < 1:
                problems.append(f"losses of {computer}: expected less than one match by chance, found {count}")
    idle = [match for match in diagnosis["closes"]["matches"] if match["device"] == "lb1"]
    for match in idle:
        expect(f"close of {match['lost']}", ("middlebox", "idle", 3600.0),
               (match["by"], match["why"], match["idle_s"]))
        if problems:
            break
    for problem in problems:
        print(problem)
    return 1 if problems else 0


sys.exit(main())
