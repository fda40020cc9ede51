#!/usr/bin/env python3
"""Tests of house.py: each plants a violation in an otherwise clean tree and looks for its line."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import house

CLEAN = {
    "src/base/README.md": "base\n",
    "src/base/time.h": "#pragma once\n",
    "src/base/map_posix.cc": '#include "base/time.h"\n',
    "src/base/map_win32.cc": '#include "base/time.h"\n',
    "src/formats/README.md": "formats\n",
    "src/formats/csv/FORMAT.md": "csv\n",
    "src/formats/csv/csv.h": '#pragma once\n#include "base/time.h"\n',
    "src/formats/zip/FORMAT.md": "zip\n",
    "src/formats/zip/zip.h": '#pragma once\n#include "base/time.h"\n',
    "src/evidence/README.md": "evidence\n",
    "src/evidence/event.h": '#pragma once\n#include <vector>\n#include "formats/csv/csv.h"\n',
    "src/simulate/README.md": "simulate\n",
    "src/simulate/simulate.h": '#pragma once\n#include "evidence/event.h"\n',
    "src/present/README.md": "present\n",
    "src/present/html/page.cc": '#include "evidence/event.h"\n',
    "apps/cli/main.cc": '#include "simulate/simulate.h"\n#include "command.h"\n',
    "apps/cli/command.h": "#pragma once\n",
    "apps/collector/main.cc": '#include "evidence/event.h"\n',
}


class House(unittest.TestCase):
    def violations(self, check, planted):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder).resolve()
            for name, text in (CLEAN | planted).items():
                path = root / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            return [line.replace(f"{root}/", "") for line in check(root)]

    def assert_found(self, check, planted, expected):
        found = self.violations(check, planted)
        self.assertEqual(len(found), 1, found)
        self.assertIn(expected, found[0])

    def test_a_clean_tree_passes(self):
        self.assertEqual(self.violations(house.check_includes, {}), [])
        self.assertEqual(self.violations(house.check_files, {}), [])

    def test_upward_include(self):
        self.assert_found(
            house.check_includes,
            {"src/base/time.cc": '#include "base/time.h"\n#include "evidence/event.h"\n'},
            'src/base/time.cc:2: base may not include "evidence/event.h"')

    def test_upward_include_with_odd_spacing(self):
        self.assert_found(
            house.check_includes,
            {"src/formats/csv/csv.cc": '  #  include   "evidence/event.h"\n'},
            'src/formats/csv/csv.cc:1: formats may not include')

    def test_simulator_is_for_programs_only(self):
        self.assert_found(
            house.check_includes,
            {"src/present/html/demo.cc": '#include "simulate/simulate.h"\n'},
            'present may not include "simulate/simulate.h"')

    def test_simulator_knows_nothing_of_analysis(self):
        self.assert_found(
            house.check_includes,
            {"src/analysis/README.md": "", "src/analysis/rhythm.h": "#pragma once\n",
             "src/simulate/make.cc": '#include "analysis/rhythm.h"\n'},
            'simulate may not include "analysis/rhythm.h"')

    def test_probe_is_for_programs_only(self):
        self.assert_found(
            house.check_includes,
            {"src/probe/README.md": "", "src/probe/plan.h": "#pragma once\n",
             "src/verdict/README.md": "", "src/verdict/weigh.cc": '#include "probe/plan.h"\n'},
            'verdict may not include "probe/plan.h"')

    def test_collector_stays_small(self):
        self.assert_found(
            house.check_includes,
            {"src/analysis/README.md": "", "src/analysis/rhythm.h": "#pragma once\n",
             "apps/collector/run.cc": '#include "analysis/rhythm.h"\n'},
            "collector may not include")

    def test_formats_do_not_know_each_other(self):
        self.assert_found(
            house.check_includes,
            {"src/formats/zip/zip.cc": '#include "formats/csv/csv.h"\n'},
            "format zip may not include")

    def test_include_paths_start_at_src(self):
        self.assert_found(house.check_includes, {"src/base/a.cc": '#include "time.h"\n'}, "no floor")
        self.assert_found(house.check_includes, {"src/base/a.cc": '#include "base/../x.h"\n'}, "climbs")
        self.assert_found(house.check_includes, {"src/base/a.cc": '#include "base/x.h"\n'},
                          "does not exist")

    def test_unknown_floor(self):
        self.assert_found(house.check_includes, {"src/common/a.cc": "\n"}, "src/common is no floor")

    def test_file_names(self):
        self.assert_found(house.check_files, {"src/base/TimeZone.cc": "\n"}, "snake_case")
        self.assert_found(house.check_files, {"src/base/zone.cpp.cc": "\n"}, "snake_case")
        self.assert_found(house.check_files, {"tests/Base/a_test.cc": "\n"}, "folder names")

    def test_headers(self):
        self.assert_found(house.check_files, {"src/base/a.h": "#ifndef A\n"}, "#pragma once")
        self.assert_found(house.check_files,
                          {"src/base/a.h": "#pragma once\nusing namespace std;\n"}, "a.h:2:")

    def test_unfinished_work(self):
        self.assert_found(house.check_files, {"src/base/a.cc": "// TO" "DO: more\n"}, "a.cc:1:")

    def test_platform_twins(self):
        self.assert_found(house.check_files, {"src/base/pipe_posix.cc": "\n"}, "pipe_win32.cc is missing")

    def test_readme_and_format_page(self):
        self.assert_found(house.check_files, {"src/verdict/verdict.h": "#pragma once\n"}, "README.md")
        self.assert_found(house.check_files, {"src/formats/pcap/pcap.h": "#pragma once\n"}, "FORMAT.md")

    def test_exit_codes(self):
        script = Path(house.__file__)
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            (root / "src/base").mkdir(parents=True)
            (root / "src/base/time.cc").write_text('#include "present/page.h"\n')
            run = subprocess.run([sys.executable, script, "includes", folder],
                                 capture_output=True, text=True)
            self.assertEqual(run.returncode, 1)
            self.assertIn("src/base/time.cc:1: base may not include", run.stdout)
            (root / "src/base/time.cc").write_text("")
            run = subprocess.run([sys.executable, script, "includes", folder])
            self.assertEqual(run.returncode, 0)


if __name__ == "__main__":
    unittest.main()
