# What there is of each computer, what is missing, and the JSON form with its schema.
. "$(dirname "$0")/lib.sh"

simulated idle-60min
run inventory "$work/idle-60min/evidence" --quiet
expect_code 0
expect_out 'Application (event log)'
expect_out 'missing'
expect_out 'Connection Status'
expect_out 'How to collect what is missing'

run inventory "$work/idle-60min/evidence" --files --quiet
expect_code 0
expect_out 'Application.evtx'
expect_out 'event log'

run inventory "$work/idle-60min/evidence" --format json --quiet
expect_code 0
if command -v python3 >/dev/null; then
  python3 "$here/validate_json.py" "$source_dir/docs/schemas/inventory.schema.json" "$work/out" >"$work/problems"
  case $? in
    0 | 77) ;;
    *) fail "the JSON does not follow its schema: $(cat "$work/problems")" ;;
  esac
fi

mkdir "$work/empty"
run inventory "$work/empty" --quiet
expect_code 3
