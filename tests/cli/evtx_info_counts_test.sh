# `evtx info` counts the records that the corpus' own table names.
. "$(dirname "$0")/lib.sh"
need_corpus evtx

count=0
while IFS='|' read -r _ name _ _ records _; do
  name=${name//[\`\ ]/}
  records=${records// /}
  log=$(find "$corpus/evtx" -name "$name" | head -n 1)
  [ -n "$log" ] || fail "$name is not there"
  run evtx info "$log"
  [ "$code" = 0 ] || [ "$code" = 1 ] || fail "$name: exit code $code"
  found=$(sed -n 's/^  records  *\([0-9]*\).*/\1/p' "$work/out")
  [ "$found" = "$records" ] || fail "$name: expected $records records, found $found"
  count=$((count + 1))
done < <(grep -E '^\| `[^`]*\.evtx` \| [0-9]' "$corpus/README.md")
[ "$count" -ge 20 ] || fail "only $count lines of the table were understood"
