#!/usr/bin/env python3
"""Writes files into one C++ source, so that the program needs no files beside it.

Two shapes, for the two floors that use them:
  data       std::vector<DataFile> of src/evidence/catalogue/catalogue.h
  templates  template_text() of src/present/templates.h

The content becomes string literals, one per line of the file: compilers read them much faster
than lists of numbers. Everything but plain ASCII is an octal escape, which ends after three digits
whatever follows, so the source means the same in every character set.
"""

import argparse
import pathlib
import sys

# Literals of one array are joined by the compiler; a piece stays below the length that the standard
# asks compilers to accept (65,536 characters, C++20 [implimits]) even when all of it is escaped.
PIECE_BYTES = 4096

_ESCAPED = {ord('"'): '\\"', ord("\\"): "\\\\", ord("\n"): "\\n", ord("\t"): "\\t"}


def _literal(piece):
    out = []
    for byte in piece:
        if byte in _ESCAPED:
            out.append(_ESCAPED[byte])
        elif 0x20 <= byte < 0x7F and byte != ord("?"):  # "??" begins a trigraph in old modes.
            out.append(chr(byte))
        else:
            out.append(f"\\{byte:03o}")
    return '"' + "".join(out) + '"'


def literals(content):
    pieces = []
    for line in content.splitlines(keepends=True):
        for start in range(0, len(line), PIECE_BYTES):
            pieces.append(_literal(line[start : start + PIECE_BYTES]))
    return pieces or ['""']


DATA_HEAD = """#include <vector>
#include "evidence/catalogue/catalogue.h"
"""
DATA_TAIL = """namespace dropscope {
const std::vector<DataFile>& built_in_data() {
  static const std::vector<DataFile> files = {
%s  };
  return files;
}
}  // namespace dropscope
"""
TEMPLATES_HEAD = """#include <string>
#include <string_view>
#include <vector>
#include "base/result.h"
#include "present/templates.h"
"""
TEMPLATES_TAIL = """namespace dropscope {
std::string_view template_text(std::string_view name) {
  struct File {
    std::string_view name;
    std::string_view content;
  };
  static const std::vector<File> files = {
%s  };
  for (const File& file : files) {
    if (file.name == name) return file.content;
  }
  check(false, "no such file under templates/: " + std::string(name));
  return {};
}
}  // namespace dropscope
"""
SHAPES = {"data": (DATA_HEAD, DATA_TAIL), "templates": (TEMPLATES_HEAD, TEMPLATES_TAIL)}


def embed(shape, root, names):
    head, tail = SHAPES[shape]
    out = ["// Made by tools/embed.py at build time. Changes here are lost.\n", head]
    out.append("namespace {\n")
    entries = []
    for number, name in enumerate(sorted(names)):
        content = (root / name).read_bytes()
        if shape == "data":
            content.decode("utf-8")  # Says so now rather than in every program run.
        out.append(f"constexpr char kFile{number}[] =\n")
        out.append("\n".join(literals(content)) + ";\n")
        entries.append(
            f"      {{{_literal(name.encode())}, {{kFile{number}, sizeof(kFile{number}) - 1}}}},\n"
        )
    out.append("}  // namespace\n")
    out.append(tail % "".join(entries))
    return "".join(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shape", choices=sorted(SHAPES), required=True)
    parser.add_argument("--root", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("names", nargs="*", help="files relative to the root, / between folders")
    options = parser.parse_args()
    try:
        text = embed(options.shape, options.root, options.names)
    except (OSError, UnicodeDecodeError) as error:
        sys.exit(f"embed.py: {error}")
    options.out.write_text(text, encoding="ascii", newline="\n")


if __name__ == "__main__":
    main()
