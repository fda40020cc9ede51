# Twenty cases that another program made: no wrong cause is named with 90 % or more.
. "$(dirname "$0")/lib.sh"
need python3
need_corpus cases

python3 "$source_dir/tools/verdict_cases.py" "$DROPSCOPE" "$corpus/cases" >"$work/out" 2>"$work/err" ||
  fail "a wrong cause is named with 90 % or more, or a diagnosis failed"
grep -q '^right ' "$work/out" || fail "no summary"
