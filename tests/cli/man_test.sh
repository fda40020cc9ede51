# The manual page: all sections, all options, nothing that roff would misread.
. "$(dirname "$0")/lib.sh"

for command in "" diagnose "evtx dump"; do
  # shellcheck disable=SC2086
  run man $command
  expect_code 0
  expect_no_err
  for section in NAME SYNOPSIS DESCRIPTION OPTIONS "EXIT STATUS" EXAMPLES ENVIRONMENT "SEE ALSO"; do
    grep -qx ".SH $section" "$work/out" || fail "no section $section"
  done
  [ "$(head -n 1 "$work/out" | cut -c 1-4)" = ".TH " ] || fail "the first line is no title"
  # Only requests that are meant begin a line.
  odd=$(grep '^[.'"'"']' "$work/out" | grep -vE '^\.(TH|SH|SS|TP|PP|RS|RE|B|BR|nf|fi|nh|ad)( |$)') || true
  [ -z "$odd" ] || fail "unexpected request: $odd"
  if command -v groff >/dev/null; then
    groff -man -Tutf8 -ww "$work/out" >"$work/page" 2>"$work/warnings"
    [ ! -s "$work/warnings" ] || fail "groff warns: $(head -n 3 "$work/warnings")"
  fi
done
run man
for option in fail\\-on recovered overwrite channel; do expect_out "\\-\\-$option"; done
