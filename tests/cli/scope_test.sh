# Who is affected, from a list of clients: the answer, its forms, and bad tables.
. "$(dirname "$0")/lib.sh"

# 400 clients in 20 offices; each client of Berlin has two losses, every 13th of the others one.
make_fleet() {
  awk 'BEGIN {
    print "user,office,version,exposure_h,disconnects"
    for (i = 0; i < 400; i++) {
      office = i % 20 == 4 ? "Berlin" : "Office" i % 20
      n = i % 20 == 4 ? 2 : (i % 13 == 0 ? 1 : 0)
      printf "u%d,%s,v%d,38.5,%d\n", i, office, int(i / 9) % 3, n
    }
  }' >"$work/fleet.csv"
}
make_fleet
run scope "$work/fleet.csv"
expect_code 0
expect_out 'office Berlin (of 20 there 20 are affected'
expect_out 'chance of that by accident: less than 1 in'

run scope "$work/fleet.csv" --format json
expect_code 0
expect_out '"scope":"localised","causes":[{"office":"Berlin"}],"confidence":0.'
if command -v python3 >/dev/null; then
  python3 "$here/validate_json.py" "$source_dir/docs/schemas/scope.schema.json" "$work/out" >"$work/problems"
  case $? in
    0 | 77) ;;
    *) fail "the JSON does not follow its schema: $(cat "$work/problems")" ;;
  esac
fi

run scope "$work/fleet.csv" --bootstrap 19
expect_code 0
expect_out 'Of fleets without a cause, as simulated from this one, less than 1 in'
run scope "$work/fleet.csv" --bootstrap 19 --format json
expect_out '"accident":'
run scope "$work/fleet.csv" --bootstrap 3
expect_code 2

printf '%s\n%s\n' "$work/fleet.csv" "$work/missing.csv" >"$work/list.txt"
run scope --batch "$work/list.txt"
expect_code 1
expect_out '{"case":"fleet","scope":"localised"'
expect_out '"seconds":'
expect_err 'missing.csv'

# Everybody: a tenth of the losses before.
awk -F, 'NR == 1 { print; next } { printf "%s,%s,%s,38.5,%d\n", $1, $2, $3, (NR % 3 == 0) }' \
  "$work/fleet.csv" >"$work/all.csv"
echo '{"history_events": 130, "history_hours": 154000}' >"$work/all.meta.json"
run scope "$work/all.csv" --meta "$work/all.meta.json" --format json
expect_code 0
expect_out '"scope":"global","causes":[]'
run scope "$work/all.csv"
expect_code 0
expect_out 'no place stands out'

printf 'user,exposure_h,disconnects\nu1,10,25\n' >"$work/one.csv"
run scope "$work/one.csv"
expect_code 0
expect_out 'no other clients to compare with'

# The test to make on a second computer; and what one that was watched already says.
expect_out 'let user u1 work on a second computer in the same place for 2 hours'
awk 'BEGIN {
  print "user,computer,office,exposure_h,disconnects"
  for (i = 0; i < 200; i++) printf "u%d,PC%d,O%d,80,%d\n", i, i, i % 7, i % 20 == 0
  print "anna,PC900,O1,80,25"
  print "anna,PC901,O2,40,0"
}' >"$work/anna.csv"
run scope "$work/anna.csv"
expect_code 0
expect_out 'On 1 other computer user anna has 0 losses in 40 hours.'
expect_out 'It stays with computer PC900'
sed 's/^anna,PC901,O2,40,0/anna,PC901,O2,40,12/' "$work/anna.csv" >"$work/anna2.csv"
run scope "$work/anna2.csv"
expect_out 'It goes with user anna'

printf 'user,exposure_h,disconnects\nu1,10,0\nu2,10,0\n' >"$work/quiet.csv"
run scope "$work/quiet.csv" --format json
expect_code 0
expect_out '"scope":"none"'

printf 'user,exposure_h,disconnects\nu1,-10,0\n' >"$work/bad.csv"
run scope "$work/bad.csv"
expect_code 3
expect_no_out
expect_err 'line 2: exposure_h is -10'
printf 'user,exposure_h,disconnects\nu1,0,3\n' >"$work/zero.csv"
run scope "$work/zero.csv"
expect_code 3
expect_err 'line 2: 3 disconnects in 0 hours'
printf 'user,office,Office,exposure_h,disconnects\nu1,a,b,10,3\n' >"$work/twice.csv"
run scope "$work/twice.csv"
expect_code 3
expect_err 'there are two columns "Office"'
run scope "$work/missing.csv"
expect_code 3
expect_err 'missing.csv'
printf '%s\n%s\n' "$work/bad.csv" "$work/missing.csv" >"$work/none.txt"
run scope --batch "$work/none.txt"
expect_code 3

awk 'BEGIN { for (i = 0; i < 10000; i++) printf "c%d,", i; print "exposure_h,disconnects"
  for (i = 0; i < 10000; i++) printf "x,"; print "1,0" }' >"$work/wide.csv"
run scope "$work/wide.csv"
expect_code 3
expect_err 'columns'

run scope "$work/fleet.csv" --hierarchy office
expect_code 2
expect_err 'region>office>subnet'
run scope
expect_code 2
