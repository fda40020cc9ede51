#!/usr/bin/env python3
"""Checks the rules of the house that a compiler does not check.

usage: house.py includes|files|format [ROOT]

Prints one line for each violation (file:line: what, and what to do) and exits with 1 when there is
one, with 77 when the check cannot run here. house_test.py plants violations and looks for the lines.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

# What each floor may include: itself and what is below (docs/architecture.md). The simulator and the
# probe stand beside the tower: they are used by the program and by tests, never by a floor.
FLOORS = ["base", "formats", "evidence", "analysis", "verdict", "present"]
ALLOWED = {floor: set(FLOORS[: i + 1]) for i, floor in enumerate(FLOORS)}
ALLOWED["simulate"] = {"base", "formats", "evidence", "simulate"}
ALLOWED["probe"] = {"base", "formats", "evidence", "probe"}
APPS = {
    "cli": set(FLOORS) | {"simulate", "probe"},
    "server": set(FLOORS) | {"simulate"},
    # Stays small on a client PC.
    "collector": {"base", "formats", "evidence"},
}

CODE = {".h", ".cc"}
CODE_FOLDERS = ["src", "apps", "tests", "fuzz", "bench", "examples"]
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"')


def files(root, folders, suffixes=CODE):
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in suffixes and path.is_file():
                yield path


def lines(path):
    return enumerate(path.read_text(encoding="utf-8").splitlines(), 1)


def check_includes(root):
    for path in files(root, ["src", "apps"]):
        parts = path.relative_to(root).parts
        if parts[0] == "src":
            own, allowed = parts[1], ALLOWED.get(parts[1])
            if allowed is None:
                yield f"{path}: src/{own} is no floor; add it to the table in tests/house/house.py"
                continue
        else:
            own, allowed = parts[1], APPS.get(parts[1], set(FLOORS))
        for number, line in lines(path):
            found = INCLUDE.match(line)
            if not found:
                continue
            target = found.group(1)
            floor = target.split("/")[0]
            if parts[0] == "apps" and not (root / "src" / target).exists():
                continue  # A header of the program itself.
            if ".." in target.split("/"):
                yield f'{path}:{number}: "{target}" climbs out of its folder; start at src/'
            elif floor not in ALLOWED:
                yield f'{path}:{number}: "{target}" names no floor; start at src/, as in "base/time.h"'
            elif floor not in allowed:
                yield f'{path}:{number}: {own} may not include "{target}": {floor} is not below it'
            elif not (root / "src" / target).exists():
                yield f'{path}:{number}: "{target}" does not exist'
            elif own == floor == "formats":
                # One folder per format: what two of them need belongs to base. Lines of text are
                # what many formats are made of.
                folder, other = parts[2], target.split("/")[1]
                if other not in (folder, "text") and not other.endswith(".h"):
                    yield f'{path}:{number}: format {folder} may not include "{target}"'


NAME = re.compile(r"^[a-z0-9]+(_[a-z0-9]+)*(-inl)?\.(h|cc)$")
FOLDER = re.compile(r"^[a-z0-9]+(_[a-z0-9]+)*$")
# Assembled, so that this file does not contain what it looks for.
UNFINISHED = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X"]) + r")\b")


def check_files(root):
    for path in files(root, CODE_FOLDERS):
        relative = path.relative_to(root)
        if not NAME.match(path.name):
            yield f"{path}: file names are snake_case, ending in .h or .cc"
        for folder in relative.parts[:-1]:
            if not FOLDER.match(folder):
                yield f"{path}: folder names are snake_case"
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".h":
            if "#pragma once\n" not in text:
                yield f"{path}: a header starts with #pragma once"
            for number, line in lines(path):
                if re.match(r"\s*using\s+namespace\b", line):
                    yield f"{path}:{number}: no `using namespace` in a header"
        for number, line in lines(path):
            if UNFINISHED.search(line):
                yield f"{path}:{number}: marker of unfinished work"
        for here, there in (("_posix", "_win32"), ("_win32", "_posix")):
            if path.stem.endswith(here):
                twin = path.with_name(path.stem[: -len(here)] + there + path.suffix)
                if not twin.exists():
                    yield f"{path}: its twin {twin.name} is missing"
    for folder in sorted((root / "src").iterdir()):
        if folder.is_dir() and not (folder / "README.md").exists():
            yield f"{folder}: each floor opens with a README.md"
    for folder in sorted((root / "src/formats").iterdir()):
        if folder.is_dir() and not (folder / "FORMAT.md").exists():
            yield f"{folder}: each format has a FORMAT.md"


def check_format(root):
    tool = shutil.which("clang-format-16")
    if tool is None:
        print("skipped: clang-format-16 is not installed (Debian package clang-format-16)")
        # In CI the tool has to be there; a check that skips itself for ever guards nothing.
        sys.exit(1 if os.environ.get("CI") else 77)
    # Other versions lay out differently, so that only this one decides.
    for path in files(root, CODE_FOLDERS):
        run = subprocess.run([tool, "--dry-run", "-Werror", "--style=file", str(path)],
                             capture_output=True, text=True)
        if run.returncode != 0:
            found = re.match(r"[^\n]*?:(\d+):\d+:", run.stderr)
            place = f"{path}:{found.group(1)}" if found else str(path)
            yield f"{place}: not laid out by clang-format-16; run `make format`"


CHECKS = {"includes": check_includes, "files": check_files, "format": check_format}


def main(arguments):
    if not arguments or arguments[0] not in CHECKS:
        print(__doc__, file=sys.stderr)
        return 2
    root = Path(arguments[1] if len(arguments) > 1 else ".").resolve()
    violations = list(CHECKS[arguments[0]](root))
    for violation in violations:
        print(violation.replace(f"{root}/", "", 1))
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
