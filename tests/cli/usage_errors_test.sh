# Mistakes on the command line: exit code 2, what was typed, and what was meant.
. "$(dirname "$0")/lib.sh"

wrong() {
  local expected=$1
  shift
  run "$@"
  expect_code 2
  expect_no_out
  expect_err "$expected"
}

wrong 'unknown command "diagnos"; did you mean "diagnose"?' diagnos x.evtx
wrong 'unknown command "frobnicate"; there are diagnose' frobnicate
wrong 'unknown command "dmup"; did you mean "dump"?' evtx dmup x.evtx
wrong 'unknown option "--fromat"; did you mean "--format"?' diagnose --fromat json x.evtx
wrong 'unknown option "--reprot"; did you mean "--report"?' diagnose x.evtx --reprot=r.html
wrong 'unknown option "--out"; did you mean "--output"?' simulate x.toml --out y
wrong 'unknown option "--verison"; did you mean "--version"?' --verison
wrong 'PATH is required' diagnose
wrong '--tz: a value is missing' diagnose x --tz
wrong '"josn" is not one of terminal, json, html, markdown, csv; did you mean "json"?' diagnose --format josn x
wrong 'no time zone "Europe/Berlni"; did you mean "Europe/Berlin"' diagnose --tz Europe/Berlni x
wrong '"mapi-htpp" is no protocol' diagnose --protocol mapi-htpp x
wrong 'did you mean "mapi-http"?' diagnose --protocol mapi-htpp x
wrong '"idle" is not one of any-disconnect' diagnose --fail-on any-disconnect,idle x
wrong 'from 40 to 1000, found "wide"' diagnose --width wide x
wrong 'from 1 to 1024, found "0"' diagnose --threads 0 x
wrong 'from 0 to 65535, found "70000"' events --id 70000 x
wrong '"warn" is no level' events --level warn x
wrong '"yesterday" is no date' events --from yesterday x
wrong '--from 2024-05-14 is after --to 2024-05-13' events --from 2024-05-14 --to 2024-05-13 x
wrong 'there is no profile "outlok"; there are: outlook' diagnose --profile outlok x
wrong 'two results would go to standard output' diagnose --json - x
wrong 'two results would go to' diagnose --json r --report r x
wrong '"surplus" was not expected here' evtx dump x.evtx surplus
wrong 'there is no command "diagnos"; did you mean "diagnose"?' man diagnos
wrong '"tcsh" is not one of bash, zsh, fish' completion tcsh
