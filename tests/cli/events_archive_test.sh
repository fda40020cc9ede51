# Logs inside archives are listed as the same logs outside of them.
. "$(dirname "$0")/lib.sh"
need tar

simulated idle-60min
tar -czf "$work/logs.tar.gz" -C "$work/idle-60min" evidence
run events "$work/idle-60min/evidence" --format csv --quiet
cut -d, -f1-9 "$work/out" >"$work/outside"
run events "$work/logs.tar.gz" --format csv --quiet
expect_code 0
expect_out "logs.tar.gz!/evidence/"
cut -d, -f1-9 "$work/out" >"$work/inside"
cmp "$work/outside" "$work/inside" || fail "they differ"
