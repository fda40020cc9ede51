# A log that becomes shorter while it is mapped and read, as on a share that vanishes: exit code 1
# and a message, never a crash, and what was read before is given.
. "$(dirname "$0")/lib.sh"

simulated idle-60min
log=$(logs_of idle-60min Application.evtx | head -n 1)
size=$(stat -c %s "$log")
victim=$work/victim.evtx

# In the middle of a dump: the pipe is full, so the program waits while the file is cut.
cp "$log" "$victim"
for _ in 1 2 3 4 5; do tail -c $((size - 4096)) "$log" >>"$victim"; done
mkfifo "$work/pipe"
"$DROPSCOPE" evtx dump "$victim" >"$work/pipe" 2>"$work/err" &
pid=$!
exec 3<"$work/pipe"
head -c 1000 <&3 >"$work/out"
truncate -s 8192 "$victim"
cat <&3 >>"$work/out"
exec 3<&-
wait "$pid"
code=$?
expect_code 1
expect_err "became shorter while it was read"
expect_err "copy the log"
expect_out "</Events>"

# cut_under BYTES ARGUMENTS...: runs the program on the log with a hole behind it, and cuts the file
# as soon as it is mapped. Sparse, so that it costs time to look through and no room.
cut_under() {
  local bytes=$1
  shift
  [ -r /proc/self/maps ] || skip "no /proc/PID/maps here"
  for _ in 1 2 3 4 5; do
    cp "$log" "$victim"
    truncate -s "$bytes" "$victim" || skip "no room for a sparse file"
    "$DROPSCOPE" "$@" "$victim" >"$work/out" 2>"$work/err" </dev/null &
    pid=$!
    while kill -0 "$pid" 2>"$work/ignored"; do
      if grep -qF "$victim" "/proc/$pid/maps" 2>"$work/ignored"; then
        truncate -s "$size" "$victim"
        break
      fi
    done
    wait "$pid"
    code=$?
    # Fast enough to be through before: once more.
    [ "$code" = 0 ] || return
  done
  skip "the program was faster each time"
}

cut_under $((1 << 30)) evtx info
expect_code 1
expect_err "became shorter while it was read"
expect_out "records"

cut_under $((256 << 20)) diagnose
expect_code 1
expect_err "became shorter while it was read"

cut_under $((1 << 30)) events --all --format csv
expect_code 1
expect_err "became shorter while it was read"
