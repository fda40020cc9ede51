# `evtx follow` gives each record once while the log grows, is cleared and archived; ends after
# --count, with Ctrl-C and when nobody reads any more.
. "$(dirname "$0")/lib.sh"
set +o pipefail

simulated clock-daily
log=$(logs_of clock-daily Application.evtx | head -n 1)
run evtx dump --format jsonl "$log"
expect_code 0
cp "$work/out" "$work/all"
records=$(wc -l <"$work/all")
chunks=$(( ($(stat -c %s "$log") - 4096) / 65536 ))
[ "$chunks" -ge 3 ] || fail "the log has only $chunks chunks"
live=$work/live.evtx

# wait_for_lines N: until that many lines are in $work/followed.
wait_for_lines() {
  for _ in $(seq 200); do
    [ "$(wc -l <"$work/followed")" -ge "$1" ] && return
    sleep 0.05
  done
  code='' fail "$(wc -l <"$work/followed") lines after ten seconds, expected $1"
}
start() {
  : >"$work/followed"
  "$DROPSCOPE" evtx follow --interval 0.05 "$@" "$live" >"$work/followed" 2>"$work/err" </dev/null &
  pid=$!
}
# finish CODE: the follower ends by itself.
finish() {
  wait "$pid"
  code=$?
  expect_code "$1"
}

# The whole log, in one go.
cp "$log" "$live"
run evtx follow --from-start --count "$records" "$live"
expect_code 0
expect_no_err
cmp -s "$work/all" "$work/out" || fail "not what evtx dump gives"

# Only what is asked for; --count counts that.
run evtx dump --format jsonl --id 26 "$log"
expect_code 0
cp "$work/out" "$work/some"
matching=$(wc -l <"$work/some")
{ [ "$matching" -ge 1 ] && [ "$matching" -lt "$records" ]; } || fail "$matching of $records match"
run evtx follow --from-start --id 26 --count "$matching" "$live"
expect_code 0
cmp -s "$work/some" "$work/out" || fail "not what evtx dump gives with the same condition"
run evtx follow --from 2025-02-01 --to 2025-01-01 "$live"
expect_code 2

# Growing chunk by chunk, in place.
head -c $((4096 + 65536)) "$log" >"$live"
start --from-start --count "$records"
wait_for_lines 1
for chunk in $(seq 2 $((chunks - 1))); do
  head -c $((4096 + chunk * 65536)) "$log" | tail -c 65536 >>"$live"
  sleep 0.02
done
tail -c $(($(stat -c %s "$log") - 4096 - (chunks - 1) * 65536)) "$log" >>"$live"
finish 0
cmp -s "$work/all" "$work/followed" || fail "not what evtx dump gives, after growing"

# The request of the system to end is followed in order.
start --from-start
wait_for_lines "$records"
kill -TERM "$pid"
finish 0
cmp -s "$work/all" "$work/followed" || fail "something was given twice or not at all"

# So is Ctrl-C, at once and in the middle of a long wait. (A shell without job control starts
# background programs with that signal ignored, hence Python.)
need python3
python3 - "$DROPSCOPE" "$live" >"$work/out" 2>"$work/err" <<'END'
import signal, subprocess, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
program = subprocess.Popen([sys.argv[1], "evtx", "follow", "--from-start", "--interval", "3600",
                            sys.argv[2]], stdout=subprocess.PIPE)
program.stdout.readline()
program.send_signal(signal.SIGINT)
program.communicate(timeout=30)
sys.exit(program.returncode)
END
code=$?
expect_code 0
expect_no_err

# Cleared and archived logs are told.
start --from-start
wait_for_lines "$records"
mv "$live" "$work/Archive-live.evtx"
head -c $((4096 + 65536)) "$log" >"$work/fresh"
mv "$work/fresh" "$live"
wait_for_lines $((records + 1))
kill -TERM "$pid"
finish 0
expect_err "archived under another name"

# Nobody reads any more: noticed without a new record.
"$DROPSCOPE" evtx follow --from-start --interval 0.05 "$live" 2>"$work/err" | head -n 1 >"$work/out"
[ "$(wc -l <"$work/out")" = 1 ] || fail "no line came"
expect_no_err

# XML, one element a line.
run evtx follow --from-start --count 2 --format xml "$live"
expect_code 0
[ "$(grep -c '^<Event .*</Event>$' "$work/out")" = 2 ] || fail "expected two elements on two lines"

run evtx follow "$work/none.evtx"
expect_code 3
expect_err "none.evtx"
run evtx follow "$0"
expect_code 3
expect_err "not an event log"
run evtx follow --interval 0 "$live"
expect_code 2
expect_err "no interval"
run evtx follow --count 0 "$live"
expect_code 2
