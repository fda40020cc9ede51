# One sample of each format in tests/corpus: what is understood of it stands in understood.txt. After a
# change that is meant, DROPSCOPE_UPDATE_GOLDEN=1 writes the file anew; read the difference.
. "$(dirname "$0")/lib.sh"

golden=$source_dir/tests/corpus/understood.txt
for folder in balancer capture client export firewall log probe server site watch; do
  cp -r "$source_dir/tests/corpus/$folder" "$work/$folder" || fail "no samples in $folder"
done
# A syslog line has no year; the time of the file tells it.
find "$work" -type f ! -name out ! -name err -exec touch -d 2026-05-14T00:00:00Z {} +

cd "$work" || fail "no folder"
run inventory --files --quiet --width 100 balancer capture client export firewall log probe server site watch
expect_code 1  # One line in haproxy_tcp.log is cut.
if [ -n "${DROPSCOPE_UPDATE_GOLDEN:-}" ]; then
  cp "$work/out" "$golden"
fi
diff -u "$golden" "$work/out" >"$work/difference" || fail "$(cat "$work/difference")"
for folder in balancer capture client export firewall log probe server site watch; do
  find "$folder" -type f | while read -r file; do
    grep -q "^$file" "$work/out" || { echo "$file" >"$work/missing"; }
  done
done
[ ! -e "$work/missing" ] || fail "not listed: $(cat "$work/missing")"
if grep -E 'not evidence of a kind' "$work/out" >/dev/null; then fail "a sample is not recognised"; fi
