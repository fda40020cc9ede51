# --ascii, and a terminal of a language without UTF-8, get ASCII only.
. "$(dirname "$0")/lib.sh"
need python3

simulated idle-60min
only_ascii() { ! LC_ALL=C grep -q '[^ -~	]' "$work/out" || fail "$1 is not ASCII"; }
run diagnose "$work/idle-60min/evidence" --ascii
expect_code 0
only_ascii "diagnose --ascii"
run events "$work/idle-60min/evidence" --ascii
only_ascii "events --ascii"
LC_ALL=C in_terminal 80 diagnose "$work/idle-60min/evidence" --color never
only_ascii "diagnose on a terminal of language C"
