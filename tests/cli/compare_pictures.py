"""Compares what `dropscope inventory --format json` read from pictures with the truth beside them.

usage: compare_pictures.py INVENTORY_JSON FOLDER

FOLDER holds NAME.json beside each picture (render_status.py). Fails unless 97 % of all cells are exact and no cell
that is used tells a wrong protocol. A cell that the window cuts off ("outlook.off...") is exact as far as it is shown.
"""

import json
import pathlib
import sys

LEAST_EXACT = 0.97
PROTOCOL_COLUMNS = ("Protocol", "Conn", "Server name")


def exact(wanted, cell, cut):
    if cell is None:
        return False
    if cut and cell["text"].endswith("..."):
        return wanted.startswith(cell["text"].rstrip(".").rstrip())
    return wanted == cell["text"]


def main():
    inventory = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    readings = {pathlib.PurePath(inventory["sources"][p["source"]]["path"]).name: p for p in inventory["pictures"]}
    cells = good = wrong_protocols = pictures = 0
    for path in sorted(pathlib.Path(sys.argv[2]).glob("*.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        pictures += 1
        reading = readings.get(truth["picture"], {"rows": [], "columns": []})
        headers = [c["header"] for c in reading["columns"]]
        bad = []
        for r, wanted_row in enumerate(truth["rows"]):
            row = reading["rows"][r] if r < len(reading["rows"]) else []
            for name, wanted in zip(truth["columns"], wanted_row):
                i = headers.index(name) if name in headers else len(row)
                cell = row[i] if i < len(row) else None
                cells += 1
                if exact(wanted, cell, truth["cut"]):
                    good += 1
                    continue
                bad.append(f"{name} row {r + 1}: {wanted!r} read as {cell!r}")
                if name in PROTOCOL_COLUMNS[:2] and cell and cell["used"]:
                    wrong_protocols += 1
        extra = len(reading["rows"]) - len(truth["rows"])
        print(f"{path.stem}: {len(bad)} of {sum(map(len, truth['rows']))} cells differ, {extra:+d} rows")
        for line in bad[:5]:
            print("   ", line)
        if extra != 0:
            wrong_protocols += 1 if extra > 0 else 0
    print(f"{good} of {cells} cells of {pictures} pictures are exact ({good / max(cells, 1):.2%}), "
          f"{wrong_protocols} wrong protocols or invented rows")
    if pictures == 0 or good < LEAST_EXACT * cells or wrong_protocols > 0:
        sys.exit(1)


main()
