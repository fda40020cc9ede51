# A file without read permission is told as such, and does not stop the run.
. "$(dirname "$0")/lib.sh"

simulated healthy
log=$(logs_of healthy Application.evtx | head -n 1)
cp "$log" "$work/good.evtx"
cp "$log" "$work/secret.evtx"
chmod 000 "$work/secret.evtx"
chmod 755 "$work"
if [ "$(id -u)" = 0 ]; then
  # The superuser may read everything, so the program runs as another user.
  need setpriv
  as_other() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
  as_other "$DROPSCOPE" --version >/dev/null 2>&1 || skip "the program is not there for other users"
else
  as_other() { "$@"; }
fi
as_other "$DROPSCOPE" diagnose "$work/good.evtx" "$work/secret.evtx" >"$work/out" 2>"$work/err"
code=$?
expect_code 1
expect_err "secret.evtx: "
expect_err "not allowed"
refuse_err "good.evtx"
[ -s "$work/out" ] || fail "the good log was not judged"

as_other "$DROPSCOPE" diagnose "$work/secret.evtx" >"$work/out" 2>"$work/err"
code=$?
expect_code 3
