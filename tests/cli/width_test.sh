# Text fits the terminal, --width or COLUMNS; a list that goes to a file is not cut.
. "$(dirname "$0")/lib.sh"
need python3

# longest FILE: columns of its longest line.
longest() {
  python3 -c '
import sys, unicodedata
def wide(c):
    return 0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
print(max(sum(map(wide, line.rstrip("\n"))) for line in open(sys.argv[1], encoding="utf-8")))' "$1"
}

simulated idle-60min
for columns in 60 100; do
  in_terminal "$columns" diagnose "$work/idle-60min/evidence" --color never --quiet
  [ "$(longest "$work/out")" -le "$columns" ] || fail "diagnose is wider than $columns"
  in_terminal "$columns" events "$work/idle-60min/evidence" --color never --quiet
  [ "$(longest "$work/out")" -le "$columns" ] || fail "events is wider than $columns"
done
run diagnose "$work/idle-60min/evidence" --width 50
[ "$(longest "$work/out")" -le 50 ] || fail "--width 50 is not kept"
COLUMNS=70 run diagnose "$work/idle-60min/evidence"
[ "$(longest "$work/out")" -le 70 ] || fail "COLUMNS=70 is not kept"

unset COLUMNS
run events "$work/idle-60min/evidence"
refuse_out "…"
