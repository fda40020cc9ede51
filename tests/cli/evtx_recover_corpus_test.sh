# `evtx recover` on real logs: both formats are well-formed whatever was found, no offset is given
# twice, and the two formats hold the same records.
. "$(dirname "$0")/lib.sh"
need xmllint
need_corpus evtx

total=0
while read -r log; do
  run evtx recover "$log"
  expect_code 0
  xmllint --huge --noout "$work/out" 2>/dev/null || fail "$log: the XML is not well-formed"
  records=$(grep -c '^<Record ' "$work/out")
  grep '^<Record ' "$work/out" | sed "s/.* offset='\([^']*\)'.*/\1/" | sort >"$work/offsets"
  [ -z "$(uniq -d "$work/offsets")" ] || fail "$log: an offset was given twice"
  run evtx recover --format jsonl --quiet "$log"
  expect_code 0
  python3 - "$work/out" "$records" <<'PY' || fail "$log: the JSON lines are wrong"
import json, sys
records = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
assert len(records) == int(sys.argv[2]), len(records)
for record in records:
    assert record["event"] in ("whole", "part", "none"), record
    assert (record["event"] == "whole") != ("values" in record), record
PY
  total=$((total + records))
done < <(find "$corpus/evtx" -name '*.evtx' | sort)
[ "$total" -ge 1000 ] || fail "only $total records were found"
