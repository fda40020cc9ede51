#!/usr/bin/env python3
"""Puts the text of the example programs into docs/library.md.

In the page, a line `<!-- examples/NAME/main.cc -->` is followed by a fenced block, which becomes that file.
The page is read where the files are not at hand, and so shows them whole; a test runs `--check`.

usage: tools/library_doc.py [--check] [ROOT]
Exit code: 0 the page is as it should be (now), 1 with --check when it is not or an example is missing in it.
"""

import re
import sys
from pathlib import Path

BLOCK = re.compile(r"(<!-- (examples/[\w./]+) -->\n```\w+\n)(.*?)(\n```\n)", re.DOTALL)


def text_of(file):
    return file.read_text(encoding="utf-8").rstrip("\n")


def complaints(root, page):
    shown = {}
    for block in BLOCK.finditer(page):
        shown[block.group(2)] = block.group(3)
    for file in sorted((root / "examples").glob("*/main.cc")):
        name = file.relative_to(root).as_posix()
        if name not in shown:
            yield f"docs/library.md: {name} has no block in it"
        elif shown.pop(name) != text_of(file):
            yield f"docs/library.md: the block of {name} is not that file; run tools/library_doc.py"
    for name in shown:
        yield f"docs/library.md: there is no {name}"


def main(arguments):
    check = "--check" in arguments
    paths = [argument for argument in arguments if argument != "--check"]
    root = Path(paths[0] if paths else Path(__file__).parent.parent).resolve()
    path = root / "docs" / "library.md"
    page = path.read_text(encoding="utf-8")
    if not check:
        # A block whose file is gone stays, and is told below.
        page = BLOCK.sub(lambda block: block.group(1)
                         + (text_of(root / block.group(2)) if (root / block.group(2)).exists() else block.group(3))
                         + block.group(4), page)
        path.write_text(page, encoding="utf-8")
    found = list(complaints(root, page))
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
