# Screen shots of the Connection Status window: samples, Microsoft's own pictures where they are, and windows
# that Chromium draws now, are read cell by cell; what shows something else is named.
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || skip "there is no python3"
samples=$source_dir/tests/corpus/picture

run inventory "$samples/outlook2010_96.png" --files --quiet
if grep -q Tesseract "$work/out"; then skip "Tesseract is not installed"; fi

compare() {
  "$DROPSCOPE" inventory "$1" --format json --quiet >"$work/inventory.json" 2>"$work/err" </dev/null
  python3 "$here/compare_pictures.py" "$work/inventory.json" "$1" || fail "pictures of $1 are not read as they are"
}
compare "$samples"
python3 "$here/validate_json.py" "$source_dir/docs/schemas/inventory.schema.json" "$work/inventory.json" >"$work/problems"
case $? in
  0 | 77) ;;
  *) fail "the JSON does not follow its schema: $(cat "$work/problems")" ;;
esac

# Protocol, mode and adapter follow as from text, and the report shows each cell's picture.
expect_code 0
expect_out 'row 3: CID 18 ('
expect_out 'Sess Type Cache ('
run diagnose "$samples/outlook2010_96.png" --report "$work/report.html" --format json --quiet
grep -q '"protocol": *"RPC/HTTP"' "$work/out" || fail "no protocol from the picture"
[ "$(grep -o '<img src="data:image/png;base64,' "$work/report.html" | wc -l)" -ge 40 ] || fail "cells without pictures"

# The same picture gives the same bytes, read alone or beside others.
run inventory "$samples" --format json --quiet --threads 1
cp "$work/out" "$work/once"
run inventory "$samples" --format json --quiet --threads 4
cmp -s "$work/out" "$work/once" || fail "the number of threads changes what is read"

if [ -d "$corpus/evidence/screenshot" ]; then
  run inventory "$corpus/evidence/screenshot" --files --quiet
  expect_out "status bar (\"Disconnected\")"
  expect_out "menu of Outlook's icon"
  expect_out 'Conn HTTPS ('
  expect_out 'Status Disconnected ('
fi

# A picture that claims more than it may is refused, one that is cut off is said to be.
printf '\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\1\0\0\0\1\0\0\x08\2\0\0\0' >"$work/bomb.png"
run inventory "$work/bomb.png" --files --quiet
expect_out '65536 x 65536 pixels'
head -c 3000 "$samples/outlook2010_96.png" >"$work/cut.png"
run inventory "$work/cut.png" --files --quiet
expect_out 'cannot be decoded'

if command -v chromium >/dev/null; then
  mkdir "$work/drawn"
  # Some of the variants; all of them: tests/cli/render_status.py FOLDER.
  python3 "$here/render_status.py" "$work/drawn" --only office365_96 outlook2003_states_144 jpeg_144 \
    >"$work/problems" 2>&1 || fail "chromium: $(cat "$work/problems")"
  compare "$work/drawn"
  mkdir "$work/dots"
  python3 "$here/render_status.py" "$work/dots" --only small_dots_96 wide_words_96 >"$work/problems" 2>&1 ||
    fail "chromium: $(cat "$work/problems")"
  compare "$work/dots"
fi
