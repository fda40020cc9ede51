# What changed since last week: from results, packages or evidence.
. "$(dirname "$0")/lib.sh"
need python3
cd "$work" || exit 1

simulated idle-60min
simulated fixed-age-2h
run diagnose idle-60min/evidence --json old.json --quiet
expect_code 0
run diagnose fixed-age-2h/evidence --json new.json --quiet
expect_code 0
run escalate fixed-age-2h/evidence --out new.zip --quiet
expect_code 0

run diff old.json old.json
expect_code 0
expect_out "It happens as often as before"
refuse_out "before  "

run diff old.json new.json
expect_code 0
expect_out "Cause"
expect_out "idle-timeout"

# A result, the package of the same evidence, and the evidence are the same.
run diff old.json new.json --format json
expect_code 0
cp out by-result.json
for after in new.zip fixed-age-2h/evidence; do
  run diff old.json $after --format json --quiet
  expect_code 0
  cmp -s out by-result.json || fail "$after says something else than its result"
done
python3 - <<'PY' || fail "the JSON is not as described"
import json
diff = json.load(open("by-result.json", encoding="utf-8"))
assert diff["schema"] == "dropscope.diff/1"
assert diff["before"]["cause"] == "idle-timeout"
aspects = {each["id"]: each for each in diff["aspects"]}
assert aspects["cause"]["movement"] == "changed", aspects["cause"]
assert set(aspects) >= {"cause", "probability", "rate", "interval", "scope", "impacted"}
PY

python3 "$here/validate_json.py" "$source_dir/docs/schemas/diff.schema.json" by-result.json >problems
case $? in 0 | 77) ;; *) fail "the JSON does not follow its schema: $(cat problems)" ;; esac

# A result alone is told; with evidence beside it, it is refused.
run diagnose old.json
expect_code 0
expect_out "What the result says"
expect_err "holds no records"
run diagnose old.json idle-60min/evidence
expect_code 2
expect_err "dropscope diff OLD NEW"
run diagnose old.json --format html
expect_code 2

printf '{"schema": "dropscope.diagnosis/2", "tool": 1}' >broken.json
run diff broken.json old.json
expect_code 3
expect_err 'broken.json: is no result of dropscope: expected an object as member "tool"'
printf '{"schema": "dropscope.diagnosis/7"}' >newer.json
run diff old.json newer.json
expect_code 3
expect_err "dropscope.diagnosis/7"
run diff old.json nothing.json
expect_code 3
expect_err "nothing.json"
