# A watch on loopback: its record, its end, its metrics; and what diagnose and inventory make of a record.
. "$(dirname "$0")/lib.sh"
need jq
need python3

run watch
expect_code 2
run watch nothing
expect_code 2
expect_err "expected HOST:PORT"
run watch 127.0.0.1:9 --metrics mail.example.com:1
expect_code 2
expect_err "expected PORT or ADDRESS:PORT"
run watch 127.0.0.1:9 --sessions 5
expect_code 2

# A file that is something else stays as it is.
echo 'my letters' >"$work/letters"
run watch 127.0.0.1:9 --record "$work/letters" --for 1
expect_code 2
expect_err "is there already and is not the record of a watch"
[ "$(cat "$work/letters")" = 'my letters' ] || fail "the file was changed"

# The peer never ends a connection; when it is killed, the socket sees it, and nobody is there any more.
"$DROPSCOPE" probe --server 0 2>"$work/peer" </dev/null &
peer=$!
for _ in $(seq 100); do
  grep -q 'Listens on' "$work/peer" && break
  sleep 0.1
done
port=$(sed -n 's/.*Listens on 127\.0\.0\.1:\([0-9]*\) .*/\1/p' "$work/peer")
record=$work/watch.jsonl
"$DROPSCOPE" watch "127.0.0.1:$port" --record "$record" --computer PC07 --tz Europe/Berlin --metrics 0 2>"$work/said" </dev/null &
watch=$!
wait_for() {
  for _ in $(seq 200); do
    grep -q "$1" "$2" 2>/dev/null && return
    sleep 0.1
  done
  fail "no $1 in $2: $(cat "$2")"
}
wait_for '"event":"up"' "$record"
url=$(sed -n 's/^Metrics: //p' "$work/said")
python3 - "$url" <<'PY' || fail "no metrics at $url"
import sys, urllib.request
text = urllib.request.urlopen(sys.argv[1], timeout=20).read().decode()
names = {line.split("{")[0] for line in text.splitlines() if not line.startswith("#")}
up = [line for line in text.splitlines() if line.startswith("dropscope_watch_session_up{")]
sys.exit(not (len(up) == 1 and up[0].endswith(" 1") and "dropscope_watch_losses_total" in names))
PY
kill -KILL "$peer"
wait "$peer" 2>/dev/null
wait_for '"event":"failed"' "$record"
kill -TERM "$watch"  # Shells let what runs in the background ignore SIGINT.
wait "$watch" || fail "a watch that is ended ends with $?"
[ "$(jq -r .event "$record" | tr '\n' ' ')" = 'start up lost failed stop ' ] || fail "$(cat "$record")"
jq -es '.[2].cause | . == "fin" or . == "rst"' "$record" >"$work/out" || fail "the loss has no cause"
jq -es '.[3].cause == "refused"' "$record" >"$work/out" || fail "no refusal"
jq -es '.[0] | .computer == "PC07" and .zone == "Europe/Berlin"' "$record" >"$work/out" ||
  fail "does not say whose it is"

# Started again, it appends; a line that was cut before does not spoil the next.
printf '{"event":"ali' >>"$record"
run watch "127.0.0.1:$port" --record "$record" --for 1 --quiet
expect_code 0
[ "$(grep -c '"event":"start"' "$record")" = 2 ] || fail "not appended: $(cat "$record")"
[ "$(grep -c '"event":"stop"' "$record")" = 2 ] || fail "no last line: $(cat "$record")"

# Every line that it wrote follows the schema.
python3 - "$here" "$source_dir/docs/schemas/watch.schema.json" "$record" <<'PY' || fail "a line does not follow the schema"
import json, os, subprocess, sys
here, schema, record = sys.argv[1:]
for line in open(record, encoding="utf-8"):
    if line.startswith('{"event":"ali{') or line.strip() == '{"event":"ali':
        continue
    path = record + ".line"
    with open(path, "w", encoding="utf-8") as file:
        file.write(line)
    code = subprocess.run([sys.executable, os.path.join(here, "validate_json.py"), schema, path]).returncode
    if code not in (0, 77):
        print(line)
        sys.exit(1)
PY

# Half a day of a path that closes after 300 s without traffic.
python3 - "$work/long.jsonl" <<'PY'
import datetime, json, random, sys
random.seed(7)
begin = datetime.datetime(2026, 11, 2, 7, 0, tzinfo=datetime.timezone.utc)
def stamp(at): return (begin + datetime.timedelta(seconds=at)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
with open(sys.argv[1], "w", encoding="utf-8") as out:
    def line(**of): out.write(json.dumps(of, separators=(",", ":")) + "\n")
    line(schema="dropscope.watch/1", event="start", time=stamp(0), version="0", computer="pc07.corp.example",
         zone="Europe/Berlin", command="dropscope watch mail77.corp.example:443", send_every_s=0, keep_alive_s=0,
         sessions=[{"host": "mail77.corp.example", "port": 443, "address": "192.0.2.7:443"}])
    at, down = 0.0, None
    for i in range(120):
        line(event="up", time=stamp(at), session=1, local=f"192.0.2.9:{50000 + i}", down_s=down)
        at += 300 + random.random() * 0.4
        line(event="lost", time=stamp(at), session=1, local=f"192.0.2.9:{50000 + i}", cause="fin", text="", idle_s=300, age_s=300)
        down = 1.0
        at += down
    line(event="stop", time=stamp(at), reason="interrupted")
PY
run diagnose "$work/long.jsonl" --quiet
expect_code 0
expect_out 'after 300 s without traffic'
expect_out 'dropscope watch'
run diagnose "$work/long.jsonl" --format json --quiet
expect_code 0
jq -e '.verdict.cause == "idle-timeout"' "$work/out" >"$work/said" || fail "cause $(jq .verdict.cause "$work/out")"

run inventory "$work/long.jsonl" --files --quiet
expect_code 0
expect_out 'record of a watch'

# Beside the logs of Outlook it is another client and changes nothing of their diagnosis but what it adds.
simulated idle-60min
run diagnose "$work/idle-60min/evidence" --format json --quiet
alone=$(jq -c '[.verdict.cause, .verdict.outcome]' "$work/out")
run diagnose "$work/idle-60min/evidence" "$work/long.jsonl" --format json --quiet
expect_code 0
[ "$(jq -c '[.verdict.cause, .verdict.outcome]' "$work/out")" = "$alone" ] || fail "a watch changes $alone"

# A package that hides names hides the watched host.
run escalate "$work/long.jsonl" --redact --out "$work/case.zip" --quiet
expect_code 0
python3 - "$work/case.zip" <<'PY' || fail "the package names the watched host"
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as package:
    sys.exit(any(b"mail77" in package.read(name) for name in package.namelist()))
PY
