#!/usr/bin/env python3
"""Tests of tools/library_doc.py: an old block, a missing one and one too many are told."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TOOL = Path(__file__).resolve().parents[2] / "tools" / "library_doc.py"


class LibraryDoc(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.write("examples/a/main.cc", 'int main() {}  // "a" \\1\n')
        self.write("docs/library.md", self.page("a", "old"))

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    @staticmethod
    def page(name, text):
        return f"# Page\n\n<!-- examples/{name}/main.cc -->\n```cpp\n{text}\n```\n\nend\n"

    def run_tool(self, *arguments):
        run = subprocess.run([sys.executable, "-B", TOOL, *arguments, self.root], capture_output=True, text=True)
        self.assertEqual(run.stderr, "")
        return run.returncode, run.stdout

    def test_an_old_block_is_told_and_mended(self):
        code, said = self.run_tool("--check")
        self.assertEqual(code, 1)
        self.assertIn("the block of examples/a/main.cc is not that file", said)
        self.assertEqual(self.run_tool(), (0, ""))
        self.assertEqual(self.run_tool("--check"), (0, ""))
        self.assertEqual((self.root / "docs/library.md").read_text(encoding="utf-8"),
                         self.page("a", 'int main() {}  // "a" \\1'))

    def test_a_missing_block_is_told(self):
        self.run_tool()
        self.write("examples/b/main.cc", "int main() {}\n")
        code, said = self.run_tool("--check")
        self.assertEqual(code, 1)
        self.assertIn("examples/b/main.cc has no block", said)

    def test_a_block_without_a_file_is_told(self):
        self.write("docs/library.md", self.page("a", "x") + self.page("c", "x"))
        code, said = self.run_tool("--check")
        self.assertEqual(code, 1)
        self.assertIn("there is no examples/c/main.cc", said)


if __name__ == "__main__":
    unittest.main()
