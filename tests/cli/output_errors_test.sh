# What cannot be written is told, and an older file stays as it was.
. "$(dirname "$0")/lib.sh"
cd "$work" || exit 1

simulated healthy
run diagnose healthy/evidence --report no/such/folder/report.html
expect_code 2
expect_err "no/such/folder/report.html"

log=$(logs_of healthy Application.evtx | head -n 1)
run diagnose "$log" --report "$log"
expect_code 2
expect_err "would replace an input"

mkdir folder
run diagnose healthy/evidence --output folder
expect_code 2
expect_err "folder"

# A mistake in the command leaves the result of an earlier run alone, and no part of a new one.
printf old >events.csv
run events missing.evtx --format csv --output events.csv
expect_code 3
[ "$(cat events.csv)" = old ] || fail "events.csv was touched"
! ls -- *.part >/dev/null 2>&1 || fail "a temporary file was left"

if [ -w /dev/full ]; then
  "$DROPSCOPE" evtx info "$log" >/dev/full 2>err
  code=$?
  expect_code 1
  grep -q "standard output" err || fail "a full disk was not told"
  [ -c /dev/full ] || fail "/dev/full was replaced"
fi
