# The report in German, and what happens with a language that nobody has worded.
. "$(dirname "$0")/lib.sh"
cd "$work" || exit 1

simulated idle-60min
run diagnose idle-60min/evidence --report bericht.html --language de --json german.json --quiet
expect_code 0
grep -q '<html lang="de">' bericht.html || fail "the page does not say that it is German"
grep -q 'Was als Nächstes zu tun ist' bericht.html || fail "the page is not German"
# Other outputs do not depend on the language somebody reads.
run diagnose idle-60min/evidence --report report.html --json english.json --quiet
expect_code 0
grep -q '<html lang="en">' report.html || fail "the page does not say that it is English"
sed 's/"command_line":.*//' german.json >a
sed 's/"command_line":.*//' english.json >b
cmp -s a b || fail "the JSON result depends on the language of the report"
# The same page again.
cp bericht.html first.html
run diagnose idle-60min/evidence --report bericht.html --language de --json german.json --quiet
cmp -s bericht.html first.html || fail "two runs differ"

run diagnose idle-60min/evidence --report report.html --language xx
expect_code 2
expect_err 'reports are not worded in "xx"; there are: en, de'
