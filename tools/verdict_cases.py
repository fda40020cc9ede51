#!/usr/bin/env python3
"""Verdict and truth of cases side by side.

Usage: verdict_cases.py DROPSCOPE CASES

CASES holds `evidence/NAME/` and `truth/NAME.json`. A verdict is right when the truth names or accepts its cause; where the
truth says that the cause cannot be told, "undetermined" and what it is a kind of are right too. A scope is right when its
first place, under any of its names, is one of the truth's. Exit code 1 when a wrong cause is named with 90 % or more.
"""
import json
import pathlib
import subprocess
import sys

SURE = 0.9


def verdict_of(program, evidence):
    run = subprocess.run(
        [program, "diagnose", str(evidence), "--quiet", "--format", "json"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return json.loads(run.stdout)["verdict"]


def scope_is_right(scope, truth):
    """Whether the first place is one of the truth's, under any of its names; None where it cannot be told."""
    if not truth["tellable"]["scope"]:
        return None
    if scope is None:
        return False
    if truth["scope"]["scope"] != "localised":
        return scope["scope"] == truth["scope"]["scope"]
    if scope["scope"] != "localised":
        return truth["scope"].get("accept_global", False) and scope["scope"] == "global"
    names = list(truth["scope"]["causes"])
    for group in truth["scope"]["equivalents"]:
        names += group if isinstance(group, list) else [group]
    ours = [scope["causes"][0], *scope["details"][0]["equivalents"]]
    return any(name in names for name in ours)


def is_right(cause, truth):
    if cause == truth["expected"] or cause in truth["accept"]:
        return True
    untold = not truth["tellable"]["cause"]
    return untold and (cause == "undetermined" or cause in truth["parents"])


def main():
    program, cases = sys.argv[1], pathlib.Path(sys.argv[2])
    counts = {"right": 0, "undetermined": 0, "wrong": 0}
    scopes = {True: 0, False: 0}
    sure_and_wrong = 0
    for path in sorted((cases / "truth").glob("*.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        verdict = verdict_of(program, cases / "evidence" / path.stem)
        cause = verdict["cause"]
        outcome = "right" if is_right(cause, truth) else "undetermined" if cause == "undetermined" else "wrong"
        counts[outcome] += 1
        if outcome == "wrong" and verdict["probability"] >= SURE:
            sure_and_wrong += 1
        place = scope_is_right(verdict["scope"], truth)
        if place is not None:
            scopes[place] += 1
        print(f"{path.stem:12} {outcome:13} {cause:20} {verdict['probability']:.2f}  "
              f"truth: {truth['expected']} ({', '.join(truth['mechanisms']) or 'nothing'}); "
              f"scope {'right' if place else 'cannot be told' if place is None else 'wrong'}")
    print(", ".join(f"{name} {n}" for name, n in counts.items()) + f"; wrong with 90 % or more {sure_and_wrong}")
    print(f"scope right {scopes[True]} of {scopes[True] + scopes[False]} that can be told")
    return 1 if sure_and_wrong else 0


if __name__ == "__main__":
    sys.exit(main())
