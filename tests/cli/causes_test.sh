# The catalogue of causes for people and for programs, and one that the user adds.
. "$(dirname "$0")/lib.sh"

run causes
expect_code 0
for id in idle-timeout fixed-age clock-schedule lease vpn-session wifi link sleep no-internet-status proxy \
  server-restart balancer-health admin-kill client-setting client-crash identity isp-reconnect overload \
  none undetermined; do
  expect_out "$id: "
done
expect_out 'KeepAliveTime'

run causes --format json
expect_code 0
if command -v python3 >/dev/null; then
  python3 "$here/validate_json.py" "$source_dir/docs/schemas/causes.schema.json" "$work/out" >"$work/problems"
  case $? in
    0 | 77) ;;
    *) fail "the JSON does not follow its schema: $(cat "$work/problems")" ;;
  esac
fi

mkdir -p "$work/data/causes"
cat >"$work/data/causes/microwave.toml" <<'TOML'
schema = 1
id = "microwave"
title = "A microwave oven"
summary = "It drowns the wireless network at lunch."
prior = 1
against = ["Losses at night."]
confirm = "Warm up a lunch."
owner = "The kitchen"
verify = "Lunch without a loss."
source = "experience"

[[predicts]]
aspect = "near"
parts = { wifi = 9, none = 1 }
rest = 0.1
why = "The link drops."
source = "experience"
TOML
run causes --data "$work/data"
expect_code 0
expect_out 'microwave: A microwave oven'
sed -i 's/wifi = 9/wlan = 9/' "$work/data/causes/microwave.toml"
run causes --data "$work/data"
expect_code 2
expect_err 'microwave.toml:14:11: "wlan" is not a key of "parts" of "near"'
