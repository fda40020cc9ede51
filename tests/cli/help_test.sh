# Every command explains itself, with an example, in 80 columns of ASCII.
. "$(dirname "$0")/lib.sh"

commands=("" diagnose verify events evtx "evtx dump" "evtx info" simulate init completion man)
for command in "${commands[@]}"; do
  # shellcheck disable=SC2086
  run $command --help
  expect_code 0
  expect_no_err
  expect_out "Usage: dropscope${command:+ $command}"
  expect_out "Options:"
  long=$(LC_ALL=C awk 'length > 80' "$work/out")
  [ -z "$long" ] || fail "\"$command --help\" has a line over 80 columns: $long"
  ! LC_ALL=C grep -q '[^ -~]' "$work/out" || fail "\"$command --help\" is not ASCII"
  [ "$command" = evtx ] || expect_out "Examples:"
done

# Nothing is declared and not explained.
run --help
for command in diagnose verify events evtx simulate init completion man; do expect_out "  $command "; done
