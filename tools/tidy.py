#!/usr/bin/env python3
"""clang-tidy over src and apps, as .clang-tidy says; findings are errors.

The compile commands are those of the fuzz preset, which is clang's own: GCC's flags would be misread.

A file that was clean stays clean until something changes that clang-tidy sees. So each clean file leaves
an empty file in ${XDG_CACHE_HOME:-~/.cache}/dropscope/tidy, named by a hash of the preprocessed source
with its comments (NOLINT is one), the compile command, the rules and clang-tidy's version, without the
folder of the tree, so that a fresh clone profits too. Preprocessing takes a tenth of the time.

usage: tools/tidy.py [REGEX]   REGEX is searched for in the paths below the tree; default: all files
"""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

TREE = pathlib.Path(__file__).resolve().parent.parent
BUILD = TREE / "build" / "fuzz"
CACHE = (
    pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    / "dropscope"
    / "tidy"
)
TIDY = "clang-tidy-16"


def output_of(*command: str) -> bytes:
    return subprocess.run(command, check=True, capture_output=True).stdout


def key_of(entry: dict, rules: bytes) -> str | None:
    """None when the file does not even preprocess; clang-tidy will say why."""
    # The launcher, if there is one, comes before the compiler, and the output after -o.
    words = shlex.split(entry["command"])
    if pathlib.Path(words[0]).name == "ccache":
        words = words[1:]
    at = words.index("-o")
    words = words[:at] + words[at + 2 :]
    run = subprocess.run([*words, "-E", "-C", "-P"], cwd=entry["directory"], capture_output=True)
    if run.returncode != 0:
        return None
    seen = b"\0".join([rules, " ".join(words).encode(), run.stdout])
    return hashlib.sha256(seen.replace(str(TREE).encode(), b"")).hexdigest()


def check(entry: dict, rules: bytes) -> tuple[str, str, bool]:
    """The file, what clang-tidy says (empty: clean), and whether that was known."""
    name = str(pathlib.Path(entry["file"]).relative_to(TREE))
    key = key_of(entry, rules)
    if key and (CACHE / key).exists():
        return name, "", True
    run = subprocess.run(
        [TIDY, "-quiet", "-p", str(BUILD), entry["file"]], capture_output=True, text=True
    )
    if run.returncode != 0:
        return name, run.stdout + run.stderr, False
    if key:
        (CACHE / key).touch()
    return name, "", False


def main() -> int:
    wanted = re.compile(sys.argv[1] if len(sys.argv) > 1 else "")
    subprocess.run(["cmake", "--preset", "fuzz", "--log-level=WARNING"], cwd=TREE, check=True)
    CACHE.mkdir(parents=True, exist_ok=True)
    rules = output_of(TIDY, "--version") + (TREE / ".clang-tidy").read_bytes()
    entries = []
    for entry in json.loads((BUILD / "compile_commands.json").read_bytes()):
        path = pathlib.Path(entry["file"])
        if not path.is_relative_to(TREE):
            continue
        name = str(path.relative_to(TREE))
        if name.startswith(("src/", "apps/")) and wanted.search(name):
            entries.append(entry)
    if not entries:
        print("tidy: FAILED, no file has such a name")
        return 1
    findings = set()  # A header's findings come again with each file that includes it.
    bad = known = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, text, was_known in pool.map(lambda entry: check(entry, rules), entries):
            known += was_known
            if not text:
                continue
            bad += 1
            lines = [line for line in text.splitlines() if re.search(r"(warning|error):", line)]
            for line in lines or [f"{name}: {TIDY} failed: {text.strip()[-500:]}"]:
                if line not in findings:
                    findings.add(line)
                    print(line.replace(f"{TREE}/", ""), flush=True)
    if bad:
        print(f"tidy: FAILED, {len(findings)} findings in {bad} of {len(entries)} files")
        return 1
    print(f"tidy: clean, {len(entries)} files, {known} of them known from before")
    return 0


if __name__ == "__main__":
    sys.exit(main())
