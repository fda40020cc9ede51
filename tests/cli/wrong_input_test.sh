# Wrong input: the message says what was found and what to do, and the exit code is 3 when nothing
# else could be read.
. "$(dirname "$0")/lib.sh"
cd "$work" || exit 1

mkdir empty_folder other_files
printf 'Dear colleague, the log is attached.\n' >letter.evtx
: >nothing.evtx
printf 'hello\n' >other_files/readme.txt

wrong() {
  local expected=$1
  shift
  run "$@"
  expect_code 3
  expect_err "$expected"
}

wrong 'missing.evtx: no such file or folder' diagnose missing.evtx
wrong 'expected "ElfFile" at offset 0, found "Dear colleague' diagnose letter.evtx
wrong 'wevtutil epl' diagnose letter.evtx
wrong 'the file is empty (0 bytes)' diagnose nothing.evtx
wrong 'no event log in empty_folder: found no file at all' diagnose empty_folder
wrong 'found 1 file of other kinds only' diagnose other_files
wrong 'Application.evtx' diagnose other_files

wrong 'no such file or folder' events missing.evtx
wrong 'expected "ElfFile" at offset 0' events letter.evtx
wrong 'no event log found among 1 file of other kinds' events other_files
wrong 'no such file or folder' evtx info missing.evtx
wrong 'expected "ElfFile" at offset 0, found "Dear colleague' evtx dump letter.evtx
wrong 'the file is empty' evtx info nothing.evtx

# What is read is named as it is: not only .evtx.
run diagnose missing.evtx
expect_code 3
tr -s ' \n' ' ' <"$work/out" >"$work/one_line"
grep -q 'event logs as .evtx, as .evt and as exports (XML, JSON, CSV)' "$work/one_line" ||
  fail "the first step does not say which logs are read"
wrong 'give the Application log (.evtx) first. Also read: exports of event logs' diagnose other_files/readme.txt

# Of a run without any input there is nothing to go through step by step: the mistake is what is seen.
run diagnose missing.evtx
expect_out 'Unreadable  missing.evtx: no such file or folder'
if grep -q 'step by step' "$work/out"; then fail "the procedure stands around the one line that matters"; fi
[ "$(wc -l <"$work/out")" -le 20 ] || fail "a misspelled path fills the screen"

# On one screen the reason is said once, not by the error stream and the result both.
in_terminal 100 diagnose other_files/readme.txt
expect_out 'nothing usable'
[ "$(tr -s ' \n' ' ' <"$work/out" | grep -o 'not evidence of a kind that is read' | wc -l)" -eq 1 ] ||
  fail "the reason is said twice"

# No report of a failed run may look like one of a good run.
run diagnose missing.evtx --format json
expect_out '"nothing-usable"'
