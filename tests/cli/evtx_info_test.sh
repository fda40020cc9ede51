# `evtx info` shows header, chunks, records and time span; several logs at once; a bad one among them
# is told and the others are shown.
. "$(dirname "$0")/lib.sh"

simulated idle-60min
log=$(logs_of idle-60min Application.evtx | head -n 1)
run evtx info "$log"
expect_code 0
expect_no_err
for label in size format flags "header CRC" chunks "chunk CRCs" records "record ids" time channels; do
  grep -q "^  $label  *." "$work/out" || fail "no line \"$label\""
done
grep -Eq '^  damage +none$' "$work/out" || fail "a fresh log has damage"
grep -Eq '^  header CRC +right$' "$work/out" || fail "the header's checksum is not right"
grep -Eq '^  time +20..-..-.. ..:..:..|^  time +20..-..-..T..:..:..Z to 20' "$work/out" ||
  fail "no time span"

# What it holds: kinds of events with counts, whether it was cleared, steps of the clock, ids.
for label in events cleared "clock steps" missing; do
  grep -q "^  $label  *." "$work/out" || fail "no line \"$label\""
done
grep -Eq '^ +[0-9]+ +26  20..-..-.. ..:..:..  20..-..-.. ..:..:..  Outlook$' "$work/out" ||
  fail "no row for Outlook's event 26"
run evtx dump --format jsonl "$log"
records=$(grep -c '"provider":"Outlook".*"event_id":26[,}]' "$work/out")
run evtx info "$log"
grep -Eq "^ +$records +26  .*  Outlook$" "$work/out" || fail "not $records records of event 26"
first=$(sed -n 's/^  time  *\(.*\) to .*/\1/p' "$work/out")
run evtx info --tz +02:00 "$log"
expect_out "(UTC+02:00)"
[ "$first" != "$(sed -n 's/^  time  *\(.*\) to .*/\1/p' "$work/out")" ] ||
  fail "the zone changes nothing"
# A folder is read whole.
run evtx info "$(dirname "$log")"
expect_out "Application.evtx"

printf 'no log' >"$work/bad.evtx"
run evtx info "$work/bad.evtx" "$log"
expect_code 1
expect_err "bad.evtx"
expect_out "Application.evtx"
