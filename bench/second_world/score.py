#!/usr/bin/env python3
"""What `dropscope rhythm` said of the second world, against what is true there.

usage: score.py ANSWERS.jsonl TRUTH.jsonl
"""

import collections
import json
import sys

REGULAR = {"idle", "age", "clock", "period", "mixed"}


def rate(values):
    return f"{sum(values) / len(values):7.3f} of {len(values)}" if values else "      –"


def f1_scores(pairs):
    """Macro-F1 of (said, true) pairs."""
    scores = []
    for name in sorted({true for _, true in pairs}):
        hit = sum(said == name == true for said, true in pairs)
        said_so = sum(said == name for said, _ in pairs)
        is_so = sum(true == name for _, true in pairs)
        scores.append(2 * hit / (said_so + is_so))
    return sum(scores) / len(scores)


def near(answer, truth):
    return answer["interval_s"] is not None and any(
        abs(answer["interval_s"] / interval - 1) <= 0.01 for interval in truth["intervals"])


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as file:
        answers = [json.loads(line) for line in file]
    with open(sys.argv[2], encoding="utf-8") as file:
        truths = [json.loads(line) for line in file]
    both = list(zip(answers, truths, strict=True))
    print("macro-F1, strict             ", f"{f1_scores([(a['class'], t['class']) for a, t in both]):7.3f}")
    regular = [(a, t) for a, t in both if t["class"] in REGULAR]
    others = [(a, t) for a, t in both if t["class"] not in REGULAR]
    print("false regular                ", rate([a["class"] in REGULAR for a, _ in others]))
    print("  4 to 6 losses              ",
          rate([a["class"] in REGULAR for a, t in others if t["size"] <= 6]))
    print("  resume at eight            ", rate([a["class"] in REGULAR for a, t in others if t["resume"]]))
    print("regular detected             ", rate([a["class"] in REGULAR for a, _ in regular]))
    print("interval within 1 %          ", rate([near(a, t) for a, t in regular]))
    right = [(a, t) for a, t in regular if a["class"] == t["class"] and near(a, t)]
    print("interval holds the truth     ",
          rate([any(a["lo"] - 1e-9 <= i <= a["hi"] + 1e-9 for i in t["intervals"]) for a, t in right]))
    bins = collections.defaultdict(list)
    for answer, truth in both:
        bins[min(9, int(10 * answer["confidence"]))].append((answer["confidence"], answer["class"] == truth["class"]))
    error = sum(abs(sum(c for c, _ in b) - sum(r for _, r in b)) for b in bins.values()) / len(both)
    print("calibration error            ", f"{error:7.3f}")
    for size in sorted({t["size"] for t in truths}):
        part = [(a, t) for a, t in both if t["size"] == size]
        if len(part) >= 20:
            print(f"  {size:4d} losses: right", rate([a["class"] == t["class"] for a, t in part]))
    for name in sorted({t["class"] for t in truths}):
        said = collections.Counter(a["class"] for a, t in both if t["class"] == name)
        print(f"  {name:10s}", ", ".join(f"{k} {v}" for k, v in said.most_common(5)))


main()
