# A folder with everything for three computers: every file is read and belongs to whose it is, the balancer's
# clock is found 37 seconds behind, and what balancer and firewall closed is matched with the losses.
. "$(dirname "$0")/lib.sh"
need python3

sed 's/^computers = 1/computers = 3/; s/^name = "PC01"/name = "PC{number}"/; s/^working_days = 10/working_days = 6/' \
  "$scenarios/idle-60min.toml" >"$work/three.toml"
run simulate "$work/three.toml" --output "$work/three" --quiet
expect_code 0
folder=$work/three/evidence
run events "$folder" --id 26 --format jsonl --quiet
expect_code 0
cp "$work/out" "$work/lost.jsonl"
python3 "$here/make_everything.py" "$folder" "$work/lost.jsonl" >"$work/out" 2>"$work/err" ||
  fail "the other evidence could not be made"
losses=$(cat "$work/out")

run inventory "$folder" --format json --quiet
expect_code 0
cp "$work/out" "$work/inventory.json"
run diagnose "$folder" --format json --quiet
expect_code 0
cp "$work/out" "$work/diagnosis.json"
python3 "$here/check_everything.py" "$work/inventory.json" "$work/diagnosis.json" "$losses" \
  >"$work/out" 2>"$work/err" || fail "not everything is understood"
