# What the probe says without a network: wrong options, a host that refuses, a state that does not fit.
. "$(dirname "$0")/lib.sh"

run probe
expect_code 2
for target in nothing host: :25 host:0 host:70000 2001:db8::1:25 'a b:25'; do
  run probe "$target"
  expect_code 2
  expect_err "expected HOST:PORT"
done
for mode in slow confirm= confirm=0 confirm=5x confirm=nan; do
  run probe 127.0.0.1:9 --mode "$mode"
  expect_code 2
  expect_err "is no mode; expected quick, full, or confirm=SECONDS"
done
run probe 127.0.0.1:9 --mode confirm=300 --max 300
expect_code 2
expect_err "--max: to confirm 300.0 s, idle times up to 450.0 s are needed"

for path in owa '/a b' '/ä' ''; do
  run probe 127.0.0.1:9 --payload http --path "$path"
  expect_code 2
  expect_err "is no path of HTTP; expected one such as /owa/"
done
run probe 127.0.0.1:9 --path /owa/
expect_code 2
expect_err "--path: only requests of HTTP have a path"

run probe 127.0.0.1:9 --server 7
expect_code 2
expect_err "give HOST:PORT or --server, not both"
for place in mail.example.com:7 ::1:7 :7 70000 127.0.0.1: 127.0.0.1; do
  run probe --server "$place"
  expect_code 2
  expect_err "expected PORT or ADDRESS:PORT"
done
# An address of no computer (RFC 5737) cannot be listened on.
run probe --server 192.0.2.1:7007
expect_code 3
expect_err "192.0.2.1:7007: cannot listen there"

# A second peer cannot have the same port, and the first ends in order.
"$DROPSCOPE" probe --server 0 2>"$work/peer" </dev/null &
peer=$!
for _ in $(seq 100); do
  grep -q 'Listens on' "$work/peer" && break
  sleep 0.1
done
port=$(sed -n 's/.*Listens on 127\.0\.0\.1:\([0-9]*\) .*/\1/p' "$work/peer")
[ -n "$port" ] || fail "the peer does not say where it listens: $(cat "$work/peer")"
run probe --server "$port"
expect_code 3
kill -TERM "$peer"
wait "$peer" || fail "the peer ends with $?, not 0"
grep -q '0 connection(s) accepted' "$work/peer" || fail "the peer does not say what it did"

printf '{"schema":"dropscope.scope/1"}' >"$work/other.json"
run probe 127.0.0.1:9 --state "$work/other.json"
expect_code 1
expect_err "other.json: not the record of a probe"

# Nothing listens on port 1 of loopback, and connecting there is refused at once.
run probe 127.0.0.1:1 --connections 2 --max 2 --format json --state "$work/state.json"
[ "$code" = 3 ] || { [ "$code" = 0 ] && skip "something listens on port 1"; fail "exit code $code, not 3"; }
expect_err "connections to 127.0.0.1:1 and to nothing else"
expect_out '"mechanism": "unreachable"'
cmp -s "$work/out" "$work/state.json" || fail "the state is not the result"
if command -v python3 >/dev/null; then
  python3 "$here/validate_json.py" "$source_dir/docs/schemas/probe.schema.json" "$work/out" >"$work/problems"
  case $? in
    0 | 77) ;;
    *) fail "the JSON does not follow its schema: $(cat "$work/problems")" ;;
  esac
fi

run probe 127.0.0.1:1 --connections 3 --max 2 --state "$work/state.json"
expect_code 2
expect_err "it is the state of another probe"
