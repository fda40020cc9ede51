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

printf 'no log' >"$work/bad.evtx"
run evtx info "$work/bad.evtx" "$log"
expect_code 1
expect_err "bad.evtx"
expect_out "Application.evtx"
