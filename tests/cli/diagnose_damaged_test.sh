# A damaged log is read as far as it goes, and the run says that something is missing.
. "$(dirname "$0")/lib.sh"

simulated idle-60min
log=$(logs_of idle-60min Application.evtx | head -n 1)
# The damage begins where the used chunks end, so the cut is put into the last used one.
used=$("$DROPSCOPE" evtx info "$log" | sed -n 's/^  chunks  *\([0-9]*\) in use.*/\1/p')
head -c $((4096 + used * 65536 - 40000)) "$log" >"$work/cut.evtx"
run diagnose "$work/cut.evtx"
expect_code 1
expect_err "cut.evtx: "
expect_err "offset 0x"
[ -s "$work/out" ] || fail "nothing was judged"
run events "$work/cut.evtx" --quiet
expect_code 1
expect_err "damaged place"
run evtx info "$work/cut.evtx"
expect_code 1
expect_out "damage"
