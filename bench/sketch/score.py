#!/usr/bin/env python3
"""How good answers about simulated clients are, counted as bench/rhythm_quality.cc counts.

usage: score.py ANSWERS.jsonl TRUTH.jsonl

ANSWERS are those of `dropscope rhythm`, or of another program in that form, to what rhythm_emit wrote with TRUTH. A
client with too few losses ("not-enough") was called nothing: its class is missed, nothing is falsely alarmed, and it
does not count for the calibration. Without a timer are the classes modulated, random and burst, whatever "null" says.
"""

import json
import math
import sys

sys.dont_write_bytecode = True

import basics  # noqa: E402
from basics import CLASSES  # noqa: E402

REGULAR = [CLASSES[i] for i in basics.REGULAR]
NULLS = [CLASSES[i] for i in basics.NULLS]
FEW = 6  # Losses asked for.
BINS = 10  # Of confidence.


def read(path):
    """The objects of a file that has one on each line."""
    out = []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                out.append(json.loads(line))
            except ValueError as error:
                raise ValueError(f"{path}:{number}: expected an object of JSON on each line; {error}") from error
    return out


def paired(answers, truths):
    """(answer, truth) by id; every truth has one."""
    by_id = {answer["id"]: answer for answer in answers}
    missing = [truth["id"] for truth in truths if truth["id"] not in by_id]
    if missing:
        raise ValueError(f"{len(missing)} of {len(truths)} clients have no answer, the first is {missing[0]}")
    return [(by_id[truth["id"]], truth) for truth in truths]


def is_answer(answer):
    return answer["class"] != "not-enough"


def is_right(answer, truth, accepting):
    return answer["class"] == truth["class"] or (accepting and answer["class"] in truth["also"])


def macro_f1(pairs, accepting):
    """`accepting`: a class that the data cannot tell from the true one is as good, and then is the true one."""
    said = [answer["class"] for answer, _ in pairs]
    true = [answer["class"] if is_right(answer, truth, accepting) else truth["class"] for answer, truth in pairs]
    total = 0.0
    for name in CLASSES:
        right = sum(one == other == name for one, other in zip(said, true))
        total += 2 * right / max(1, said.count(name) + true.count(name))
    return total / len(CLASSES)


def calibration_error(pairs, accepting):
    """Mean distance between confidence and how often it is right, over bins of it."""
    gaps = [0.0] * BINS
    given = [(answer, truth) for answer, truth in pairs if is_answer(answer)]
    for answer, truth in given:
        gaps[min(BINS - 1, int(answer["confidence"] * BINS))] += (
            answer["confidence"] - is_right(answer, truth, accepting))
    return sum(map(abs, gaps)) / len(given) if given else math.nan


def percent(values):
    return 100 * sum(values) / len(values) if values else math.nan


def scores(answers, truths):
    """By name; not-a-number where there are no such clients."""
    pairs = paired(answers, truths)
    nulls = [(answer["class"] in REGULAR, truth["size"]) for answer, truth in pairs if truth["class"] in NULLS]
    timers = [(answer, truth) for answer, truth in pairs if truth["class"] in REGULAR]
    called = [(answer, truth["intervals"]) for answer, truth in timers if answer["class"] in REGULAR]
    measured = [(answer, intervals) for answer, intervals in called if answer["interval_s"] is not None]
    near = [any(abs(answer["interval_s"] / true_s - 1) <= 0.01 for true_s in intervals)
            for answer, intervals in measured]
    return {
        "F1 strict": macro_f1(pairs, False),
        "F1 accepted": macro_f1(pairs, True),
        "false regular %": percent([alarm for alarm, _ in nulls]),
        "of 4-6 events %": percent([alarm for alarm, size in nulls if size <= FEW]),
        "regular detected %": 100 * len(called) / len(timers) if timers else math.nan,
        "within 1 % %": 100 * sum(near) / len(timers) if timers else math.nan,
        "bounds hold %": percent([any(answer["lo"] - 1e-9 <= true_s <= answer["hi"] + 1e-9 for true_s in intervals)
                                  for answer, intervals in measured]),
        "calibration strict": calibration_error(pairs, False),
        "calibration accepted": calibration_error(pairs, True),
    }


def shown(name, value):
    """Parts of 1 with three digits, percent with one, false alarms with two."""
    if math.isnan(value):
        return "–"
    if not name.endswith("%"):
        return f"{value:.3f}"
    return f"{value:.2f}" if name in ("false regular %", "of 4-6 events %") else f"{value:.1f}"


def main():
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        result = scores(read(sys.argv[1]), read(sys.argv[2]))
    except (OSError, ValueError, KeyError) as error:
        print(f"score.py: {error}", file=sys.stderr)
        return 1
    for name, value in result.items():
        print(f"{name:22}{shown(name, value):>7}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
