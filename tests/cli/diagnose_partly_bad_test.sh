# One bad file never stops the run: the others are judged, the bad one is listed, exit code 1.
. "$(dirname "$0")/lib.sh"

simulated idle-60min
printf 'no log' >"$work/idle-60min/evidence/bad.evtx"
run diagnose "$work/idle-60min/evidence" --format json
expect_code 1
expect_out '"idle-timer"'
expect_err "bad.evtx: "
[ "$(wc -l <"$work/err")" = 1 ] || fail "expected one line on standard error"
