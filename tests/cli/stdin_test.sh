# "-" is standard input everywhere logs are read: a pipe, a redirected file, an archive; a terminal
# is told apart.
. "$(dirname "$0")/lib.sh"

simulated idle-60min
log=$(logs_of idle-60min Application.evtx | head -n 1)

# piped FILE ARGUMENTS...
piped() {
  local file=$1
  shift
  cat "$file" | "$DROPSCOPE" "$@" >"$work/out" 2>"$work/err"
  code=$?
}

run evtx dump "$log"
cp "$work/out" "$work/xml"
piped "$log" evtx dump -
expect_code 0
expect_no_err
cmp -s "$work/xml" "$work/out" || fail "a piped log is not dumped as the file is"
"$DROPSCOPE" evtx dump - <"$log" >"$work/out" 2>"$work/err"
code=$?
expect_code 0
cmp -s "$work/xml" "$work/out" || fail "a redirected log is not dumped as the file is"

piped "$log" evtx info -
expect_code 0
expect_out "(standard input)"

run events --all --format csv "$log"
rows=$(wc -l <"$work/out")
piped "$log" events --all --format csv -
expect_code 0
expect_out "(standard input)"
[ "$(wc -l <"$work/out")" = "$rows" ] || fail "other events through a pipe"

run diagnose "$log"
answer=$(head -n 3 "$work/out")
piped "$log" diagnose --quiet -
expect_code 0
[ "$(head -n 3 "$work/out")" = "$answer" ] || fail "another answer through a pipe"

# Archives are seen by their bytes.
tar -C "$(dirname "$log")" -czf "$work/logs.tgz" "$(basename "$log")"
piped "$work/logs.tgz" events --all --format csv -
expect_code 0
expect_out "(standard input)!/Application.evtx"
piped "$work/logs.tgz" evtx dump -
expect_code 0
cmp -s "$work/xml" "$work/out" || fail "a log in a piped archive is not dumped as the file is"

# What is no log, and nothing at all.
printf 'no log' >"$work/text"
piped "$work/text" evtx dump -
expect_code 3
expect_err "(standard input)"
piped /dev/null evtx dump -
expect_code 3
expect_err "empty"
piped "$log" events --all - -
expect_code 1
expect_err "only once"

# In a terminal nobody is kept waiting.
in_terminal 80 diagnose -
[ "$code" = 3 ] || fail "expected exit code 3 in a terminal, found $code"
expect_out "terminal"
