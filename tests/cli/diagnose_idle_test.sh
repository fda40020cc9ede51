# The main job from end to end: a 60-minute idle time-out is found, in every format.
. "$(dirname "$0")/lib.sh"

simulated idle-60min
run diagnose "$work/idle-60min/evidence" --format json
expect_code 0
expect_no_err
python3 - "$work/out" <<'PY' || fail "the JSON result does not name an idle timer of 60 min"
import json, sys
text = open(sys.argv[1], encoding="utf-8").read()
result = json.loads(text)
assert result["verdict"]["outcome"] == "idle-timer", result["verdict"]["outcome"]
PY

run diagnose "$work/idle-60min/evidence"
expect_code 0
expect_out "60 min"
