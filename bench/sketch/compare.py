#!/usr/bin/env python3
"""The sketch and dropscope, side by side on the same simulated clients: prints a Markdown table.

usage: compare.py WORLD... --emit PROGRAM --dropscope PROGRAM [--count N] [--fit N] [--seed N] [--keep FOLDER]
                  [--timers FILE]

WORLD is a name of bench/rhythm_worlds.cc. Of each, --count (4000) clients of family --seed (4242) are written by
--emit, the program rhythm_emit. The sketch's networks, gates, widths and confidence are fitted to the first --fit
(1500) of all worlds together; both programs are scored on the others. dropscope comes as it is, fitted to other clients
of the same worlds and many more of them. Processor time includes reading; dropscope's its start, too. A FOLDER keeps
clients and features for the next run; empty it when a world or the sketch has changed. The same arguments give the same
table but for the times.

Needs numpy and scikit-learn (Debian: python3-numpy python3-sklearn).
"""

import argparse
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

# Processes share the processors; threads of numpy would slow them.
os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.dont_write_bytecode = True

import numpy as np  # noqa: E402

from basics import CLASSES, TIMERS  # noqa: E402
from features import PROCESSOR_S, rows_of  # noqa: E402
from judge import FOLDS, Judge  # noqa: E402
from score import read, scores, shown  # noqa: E402

FEWEST_TO_FIT = FOLDS * len(CLASSES)


class Failure(Exception):
    """What to tell the user."""


def say(text):
    print(f"compare.py: {text}", file=sys.stderr, flush=True)


def run(command, good=(0,)):
    """Runs a program, which has to end with one of the exit codes in `good`; its processor seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        code = subprocess.run(command).returncode
    except OSError as error:
        raise Failure(f"{command[0]} cannot be run: {error.strerror}") from error
    if code not in good:
        raise Failure(f"{' '.join(map(str, command))} failed: exit code {code}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


class World:
    """Clients of a world, what is true of them, and what both programs make of them."""

    def __init__(self, name, arguments, folder):
        self.name = name
        stem = f"{name}-{arguments.seed}-{arguments.count}"
        cases, truth = folder / f"{stem}.cases.jsonl", folder / f"{stem}.truth.jsonl"
        answers, rows = folder / f"{stem}.answers.jsonl", folder / f"{stem}.npy"
        if not truth.exists():
            unfinished = folder / f"{stem}.unfinished.jsonl"
            say(f"{name} world: {arguments.count} clients")
            run([arguments.emit, name, str(arguments.seed), str(arguments.count), cases, unfinished])
            unfinished.rename(truth)
        self.truths = read(truth)

        # 1: some of it is unreadable. Dirt makes a few restores come before their losses.
        spent = run([arguments.dropscope, "rhythm", cases, "--threads", "1", "--output", answers], good=(0, 1))
        self.dropscope_ms = 1e3 * spent / len(self.truths)
        self.answers = read(answers)

        if rows.exists():
            self.rows = np.load(rows)
        else:
            say(f"{name} world: features of the sketch")
            self.rows = rows_of(cases, arguments.timers)
            np.save(rows, self.rows)
        if len(self.rows) != len(self.truths):
            raise Failure(f"{rows} has {len(self.rows)} rows for {len(self.truths)} clients; delete it")

    def compared(self, judge, fitted):
        """Two rows of the table."""
        truths = self.truths[fitted:]
        begin = time.process_time()
        of_sketch = judge.answers([truth["id"] for truth in truths], self.rows[fitted:])
        judging_s = (time.process_time() - begin) / len(truths)
        sketch_ms = 1e3 * (self.rows[:, PROCESSOR_S].mean() + judging_s)
        return (row_of(self.name, "sketch", scores(of_sketch, truths), sketch_ms),
                row_of(self.name, "dropscope", scores(self.answers, truths), self.dropscope_ms))


HEAD = ("world", "program", "macro-F1 strict / accepted", "false regular %", "of 4-6 events %", "regular detected %",
        "interval within 1 %, %", "bounds hold the truth %", "calibration error strict / accepted", "ms per client")


def row_of(world, program, result, milliseconds):
    cells = {name: shown(name, value) for name, value in result.items()}
    return (world, program, f"{cells['F1 strict']} / {cells['F1 accepted']}", cells["false regular %"],
            cells["of 4-6 events %"], cells["regular detected %"], cells["within 1 % %"], cells["bounds hold %"],
            f"{cells['calibration strict']} / {cells['calibration accepted']}", f"{milliseconds:.2f}")


def line_of(cells):
    return "| " + " | ".join(cells) + " |"


def compare(arguments, folder):
    worlds = [World(name, arguments, folder) for name in arguments.worlds]
    say(f"fitting the sketch to {arguments.fit} clients of each world")
    judge = Judge(np.concatenate([world.rows[:arguments.fit] for world in worlds]),
                  [truth for world in worlds for truth in world.truths[:arguments.fit]])
    print(line_of(HEAD))
    print(line_of(["---"] * len(HEAD)))
    for world in worlds:
        for row in world.compared(judge, arguments.fit):
            print(line_of(row), flush=True)


def parsed():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1][7:])
    parser.add_argument("worlds", nargs="+", metavar="WORLD")
    parser.add_argument("--emit", required=True)
    parser.add_argument("--dropscope", required=True)
    parser.add_argument("--count", type=int, default=4_000)
    parser.add_argument("--fit", type=int, default=1_500)
    parser.add_argument("--seed", type=int, default=4_242)
    parser.add_argument("--keep", type=pathlib.Path)
    parser.add_argument("--timers", type=pathlib.Path, default=TIMERS)
    arguments = parser.parse_args()
    if not FEWEST_TO_FIT <= arguments.fit < arguments.count:
        parser.error(f"--fit has to be at least {FEWEST_TO_FIT} and below --count")
    return arguments


def main():
    arguments = parsed()
    try:
        with tempfile.TemporaryDirectory() as own:
            folder = arguments.keep or pathlib.Path(own)
            folder.mkdir(parents=True, exist_ok=True)
            compare(arguments, folder)
    except (Failure, OSError, ValueError) as problem:
        say(problem)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
