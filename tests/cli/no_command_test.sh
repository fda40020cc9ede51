# Without a command the help goes to standard error, and that is a mistake of use.
. "$(dirname "$0")/lib.sh"

run
expect_code 2
expect_no_out
expect_err "Usage: dropscope"

run evtx
expect_code 2
expect_err "dump, info"
