#!/usr/bin/env python3
"""Tests of tools/mutants.py: programs that take a mutant badly are found out, and good ones are not."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]
TOOL = TREE / "tools" / "mutants.py"
LOGS = TREE / "examples" / "idle-60min" / "evidence"


class Mutants(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_tool(self, script, mutants=8, seed=1):
        """Exit code, output and the mutants that were kept, with a program that is this shell script."""
        program, kept = self.folder / "program", self.folder / "kept"
        program.write_text("#!/bin/sh\n" + script, encoding="utf-8")
        program.chmod(0o755)
        run = subprocess.run([sys.executable, "-B", TOOL, program, "--mutants", str(mutants), "--seed", str(seed),
                              "--corpus", LOGS, "--keep", kept, "--time-limit", "1"],
                             capture_output=True, text=True)
        self.assertEqual(run.stderr, "")
        return run.returncode, run.stdout, sorted(kept.iterdir()) if kept.exists() else []

    def assert_found(self, script, said, times):
        code, out, kept = self.run_tool(script)
        self.assertEqual(code, 1, out)
        self.assertEqual(out.count(said), times, out)
        self.assertEqual(len(kept), times)

    def test_calm_programs_pass(self):
        self.assertEqual(self.run_tool("exit 3\n")[0], 0)
        code, out, kept = self.run_tool('case "$*" in *jsonl*) echo "{}";; *) echo "<a/>";; esac; exit 1\n')
        self.assertEqual((code, kept), (0, []), out)

    def test_a_signal(self):
        self.assert_found("kill -SEGV $$\n", "ended by SIGSEGV", 8)

    def test_an_undocumented_exit_code(self):
        self.assert_found("exit 4\n", "exit code 4", 8)

    def test_a_hang(self):
        self.assert_found('case "$1" in diagnose) exec sleep 60;; esac; exit 3\n', "took longer than 1.0 s", 1)

    def test_an_internal_error(self):
        self.assert_found("echo Internal error. >&2; exit 3\n", "said: Internal error.", 8)

    def test_too_much_memory(self):
        # The limit is in place: 2 GiB are refused, which this reports as the program would.
        self.assert_found(f"""case "$1" in diagnose) ;; *) exit 3;; esac
exec '{sys.executable}' -c '
import mmap, sys
try:
    mmap.mmap(-1, 1 << 31)
except OSError:
    print("out of memory", file=sys.stderr)
sys.exit(3)'
""", "said: out of memory", 1)

    def test_text_that_is_not_well_formed(self):
        code, out, _ = self.run_tool('echo "{\\"a\\":<a>"; exit 0\n')
        self.assertEqual(code, 1)
        self.assertEqual(out.count("not well-formed XML"), 3, out)
        self.assertEqual(out.count("JSON line 1"), 2, out)

    def test_the_same_seed_makes_the_same_mutants(self):
        kept = [{path.name: path.read_bytes() for path in self.run_tool("exit 4\n")[2]} for _ in range(2)]
        self.assertEqual(len(kept[0]), 8)
        self.assertEqual(kept[0], kept[1])
        others = {path.read_bytes() for path in self.run_tool("exit 4\n", seed=2)[2] if "-2-" in path.name}
        self.assertEqual(len(others & set(kept[0].values())), 0)


if __name__ == "__main__":
    unittest.main()
