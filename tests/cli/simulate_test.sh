# `simulate` writes logs and the truth; the same seed gives the same bytes; a full folder is refused.
. "$(dirname "$0")/lib.sh"
cd "$work" || exit 1

run simulate "$scenarios/idle-60min.toml" --output a
expect_code 0
expect_out "a: 1 computer"
[ -e a/truth.json ] || fail "no truth.json"
[ -n "$(find a/evidence -name Application.evtx)" ] || fail "no log"

run simulate "$scenarios/idle-60min.toml" --output b --threads 1 --quiet
expect_code 0
expect_no_out
diff -r a b >/dev/null || fail "the same scenario gave other bytes"
run simulate "$scenarios/idle-60min.toml" --output c --seed 4711 --quiet
! diff -r a/evidence c/evidence >/dev/null || fail "another seed gave the same bytes"

touch a/keep
run simulate "$scenarios/idle-60min.toml" --output a
[ "$code" != 0 ] || fail "a folder that is not empty was used"
expect_err "a"

printf 'days = "many"\n' >wrong.toml
run simulate wrong.toml --output d
expect_code 2
expect_err "wrong.toml:1:"
[ ! -e d/truth.json ] || fail "a wrong scenario made a world"
