# What every test of the program shares; sourced, not run.
#
# A test is one behaviour: it runs $DROPSCOPE, the real program, and looks at exit code, standard
# output and standard error. ctest sets DROPSCOPE, DROPSCOPE_SOURCE_DIR and DROPSCOPE_CORPUS_DIR; by
# hand: DROPSCOPE=build/dev/apps/cli/dropscope bash tests/cli/help_test.sh
set -u

: "${DROPSCOPE:?set DROPSCOPE to the path of the program}"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source_dir=${DROPSCOPE_SOURCE_DIR:-$(cd "$here/../.." && pwd)}
corpus=${DROPSCOPE_CORPUS_DIR:-$source_dir/../shared/corpus}
scenarios=$source_dir/tests/scenarios

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  printf 'FAIL: %s\n' "$*" >&2
  if [ -e "$work/out" ]; then
    printf -- '--- exit code %s, standard output:\n' "${code:-?}" >&2
    head -n 40 "$work/out" >&2
    printf -- '--- standard error:\n' >&2
    head -n 40 "$work/err" >&2
  fi
  exit 1
}

skip() {
  printf 'skipped: %s\n' "$*"
  exit 77
}

# run ARGUMENTS...: the program's exit code in $code, its output in $work/out and $work/err.
run() {
  "$DROPSCOPE" "$@" >"$work/out" 2>"$work/err" </dev/null
  code=$?
}

expect_code() { [ "$code" = "$1" ] || fail "expected exit code $1, found $code"; }
expect_out() { grep -qF -- "$1" "$work/out" || fail "expected on standard output: $1"; }
expect_err() { grep -qF -- "$1" "$work/err" || fail "expected on standard error: $1"; }
refuse_out() { ! grep -qF -- "$1" "$work/out" || fail "not expected on standard output: $1"; }
refuse_err() { ! grep -qF -- "$1" "$work/err" || fail "not expected on standard error: $1"; }
expect_no_out() { [ ! -s "$work/out" ] || fail "expected nothing on standard output"; }
expect_no_err() { [ ! -s "$work/err" ] || fail "expected nothing on standard error"; }

need() {
  for tool in "$@"; do
    command -v "$tool" >/dev/null || skip "$tool is not installed"
  done
}

need_corpus() {
  [ -d "$corpus/$1" ] || skip "no corpus: there is no folder $1 in $corpus"
}

# simulated NAME: makes tests/scenarios/NAME.toml in $work/NAME, once.
simulated() {
  [ -d "$work/$1" ] && return
  run simulate "$scenarios/$1.toml" --output "$work/$1" --quiet
  expect_code 0
}

# logs_of NAME: the event logs of a simulated scenario, one a line.
logs_of() { find "$work/$1/evidence" -name "${2:-*.evtx}" | sort; }

# in_terminal COLUMNS ARGUMENTS...: runs the program in a terminal of that width; what it would show
# is in $work/out.
in_terminal() {
  local columns=$1
  shift
  python3 -c 'import os; os.openpty()' 2>/dev/null || skip "the system gives no terminal (/dev/pts)"
  python3 "$here/in_terminal.py" "$columns" "$DROPSCOPE" "$@" >"$work/out" 2>"$work/err" </dev/null
  code=$?
}
