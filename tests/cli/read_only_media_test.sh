# Logs on media that cannot be written to are read: nothing is made beside them.
. "$(dirname "$0")/lib.sh"

simulated idle-60min
log=$(logs_of idle-60min Application.evtx | head -n 1)
mkdir "$work/media"
cp "$log" "$work/media/Application.evtx"
chmod a-w "$work/media/Application.evtx" "$work/media"
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
ls -lA --time-style=full-iso "$work/media" >"$work/before"

run evtx info "$work/media/Application.evtx"
expect_code 0
run diagnose "$work/media"
expect_code 0
run evtx follow --from-start --count 1 "$work/media/Application.evtx"
expect_code 0
ls -lA --time-style=full-iso "$work/media" >"$work/after"
cmp -s "$work/before" "$work/after" || fail "something was written on the media"
