"""Compares what was understood of one case's evidence with the truth beside it.

usage: check_case.py FOLDER INVENTORY.json DIAGNOSIS.json TRUTH.json

Prints one line for each difference; the exit code is 1 if there is any.
"""

import json
import pathlib
import sys

# Closes that match losses so much more often than by chance belong to the computer's own connections.
LEAST_MATCHES = 3
TIMES_CHANCE = 10


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def short(name):
    return name.split(".")[0].upper()


def main():
    folder, inventory, diagnosis, truth = pathlib.Path(sys.argv[1]), *map(load, sys.argv[2:])
    problems = []
    files = {str(path) for path in folder.rglob("*") if path.is_file()}
    sources = {source["path"]: source for source in inventory["sources"]}
    for path in sorted(files):
        source = sources.get(path)
        if source is None:
            problems.append(f"{path}: not among the sources")
        elif source["state"] not in ("read", "damaged") or not source["kind"]:
            problems.append(f"{path}: {source['state']}, {source['kind']}: {source['problem']}")

    # Each file of a computer lies in a folder of its name.
    linked = {}
    for client in diagnosis["clients"]:
        for link in client["links"]:
            path = pathlib.Path(diagnosis["sources"][link["source"]]["path"])
            if path.parent == folder:
                continue
            linked.setdefault(str(path), set()).add(short(client["computer"]))
    for path in sorted(files):
        owner = pathlib.Path(path).parent
        if owner == folder or sources.get(path, {}).get("records") == 0:
            continue
        if linked.get(path) != {owner.name.upper()}:
            problems.append(f"{path}: expected a link to {owner.name}, found {sorted(linked.get(path, set()))}")

    affected = {short(client.split("/")[0]) for client in truth["affected_clients"]}
    for count in diagnosis["closes"]["counts"]:
        computer = short(count["computer"])
        matched = count["matched"]
        own = matched >= LEAST_MATCHES and matched >= TIMES_CHANCE * count["expected_by_chance"]
        if own and computer not in affected:
            problems.append(f"{computer}: {matched} closes of {count['device']} matched; it is not affected")
        if computer in affected and count["losses"] >= LEAST_MATCHES and 2 * matched < count["losses"]:
            problems.append(f"{computer}: only {matched} of {count['losses']} losses have a close of "
                            f"{count['device']}")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


sys.exit(main())
