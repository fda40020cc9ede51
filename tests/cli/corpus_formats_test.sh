# What `evtx dump` writes for every log of the corpus is taken by programs that others wrote: libxml2 parses
# the XML, jq every JSON line, and both count as many events.
. "$(dirname "$0")/lib.sh"
need xmllint jq
need_corpus evtx

# dumped FORMAT LOG: into $work/FORMAT; its exit code in $code.
dumped() {
  "$DROPSCOPE" evtx dump --format "$1" "$2" >"$work/$1" 2>"$work/err" </dev/null
  code=$?
  ln -f "$work/$1" "$work/out"  # For fail().
}

# The codes of damaged logs; what is no log at all ends with 3 and without output.
codes_of_a_log() { [ "$code" = 0 ] || [ "$code" = 1 ] || fail "$1: exit code $code"; }

logs=0 events=0
while read -r log; do
  dumped xml "$log"
  if [ "$code" = 3 ]; then
    [ "$(head -c 7 "$log")" != ElfFile ] || fail "$log: exit code 3, but it is a log"
    continue
  fi
  codes_of_a_log "$log"
  xml_code=$code
  # One call tells whether it parses, and how many events there are.
  in_xml=$(xmllint --huge --xpath "count(/*[local-name()='Events']/*[local-name()='Event'])" "$work/xml" \
    2>"$work/err") || fail "$log: xmllint refuses the XML"
  dumped jsonl "$log"
  codes_of_a_log "$log"
  [ "$code" = "$xml_code" ] || fail "$log: exit code $xml_code with XML, $code with JSON lines"
  # jq reads values, not lines: as many lines as values means that each line is one.
  counts=$(jq -rn 'reduce inputs as $row ([0, 0];
    if ($row | type) != "object" then error("no object") else .[0] += 1 end
    | if $row.problem then . else .[1] += 1 end) | join(" ")' "$work/jsonl" 2>"$work/err") ||
    fail "$log: jq refuses the JSON lines"
  [ "${counts% *}" = "$(wc -l <"$work/jsonl")" ] || fail "$log: a line is not one object"
  [ "${counts#* }" = "$in_xml" ] || fail "$log: $in_xml events in XML, ${counts#* } in JSON lines"
  logs=$((logs + 1)) events=$((events + in_xml))
done < <(find "$corpus/evtx" -name '*.evtx' | sort)
[ "$logs" -ge 20 ] && [ "$events" -ge 15000 ] || fail "only $logs logs with $events events were read"
echo "$logs logs with $events events"
