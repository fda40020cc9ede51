# `evtx recover`: nothing from a sound log; from a log without its header, and from the same log
# inside other bytes, every record, labelled; both formats well-formed; exit codes.
. "$(dirname "$0")/lib.sh"
need xmllint

simulated idle-60min
log=$(logs_of idle-60min Application.evtx | head -n 1)
run evtx dump "$log"
count=$(grep -c '<Event ' "$work/out")
[ "$count" -gt 10 ] || fail "the log has only $count events"

# A sound log holds nothing else, and that is no failure.
run evtx recover "$log"
expect_code 0
expect_err "recovered       0 records"
expect_err "live            $count records"
grep -q '<Record' "$work/out" && fail "a live record was given"
xmllint --noout "$work/out" 2>/dev/null || fail "the XML is not well-formed"

# Without its first bytes it is no log any more; all its records are found.
{ printf 'abc'; tail -c +4097 "$log"; } >"$work/blob"
run evtx recover "$work/blob"
expect_code 0
xmllint --noout "$work/out" 2>/dev/null || fail "the XML is not well-formed"
[ "$(grep -c "^<Record .* foundIn='lost-chunk' .* event='whole'" "$work/out")" = "$count" ] ||
  fail "not all of $count records were found"
expect_err "not an event log"
expect_err "recovered       $count records"

# Conditions choose among them; the summary still counts all.
run evtx recover --id 26 --format jsonl "$work/blob"
expect_code 0
expect_err "recovered       $count records"
given=$(wc -l <"$work/out")
{ [ "$given" -ge 1 ] && [ "$given" -lt "$count" ]; } || fail "$given of $count records given"
[ "$(grep -c '"event_id":26,' "$work/out")" = "$given" ] || fail "others than id 26"
expect_err "given           $given that match"

# Standard input, JSON lines, a file as output, no words.
"$DROPSCOPE" evtx recover --format jsonl --quiet --output "$work/found.jsonl" - \
  <"$work/blob" >"$work/out" 2>"$work/err"
code=$?
expect_code 0
expect_no_out
expect_no_err
[ "$(wc -l <"$work/found.jsonl")" = "$count" ] || fail "not $count lines"
python3 - "$work/found.jsonl" <<'PY' || fail "the JSON lines are wrong"
import json, sys
for line in open(sys.argv[1], encoding="utf-8"):
    record = json.loads(line)
    assert record["file"] == "(standard input)", record
    assert record["found_in"] == "lost-chunk" and record["event"] == "whole", record
    assert record["recovered"] is True and record["offset"] > 0 and record["record_id"] > 0, record
    assert "also_live" not in record, record
PY

# What cannot be read is told; the rest is read.
run evtx recover "$work/missing" "$work/blob"
expect_code 1
expect_err missing
[ "$(grep -c '<Record' "$work/out")" = "$count" ] || fail "the second file was not read"
run evtx recover "$work/missing"
expect_code 3
: >"$work/empty"
run evtx recover "$work/empty"
expect_code 0
run evtx recover
expect_code 2
