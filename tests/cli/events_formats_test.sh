# Table, CSV and JSON lines show the same events; the CSV is one that programs can read.
. "$(dirname "$0")/lib.sh"
need python3

simulated idle-60min
evidence=$work/idle-60min/evidence
run events "$evidence" --all --format csv --quiet
expect_code 0
expect_no_err
cp "$work/out" "$work/events.csv"
run events "$evidence" --all --format jsonl --quiet
cp "$work/out" "$work/events.jsonl"
run events "$evidence" --all
expect_err " events of "
python3 - "$work" <<'PY' || fail "the formats differ"
import csv, json, sys
work = sys.argv[1]
with open(work + "/events.csv", newline="", encoding="utf-8") as file:
    assert file.read().count("\r\n") > 1
    file.seek(0)
    table = list(csv.DictReader(file))
rows = [json.loads(line) for line in open(work + "/events.jsonl", encoding="utf-8")]
lines = open(work + "/out", encoding="utf-8").read().splitlines()
assert len(table) == len(rows) == len(lines) - 1 > 10, (len(table), len(rows), len(lines))
for cells, row in zip(table, rows):
    assert None not in cells and None not in cells.values(), cells
    assert cells["time (UTC)"] == row["time"][:23].replace("T", " "), (cells, row)
    for name in ("provider", "event_id", "channel", "computer", "record_id", "file", "offset"):
        assert cells[name] == str(row[name]), (name, cells, row)
PY
