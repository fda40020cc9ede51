# Options may stand before and behind paths, as --name value and --name=value; a folder may be called
# like a command; "--" ends the options.
. "$(dirname "$0")/lib.sh"

mkdir "$work/events" && cd "$work" || exit 1
run diagnose events
expect_code 3
expect_err "no event log in events"

run diagnose --format=json events
expect_code 3
expect_out '"nothing-usable"'

run diagnose events --quiet --format json
expect_out '"nothing-usable"'

run evtx info -- --report
expect_code 3
expect_err "--report"
