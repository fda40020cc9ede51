# Did a change help: one that did, in one office; one that did not; mistakes in the question.
. "$(dirname "$0")/lib.sh"

# The firewall of Berlin is set right on the eighth day; Kassel never had the trouble.
sed -e "s/^computers = 30/computers = 10/" -e 's/^name = "Berlin firewall"/&\nend = "2025-09-10 12:00"/' "$scenarios/fleet-mixed.toml" >"$work/fixed.toml"
run simulate "$work/fixed.toml" --output "$work/fixed" --quiet
expect_code 0
evidence=$work/fixed/evidence

run verify "$evidence" --change "2025-09-10 12:00" --tz Europe/Berlin --where office=berlin --quiet
expect_code 0
expect_out 'It helped'
expect_out 'Before 2025-09-10 12:00 (Europe/Berlin)'
expect_out 'connections were 1 h old'
expect_out 'compared with the other computers'
expect_out 'The time given lies in it.'

run verify "$evidence" --change 2025-09-04T10:00Z --where office=Kassel --quiet
expect_code 0
refuse_out 'It helped'

# Too early after the change: how long to wait.
run verify "$evidence" --change "2025-09-12 12:00" --tz Europe/Berlin --where computer=NBBER001 --quiet
expect_code 0
expect_out 'It cannot be told yet.'
expect_out 'if no loss comes any more'

run verify "$evidence" --change "2030-01-01" --quiet
expect_code 0
expect_out 'Nothing was watched after the change yet'

# Without a time: since when.
run verify "$evidence" --where office=Berlin --quiet
expect_code 0
expect_out 'The rate of losses changed once.'
expect_out 'the rate fell between 2025-09-'

if command -v python3 >/dev/null; then
  for change in "--change 2025-09-10T10:00:00Z --where office=Berlin" "--change 2030-01-01" \
    "--change 2025-09-12T10:00:00Z --where computer=NBBER001" ""; do
    # shellcheck disable=SC2086
    run verify "$evidence" $change --format json --quiet
    expect_code 0
    python3 "$here/validate_json.py" "$source_dir/docs/schemas/verify.schema.json" "$work/out" >"$work/problems"
    case $? in
      0 | 77) ;;
      *) fail "the JSON does not follow its schema: $(cat "$work/problems")" ;;
    esac
  done
fi

run verify "$evidence" --where office=Bonn --quiet
expect_code 2
expect_err 'there are: Berlin, Kassel'
run verify "$evidence" --where floor=1 --quiet
expect_code 2
expect_err 'no computer has an attribute "floor"'
run verify "$evidence" --where office
expect_code 2
expect_err 'expected attribute=value'
run verify "$evidence" --change yesterday
expect_code 2
expect_err 'is no date'
run verify "$work/fixed.toml" --quiet
expect_code 3
run verify "$work/missing" --change 2025-09-10
expect_code 3
