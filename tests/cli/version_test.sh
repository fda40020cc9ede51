# --version names the program, its version, and the time zone rules that are built in.
. "$(dirname "$0")/lib.sh"

run --version
expect_code 0
expect_no_err
grep -qE '^dropscope [0-9]+\.[0-9]+\.[0-9]+$' "$work/out" || fail "no version"
grep -qE '^time zone rules 20[0-9]{2}[a-z]+' "$work/out" || fail "no version of the zones"
