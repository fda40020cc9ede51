# Which leaves are off: one table, a packed one, and a batch.
. "$(dirname "$0")/lib.sh"
need awk gzip

# Noise from Lehmer's generator, whose products are exact in every awk.
LC_ALL=C awk 'BEGIN {
  state = 1
  print "a,b,c,real,predict"
  for (i = 0; i < 1000; i++) {
    a = i % 10; b = int(i / 10) % 10; c = int(i / 100)
    state = state * 16807 % 2147483647
    real = 100 + (state / 2147483647 - 0.5) * 5
    if (a == 3 && c == 4) real /= 2
    printf "a%d,b%d,c%d,%.3f,100\n", a, b, c, real
  }
}' >"$work/leaves.csv"
check_schema() {
  command -v python3 >/dev/null || return 0
  python3 "$here/validate_json.py" "$source_dir/docs/schemas/localise.schema.json" "$work/out" >"$work/problems"
  case $? in
    0 | 77) ;;
    *) fail "the JSON does not follow its schema: $(cat "$work/problems")" ;;
  esac
}
run localise "$work/leaves.csv"
expect_code 0
expect_out '{"causes":["a=a3&c=c4"]}'
check_schema

gzip -k "$work/leaves.csv"
echo "$work/leaves.csv.gz" >"$work/list.txt"
run localise --batch "$work/list.txt"
expect_code 0
expect_out '{"case":"leaves","causes":["a=a3&c=c4"],"seconds":'
check_schema

printf 'a,real\na1,1\n' >"$work/bad.csv"
run localise "$work/bad.csv"
expect_code 3
expect_err 'predict'
run localise "$work/missing.csv"
expect_code 3
run localise
expect_code 2
