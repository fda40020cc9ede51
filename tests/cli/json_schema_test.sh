# The JSON result follows docs/schemas/diagnosis.schema.json, for good and for bad input.
. "$(dirname "$0")/lib.sh"
need python3

schema=$source_dir/docs/schemas/diagnosis.schema.json
[ -e "$schema" ] || fail "there is no $schema"
validate() {
  python3 "$here/validate_json.py" "$schema" "$work/out" >"$work/problems"
  case $? in
    0) ;;
    77) skip "$(cat "$work/problems")" ;;
    *) fail "$1 does not follow the schema: $(cat "$work/problems")" ;;
  esac
}
for scenario in idle-60min healthy four-losses no-outlook damaged; do
  simulated "$scenario"
  run diagnose "$work/$scenario/evidence" --format json --quiet
  validate "$scenario"
done
run diagnose "$work/missing" --format json
validate "a missing file"
