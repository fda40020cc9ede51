# Lines of losses in, lines of answers out: the contract, bad lines, and the number of threads.
. "$(dirname "$0")/lib.sh"

# An idle timer of an hour: eight uptimes of 3,600 s, three that work delayed.
awk 'BEGIN {
  printf "{\"id\":\"idle\",\"tz\":\"Europe/Berlin\",\"events\":["
  t = 1700000000
  split("3600 3600 4313 3600 3600 5121 3600 3600 3600 3999 3600", life, " ")
  for (i = 1; i <= 11; ++i) {
    t += life[i]
    printf "%s{\"lost\":%d,\"restored\":%d}", (i > 1 ? "," : ""), t, t + 20
    t += 20
  }
  print "]}"
}' >"$work/idle.jsonl"
run rhythm "$work/idle.jsonl"
expect_code 0
expect_no_err
expect_out '"id":"idle","class":"idle","interval_s":3'
expect_out 'unused for 1 h'

cat >"$work/bad.jsonl" <<'LINES'
{"id":"one","tz":"UTC","events":[{"lost":5,"restored":null}]}
{"id":"nan","tz":"UTC","events":[{"lost":NaN}]}

{"id":"zone","tz":"Europe/Berlim","events":[]}
{"id":"negative","events":[{"lost":-1}]}
{"id":"back","events":[{"lost":9,"restored":4}]}
{"id":"fleet","clients":[{"client":"a","tz":"UTC","events":[]}]}
LINES
run rhythm "$work/bad.jsonl"
expect_code 1
expect_out '"id":"one","class":"not-enough","interval_s":null'
expect_out '"id":"fleet","class":"not-enough"'
expect_out '"id":"back","class":"not-enough"'
refuse_out '"id":"nan"'
expect_err 'bad.jsonl:2: no whole JSON object (NaN and Infinity are not JSON); expected a client, {"id","tz","events"'
expect_err 'bad.jsonl:4: unknown time zone "Europe/Berlim"; did you mean "Europe/Berlin"?'
expect_err 'bad.jsonl:5: "lost" of event 1 is -1'
expect_err 'bad.jsonl:6: 1 "restored" before "lost"'

# A file of another kind: every line is wrong.
seq 60 | sed 's/^/line /' >"$work/text.txt"
run rhythm "$work/text.txt"
expect_code 3
expect_err 'text.txt:20: no whole JSON object'
refuse_err 'text.txt:21:'
expect_err '40 more lines with the same problem, the last in line 60: no whole JSON object'

for i in 1 2 3 4 5 6 7 8; do sed "s/\"idle\"/\"idle$i\"/" "$work/idle.jsonl"; done >"$work/many.jsonl"
run rhythm "$work/many.jsonl" --threads 1
cp "$work/out" "$work/one"
run rhythm "$work/many.jsonl" --threads 7
cmp -s "$work/one" "$work/out" || fail "the number of threads changes the answer"
"$DROPSCOPE" rhythm - <"$work/many.jsonl" >"$work/piped" || fail "standard input is not read"
cmp -s "$work/one" "$work/piped" || fail "standard input gives another answer"

if command -v python3 >/dev/null; then
  head -n 1 "$work/one" >"$work/line"
  python3 "$here/validate_json.py" "$source_dir/docs/schemas/rhythm.schema.json" "$work/line" >"$work/problems"
  case $? in
    0 | 77) ;;
    *) fail "the JSON does not follow its schema: $(cat "$work/problems")" ;;
  esac
fi

run rhythm "$work/nothing-here.jsonl"
expect_code 1
expect_err "there is no such file"
