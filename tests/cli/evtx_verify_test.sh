# `evtx verify`: sound logs are said to be so; damage is accounted for with its offset; exit codes
# are 0, 1 and 3.
. "$(dirname "$0")/lib.sh"

simulated idle-60min
log=$(logs_of idle-60min Application.evtx | head -n 1)
run evtx verify "$log"
expect_code 0
expect_no_err
grep -Eq "^.*Application.evtx: sound, [0-9]+ records in [0-9]+ chunks?$" "$work/out" ||
  fail "a fresh log is not said to be sound"

# A record overwritten: at 0x1000 + 512 of the first chunk, two bytes of its time.
cp "$log" "$work/bad.evtx"
printf 'XX' | dd of="$work/bad.evtx" bs=1 seek=$((4096 + 512 + 16)) conv=notrunc 2>"$work/ignored"
run evtx verify "$log" "$work/bad.evtx"
expect_code 1
expect_out "bad.evtx: damaged"
expect_out "offset 0x1034: checksum of the chunk's records is wrong"
expect_out "what to do"

# A folder; the end of the file is missing; the chunk without magic.
mkdir "$work/folder"
head -c $(($(stat -c %s "$log") - 1000)) "$log" >"$work/folder/cut.evtx"
cp "$log" "$work/folder/magic.evtx"
printf 'X' | dd of="$work/folder/magic.evtx" bs=1 seek=4096 conv=notrunc 2>"$work/ignored"
run evtx verify "$work/folder"
expect_code 1
expect_out "cut.evtx: damaged"
expect_out "the file ends 1000 bytes before the end of its last chunk"
expect_out 'expected "ElfChnk" at the start of a chunk'
expect_out "evtx recover"

# Standard input and archives.
tar -C "$work" -czf "$work/logs.tgz" bad.evtx
"$DROPSCOPE" evtx verify - <"$work/logs.tgz" >"$work/out" 2>"$work/err"
code=$?
expect_code 1
expect_out "(standard input)!/bad.evtx: damaged"

printf 'no log' >"$work/text"
run evtx verify "$work/text"
expect_code 3
expect_err "text"
run evtx verify "$work/text" "$log"
expect_code 1
expect_out "sound"

run evtx verify --output "$work/account.txt" "$log"
expect_code 0
grep -q sound "$work/account.txt" || fail "nothing in the file"
