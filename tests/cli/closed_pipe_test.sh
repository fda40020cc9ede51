# A reader that has seen enough ends the program quietly.
. "$(dirname "$0")/lib.sh"
set +o pipefail

simulated idle-60min
"$DROPSCOPE" events "$work/idle-60min/evidence" --all --format jsonl --quiet 2>"$work/err" |
  head -n 1 >"$work/out"
[ "$(wc -l <"$work/out")" = 1 ] || fail "no line came"
expect_no_err
