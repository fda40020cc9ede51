# Every log of the corpus, damaged ones too, becomes one well-formed XML document and valid JSON lines.
. "$(dirname "$0")/lib.sh"
need python3
need_corpus evtx

cat >"$work/check.py" <<'PY'
import json
import sys
import xml.etree.ElementTree as ET

events = sum(1 for _ in ET.parse(sys.argv[1]).getroot())
rows = [json.loads(line) for line in open(sys.argv[2], encoding="utf-8")]
readable = [row for row in rows if "problem" not in row]
assert events == len(readable), (events, len(readable))
for row in readable:
    names = ["offset", "record_id", "time", "data"]
    if "doubtful" not in row and "recovered" not in row:
        names += ["level", "provider", "event_id", "channel", "computer"]
    for name in names:
        assert name in row, (name, row)
PY
while read -r log; do
  for format in xml jsonl; do
    run evtx dump --recovered --format "$format" "$log"
    [ "$code" = 0 ] || [ "$code" = 1 ] || fail "$log: exit code $code"
    cp "$work/out" "$work/dump.$format"
  done
  python3 "$work/check.py" "$work/dump.xml" "$work/dump.jsonl" || fail "$log: not well-formed"
done < <(find "$corpus/evtx" -name '*.evtx' | sort)
