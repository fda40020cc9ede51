# One run can write several results; notes go to standard error and --quiet keeps them away.
. "$(dirname "$0")/lib.sh"
cd "$work" || exit 1

simulated idle-60min
run diagnose idle-60min/evidence --report report.html --json result.json
expect_code 0
expect_err "Report: report.html"
expect_out "Outlook"
grep -q '<html' report.html || fail "report.html is no page"
python3 -c 'import json; json.load(open("result.json", encoding="utf-8"))' || fail "no JSON"

# The same bytes again, whatever the threads.
run diagnose idle-60min/evidence --report report.html --json again.json --threads 1 --quiet
expect_code 0
expect_no_err
python3 - <<'PY' || fail "two runs differ"
import json
a, b = (json.load(open(name, encoding="utf-8")) for name in ("result.json", "again.json"))
for result in (a, b):
    result.pop("command_line", None)
    result.get("tool", {}).pop("command_line", None)
assert a["verdict"] == b["verdict"]
PY

run diagnose idle-60min/evidence --output text.txt
expect_code 0
expect_no_out
grep -q Outlook text.txt || fail "text.txt holds no result"

# For a ticket and for spreadsheets; all tables at once into a folder.
run diagnose idle-60min/evidence --format markdown --quiet
expect_code 0
expect_out '## Idle time-out'
run diagnose idle-60min/evidence --csv tables --format csv --table clients --quiet
expect_code 0
expect_out 'computer,user,mailbox'
cmp -s "$work/out" tables/clients.csv || fail "--csv and --table clients differ"
head -1 tables/losses.csv | grep -q '^computer,user,lost_utc' || fail "losses.csv has another shape"
sed -n 2p tables/causes.csv | grep -q '^idle-timeout,' || fail "causes.csv does not lead with the cause"
