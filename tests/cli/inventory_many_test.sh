# A folder with many files that are no evidence: each reason stands once, with some of the files, and all of
# them where they are asked for.
. "$(dirname "$0")/lib.sh"

mkdir -p "$work/share/notes"
for i in 01 02 03 04 05 06 07 08 09 10 11 12; do
  echo "Called Mrs. Weber, will try again." >"$work/share/notes/note$i.txt"
done
: >"$work/share/empty1.log"
: >"$work/share/empty2.log"
printf 'ElfFile\0short' >"$work/share/cut.evtx"

cd "$work" || fail "no folder"
run inventory share --quiet
expect_out '12 files: not evidence of a kind that is read'
expect_out 'share/notes/note10.txt'
expect_out 'and 2 more (--files lists each)'
expect_out '2 files: the file is empty'
expect_out 'share/cut.evtx: '
if grep -q 'note11' "$work/out"; then fail "more files are listed than are read by anybody"; fi
[ "$(grep -c 'not evidence of a kind' "$work/out")" -eq 1 ] || fail "the reason stands more than once"
# What could not be read comes before what is no evidence.
[ "$(grep -n 'cut.evtx' "$work/out" | cut -d: -f1)" -lt "$(grep -n 'not evidence' "$work/out" | cut -d: -f1)" ] ||
  fail "files that are broken stand behind files that are none"
run inventory share --quiet --all
expect_out 'note11'
run inventory share --quiet --files
expect_out 'note11'
