# The conditions of `events`: by default Outlook's, --all everything, and each narrows.
. "$(dirname "$0")/lib.sh"
need python3

simulated idle-60min
evidence=$work/idle-60min/evidence
rows() {
  run events "$evidence" --format jsonl --quiet "$@"
  expect_code 0
  wc -l <"$work/out"
}
total=0
while read -r log; do
  run evtx info "$log"
  total=$((total + $(sed -n 's/^  records  *\([0-9]*\).*/\1/p' "$work/out")))
done < <(logs_of idle-60min)

all=$(rows --all)
[ "$all" = "$total" ] || fail "--all gives $all of $total records"
outlook=$(rows)
[ "$outlook" -gt 0 ] && [ "$outlook" -lt "$all" ] || fail "by default $outlook of $all"
by_id=$(rows --provider outlook --id 26)
[ "$by_id" -gt 0 ] && [ "$by_id" -le "$outlook" ] || fail "--id 26 gives $by_id"
python3 - "$work/out" <<'PY' || fail "--provider and --id let others pass"
import json, sys
rows = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
assert all(row["provider"] == "Outlook" and row["event_id"] == 26 for row in rows)
PY
[ "$(rows --provider 'out*' --id 26,9999)" = "$by_id" ] || fail "patterns and lists do not work"
[ "$(rows --provider Outlook --id 26 --id 9999)" = "$by_id" ] || fail "--id cannot be repeated"
[ "$(rows --computer nobody)" = 0 ] || fail "--computer lets others pass"
[ "$(rows --text 'no such text')" = 0 ] || fail "--text lets others pass"
[ "$(rows --channel Application)" -gt 0 ] || fail "--channel finds nothing"

# A day and the time before it and after it are all there is.
day=$(python3 -c 'import json, sys
print(sorted(json.loads(l)["time"] for l in open(sys.argv[1], encoding="utf-8"))[5][:10])' "$work/out")
on=$(rows --from "$day" --to "$day")
before=$(rows --to "$(date -u -d "$day - 1 day" +%F)")
after=$(rows --from "$(date -u -d "$day + 1 day" +%F)")
[ $((on + before + after)) = "$outlook" ] || fail "$before + $on + $after is not $outlook"
[ "$on" -gt 0 ] || fail "nothing on $day"
