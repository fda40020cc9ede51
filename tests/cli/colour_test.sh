# Colour on a terminal only; NO_COLOR and --color never switch it off, --color always on.
. "$(dirname "$0")/lib.sh"
need python3

escape=$'\x1b['
simulated idle-60min
unset NO_COLOR
run diagnose "$work/idle-60min/evidence"
refuse_out "$escape"
run diagnose "$work/idle-60min/evidence" --color always
expect_out "$escape"

export TERM=xterm
in_terminal 100 diagnose "$work/idle-60min/evidence"
expect_code 0
expect_out "$escape"
NO_COLOR=1 in_terminal 100 diagnose "$work/idle-60min/evidence"
refuse_out "$escape"
in_terminal 100 diagnose "$work/idle-60min/evidence" --color never
refuse_out "$escape"
TERM=dumb in_terminal 100 diagnose "$work/idle-60min/evidence"
refuse_out "$escape"
