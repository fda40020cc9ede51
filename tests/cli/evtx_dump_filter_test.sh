# `evtx dump` chooses events, members and columns; and still tells the damage of what it leaves out.
. "$(dirname "$0")/lib.sh"
need python3

simulated idle-60min
log=$(logs_of idle-60min | head -n 1)
count() {
  run evtx dump "$log" --format jsonl --quiet "$@"
  expect_code 0
  wc -l <"$work/out"
}
all=$(count)
losses=$(count --provider outlook --id 26)
[ "$losses" -gt 0 ] && [ "$losses" -lt "$all" ] || fail "--provider and --id give $losses of $all"
[ "$(count --provider 'OUT*' --id 26 --skip-checksums)" = "$losses" ] || fail "--skip-checksums"
count >/dev/null
id=$(head -n 1 "$work/out" | grep -o '"record_id":[0-9]*' | grep -o '[0-9]*$')
[ "$(count --record "$id-$((id + 4))")" = 5 ] || fail "--record $id-$((id + 4))"
[ "$(count --record "$id")" = 1 ] || fail "--record $id"
[ "$(count --record "$((id + 9))-")" = $((all - 9)) ] || fail "--record $((id + 9))-"
[ "$(count --text 'no such text')" = 0 ] || fail "--text lets others pass"

count --id 26 --fields event_id,time,data >/dev/null
cp "$work/out" "$work/some.jsonl"
count --id 26 >/dev/null
python3 - "$work/some.jsonl" "$work/out" <<'PY' || fail "--fields of JSON lines"
import json, sys
some, all = ([json.loads(line) for line in open(name, encoding="utf-8")] for name in sys.argv[1:])
assert len(some) == len(all) > 0
for a, b in zip(some, all):
    assert a == {name: b[name] for name in ("time", "event_id", "data")}, (a, b)
PY
run evtx dump "$log" --provider outlook --id 26 --format csv --fields text,record_id,time --tz +02:00
expect_code 0
head -n 1 "$work/out" | grep -qx $'text,record_id,time (UTC+02:00)\r' || fail "header of the CSV"
[ "$(wc -l <"$work/out")" = $((losses + 1)) ] || fail "rows of the CSV"
run evtx dump "$log" --format csv --fields times
expect_code 2
expect_err 'CSV has no "times"'
expect_err 'did you mean "time"?'
run evtx dump "$log" --fields time
expect_code 2
run evtx dump "$log" --record 7-3
expect_code 2

# A record that cannot be read is told of, wanted or not. Offset 4636 is in the first one's BinXML.
cp "$log" "$work/bad.evtx"
printf '\x1f' | dd of="$work/bad.evtx" bs=1 seek=4636 conv=notrunc status=none
run evtx dump "$work/bad.evtx" --provider nobody --quiet
expect_code 1
expect_err "unknown BinXML token"
expect_err "checksum of the chunk's records is wrong"
run evtx dump "$work/bad.evtx" --provider nobody --quiet --skip-checksums
expect_code 1
expect_err "unknown BinXML token"
refuse_err "checksum of the chunk's records is wrong"
