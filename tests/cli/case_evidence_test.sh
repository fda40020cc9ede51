# Every file of the cases of the corpus is read, belongs to the computer whose it is, and the closes that a
# balancer logged are matched with the losses of those whom the truth names.
. "$(dirname "$0")/lib.sh"
need python3
need_corpus cases

cases=0
for folder in "$corpus"/cases/evidence/*/; do
  folder=${folder%/}
  run inventory "$folder" --format json --quiet
  [ "$code" -le 1 ] || fail "$folder: exit code $code"
  cp "$work/out" "$work/inventory.json"
  run diagnose "$folder" --format json --quiet
  [ "$code" -le 1 ] || fail "$folder: exit code $code"
  cp "$work/out" "$work/diagnosis.json"
  python3 "$here/check_case.py" "$folder" "$work/inventory.json" "$work/diagnosis.json" \
    "$corpus/cases/truth/$(basename "$folder").json" >"$work/out" 2>"$work/err" ||
    fail "$(basename "$folder") is not understood as it is"
  cases=$((cases + 1))
done
[ "$cases" -ge 1 ] || fail "no case was found"
echo "$cases cases"
