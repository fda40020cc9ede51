# Logs in which no Outlook event exists were read whole: exit code 0, and the answer says so.
. "$(dirname "$0")/lib.sh"

simulated no-outlook
run diagnose "$work/no-outlook/evidence" --format json
expect_code 0
expect_out '"no-application"'

run diagnose "$work/no-outlook/evidence"
expect_code 0
expect_no_err
expect_out "Outlook"

run events "$work/no-outlook/evidence"
expect_code 0
expect_err "0 events of"
expect_err "--all shows every event"
