# The saved result of a probe is evidence: it changes the verdict, and the inventory knows it.
. "$(dirname "$0")/lib.sh"
need jq

# result FILE MECHANISM SECONDS ACCURACY: as dropscope probe --format json writes it, without its connections.
result() {
  jq -n --arg mechanism "$2" --argjson seconds "$3" --argjson accuracy "$4" '{
    schema: "dropscope.probe/1", tool: {name: "dropscope", version: "0"},
    host: "relay77.corp.example", port: 135, address: "192.0.2.7:135",
    finding: {mechanism: $mechanism, end: null, seconds: $seconds, accuracy_s: $accuracy, complete: true,
              sentence: "", notes: []},
    options: {}, seen: {unanswered: false, samples: [], controls: []}}' >"$1"
}
# diagnosed SCENARIO [FILE]: cause in $cause, thousandths of its probability in $sure.
diagnosed() {
  scenario=$1
  shift
  run diagnose "$work/$scenario/evidence" "$@" --format json --quiet
  expect_code 0
  cause=$(jq -r .verdict.cause "$work/out")
  sure=$(jq '.verdict.probability * 1000 | floor' "$work/out")
}

simulated idle-60min
diagnosed idle-60min
[ "$cause" = idle-timeout ] || fail "without a probe: $cause"
alone=$sure
refuse_out 'Measured path'

result "$work/agrees.json" proxy-or-server 3600 36
diagnosed idle-60min "$work/agrees.json"
[ "$cause" = idle-timeout ] || fail "with a time-out that agrees: $cause"
[ "$sure" -gt "$alone" ] || fail "a time-out that agrees makes $alone to $sure"
expect_out 'Measured path'
expect_out 'agrees with the interval'

# What a web server does with connections between requests is such a time-out too, and what was spoken is said.
result "$work/web.json" http-keep-alive 3600 36
jq '.schema = "dropscope.probe/2" | .options = {payload: "http", tls: true}' "$work/web.json" >"$work/https.json"
diagnosed idle-60min "$work/https.json"
[ "$sure" -gt "$alone" ] || fail "a keep-alive time-out that agrees makes $alone to $sure"
expect_out '(192.0.2.7:135, HTTPS) finds: the server or a proxy of HTTP ends connections that idle for 3564.0 s to 3636.0 s'

result "$work/none.json" none-found 7400 null
diagnosed idle-60min "$work/none.json"
[ "$cause" != idle-timeout ] || [ "$sure" -lt "$alone" ] || fail "no time-out makes $alone to $sure"
expect_out 'connections survive 7400.0 s without traffic'

# Its losses alone do not tell what has the limit of two hours.
simulated fixed-age-2h
diagnosed fixed-age-2h
[ "$cause" = undetermined ] || fail "without a probe: $cause"
result "$work/age.json" fixed-age 7200 72
diagnosed fixed-age-2h "$work/age.json"
[ "$cause" = fixed-age ] || fail "with a limit on age that agrees: $cause"

# Measured elsewhere and before the first loss: said, and it weighs less.
jq '.computer = "MON01" | .began = "2020-01-01T09:00:00Z" | .ended = "2020-01-01T10:00:00Z"' "$work/agrees.json" >"$work/old.json"
diagnosed idle-60min "$work/old.json"
[ "$sure" -gt "$alone" ] || fail "an old time-out that agrees makes $alone to $sure"
expect_out 'ran at 2020-01-01'
expect_out 'MON01 has no losses'
expect_out 'before the first loss'

run inventory "$work/idle-60min/evidence" "$work/agrees.json" --files --quiet
expect_code 0
expect_out 'result of a probe'

# A damaged result is named, and the rest is judged.
sed 's/3600/"an hour"/' "$work/agrees.json" >"$work/damaged.json"
run diagnose "$work/idle-60min/evidence" "$work/damaged.json" --quiet
expect_code 1
grep -q 'expected a length of time in seconds, or null as member' "$work/out" "$work/err" ||
  fail "does not say what is wrong with the damaged result"

# A package that hides names hides the host that was probed.
need python3
run escalate "$work/idle-60min/evidence" "$work/agrees.json" --redact --out "$work/case.zip" --quiet
expect_code 0
python3 - "$work/case.zip" <<'PY' || fail "the package names the host that was probed"
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as package:
    texts = [package.read(name) for name in package.namelist()]
    sys.exit(any(b"relay77" in text for text in texts) or not any(b"Measured path" in text for text in texts))
PY
