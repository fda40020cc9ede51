# Completion scripts: valid for their shell, and bash's really completes.
. "$(dirname "$0")/lib.sh"

for shell in bash zsh fish; do
  run completion "$shell"
  expect_code 0
  expect_no_err
  expect_out "fail-on"
  cp "$work/out" "$work/completion.$shell"
  case $shell in
    bash) bash -n "$work/completion.bash" || fail "bash does not accept it" ;;
    zsh) ! command -v zsh >/dev/null || zsh -n "$work/completion.zsh" || fail "zsh does not accept it" ;;
    fish) ! command -v fish >/dev/null || fish -n "$work/completion.fish" || fail "fish does not accept it" ;;
  esac
done

# complete WORDS...: what bash offers for the last word.
complete_words() {
  bash -c '
    . "$1"; shift
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
    _dropscope
    printf "%s\n" "${COMPREPLY[@]}"' bash "$work/completion.bash" "$@"
}
offers() {
  local expected=$1
  shift
  complete_words "$@" | grep -qxF -- "$expected" || fail "\"$*\" does not offer $expected"
}
offers diagnose dropscope dia
offers dump dropscope evtx d
offers --report dropscope diagnose --re
offers json dropscope diagnose --format j
offers json dropscope diagnose --format = j
offers Europe/Berlin dropscope events x.evtx --tz Europe/Ber
offers any-disconnect,idle-timer dropscope diagnose --fail-on any-disconnect,idle
[ -z "$(complete_words dropscope diagnose xyz | tr -d '\n')" ] || fail "a path is not left to bash"

if command -v fish >/dev/null; then
  fish -c "source '$work/completion.fish'; complete -C 'dropscope diagnose --format j'" |
    grep -q '^json' || fail "fish does not offer json"
  fish -c "source '$work/completion.fish'; complete -C 'dropscope evtx d'" |
    grep -q '^dump' || fail "fish does not offer dump"
fi
