# The JSON forms of `evtx info` and `evtx verify` follow docs/schemas, for sound and damaged logs and
# where there is none.
. "$(dirname "$0")/lib.sh"
need python3

# validate COMMAND LOG...: its JSON against its schema.
validate() {
  local command=$1
  shift
  run evtx "$command" --format json --quiet "$@"
  python3 "$here/validate_json.py" "$source_dir/docs/schemas/evtx-$command.schema.json" \
    "$work/out" >"$work/problems"
  case $? in
    0) ;;
    77) skip "$(cat "$work/problems")" ;;
    *) fail "$command of $* does not follow the schema: $(cat "$work/problems")" ;;
  esac
}

simulated damaged
simulated idle-60min
for command in info verify; do
  validate "$command" "$work/damaged/evidence" "$work/idle-60min/evidence"
  expect_out '"logs"'
  validate "$command" "$work/missing"
  expect_code 3
  if [ -d "$corpus/evtx" ]; then
    validate "$command" "$corpus/evtx/damaged-and-odd"
    expect_code 1
  fi
done
