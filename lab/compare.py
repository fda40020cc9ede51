#!/usr/bin/env python3
"""Where simulation and laboratory agree: what scripts of a run of the laboratory lost, beside what `dropscope simulate`
loses in the same world by the same fault.

usage: compare.py FOLDER ... --dropscope PROGRAM

FOLDER is what the laboratory left of one script (build/lab/NAME). The simulator gets the world of that run, with the
script's fault as its cause: the same computers, calendars and traffic. So the losses can be paired: one of each, of the
same computer, not further apart than PAIR_MIN. The uptimes before the losses are also compared as distributions, by the
largest distance of their distribution functions (two samples, Kolmogorov and Smirnov): as they are, and rounded to what
the laboratory can tell, with the probability of that distance if both were samples of one. Both have the same traffic,
which makes them more alike than two samples are; so a small probability says more than a large one.
"""

import argparse
import bisect
import datetime
import json
import math
import pathlib
import subprocess
import sys
import tempfile
import tomllib

sys.dont_write_bytecode = True
from world import toml_text  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
# What the laboratory may add to a loss: an answer is waited for 7.5 minutes (docs/lab.md), and in the simulation silence
# is noticed after 9 to 21 s.
PAIR_MIN = 10
# "2025-09-01T08:10:43.276823"
MICROSECONDS = 26
# A program that is 42 ms late, as was measured on 29 November 2026, is 76 s late in a world where an hour takes 2 s.
RESOLUTION_MIN = 2
# Terms of a series that falls like exp(-k²).
TERMS = 100


def cause_of(script):
    """The fault as a cause of a simulation."""
    balancer, rule, server = (script.get(key, {}) for key in ("balancer", "filter", "server"))
    faults = [{"kind": kind, "seconds": 60 * table[key], **more, **where_of(table)}
              for table, key, kind, more in ((balancer, "idle_min", "idle", {}),
                                             (rule, "forget_min", "idle", {"silent": True}),
                                             (server, "idle_min", "idle", {}),
                                             (server, "age_min", "fixed-age", {})) if key in table]
    if len(faults) != 1 or script.get("action") or script.get("change"):
        raise ValueError("only a script with one timer and nothing else has its like in the simulator")
    return {"name": "the script's fault", **faults[0]}


def where_of(table):
    where = dict(table.get("where", {}))
    if "computer" in where:
        raise ValueError("the simulator has no cause for one named computer")
    return {"where": where} if where else {}


def instant(text):
    """A time with "Z"; the simulator writes more digits than Python reads."""
    return datetime.datetime.fromisoformat(text.rstrip("Z")[:MICROSECONDS] + "+00:00")


def simulated(world, cause, dropscope, folder):
    scenario = pathlib.Path(folder) / "scenario.toml"
    scenario.write_text(toml_text({**world, "cause": [cause]}), encoding="utf-8")
    out = pathlib.Path(folder) / "out"
    subprocess.run([dropscope, "simulate", scenario, "--output", out], check=True, stdout=subprocess.DEVNULL)
    truth = json.loads((out / "truth.json").read_text(encoding="utf-8"))
    return [{"computer": client["computer"], **event} for client in truth["clients"] for event in client["events"]]


def uptimes_min(losses):
    return sorted((instant(loss["lost"]) - instant(loss["connected"])).total_seconds() / 60 for loss in losses)


def pairs(one, other):
    """How many losses have their like: each is taken once, in the order of time."""
    count = 0
    by_computer = {}
    for loss in other:
        by_computer.setdefault(loss["computer"], []).append(instant(loss["lost"]))
    for loss in sorted(one, key=lambda loss: loss["lost"]):
        at = instant(loss["lost"])
        left = by_computer.get(loss["computer"], [])
        near = min(left, key=lambda time: abs(time - at), default=None)
        if near is not None and abs(near - at) <= datetime.timedelta(minutes=PAIR_MIN):
            left.remove(near)
            count += 1
    return count


def distance(one, other):
    """The largest distance of the two distribution functions of sorted samples, and its probability (asymptotic)."""
    largest = max(abs(bisect.bisect_right(one, x) / len(one) - bisect.bisect_right(other, x) / len(other))
                  for x in one + other)
    size = math.sqrt(len(one) * len(other) / (len(one) + len(other)))
    # Stephens' correction for samples that are not large.
    z = (size + 0.12 + 0.11 / size) * largest
    p = 2 * sum((-1) ** (k - 1) * math.exp(-2 * k * k * z * z) for k in range(1, TERMS))
    # The series does not converge near zero, where the probability is 1.
    return largest, 1.0 if z < 0.2 else min(1.0, max(0.0, p))


def middle(values):
    return values[len(values) // 2]


def row(folder, dropscope):
    name = folder.name
    script = tomllib.loads((HERE / "scripts" / (name + ".toml")).read_text(encoding="utf-8"))
    world = tomllib.loads((folder / "work" / "world.toml").read_text(encoding="utf-8"))
    real = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["losses"]
    with tempfile.TemporaryDirectory(prefix="dropscope-compare-") as scratch:
        made = simulated(world, cause_of(script), dropscope, scratch)
    if not real or not made:
        raise ValueError(f"{name}: there is nothing to compare: {len(real)} and {len(made)} losses")
    client_days = world["fleet"]["computers"] * world["days"]
    lab, sim = uptimes_min(real), uptimes_min(made)
    largest, _ = distance(lab, sim)
    rounded, probability = distance(*(sorted(round(uptime / RESOLUTION_MIN) for uptime in one) for one in (lab, sim)))
    return (f"| {name} | {len(lab)} | {len(sim)} | {len(lab) / client_days:.2f} | {len(sim) / client_days:.2f} | "
            f"{pairs(real, made)} | {lab[0]:.1f} / {middle(lab):.1f} | {sim[0]:.1f} / {middle(sim):.1f} | "
            f"{largest:.2f} | {rounded:.2f} | {probability:.2f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=pathlib.Path, metavar="FOLDER")
    parser.add_argument("--dropscope", required=True, type=pathlib.Path)
    options = parser.parse_args()
    print("| script | losses, laboratory | losses, simulation | per computer and day | the same, simulation | pairs | "
          "uptimes in minutes, least / median | the same, simulation | distance | rounded | p |\n"
          "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    failures = 0
    for folder in options.folders:
        try:
            print(row(folder.resolve(), options.dropscope), flush=True)
        except (OSError, ValueError, KeyError, subprocess.SubprocessError) as error:
            print(f"compare: {folder}: {error}", file=sys.stderr)
            failures += 1
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
