#!/usr/bin/env bash
# Installs the build into an empty folder, builds every program in examples/ against it through
# find_package, and read_log again through pkg-config. Then each runs, and what it says is held against
# the installed program or against what is known of its input.
# usage: install_and_example.sh BUILD SOURCE COMPILER
set -euo pipefail
build=$1 source=$2 compiler=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  printf 'FAIL: %s\n' "$*" >&2
  exit 1
}
# expect CODE COMMAND...: standard output goes to $work/out, standard error to $work/err.
expect() {
  local wanted=$1 code=0
  shift
  "$@" >"$work/out" 2>"$work/err" || code=$?
  [ "$code" = "$wanted" ] || fail "$* gave $code, expected $wanted: $(head -c 500 "$work/err")"
}
same() { cmp "$1" "$2" || fail "$3: $(diff "$1" "$2" | head -n 10)"; }

cmake --install "$build" --prefix "$work/prefix" >"$work/install.log" || { cat "$work/install.log"; exit 1; }
dropscope=$work/prefix/bin/dropscope
[ -x "$dropscope" ] || fail "no program was installed"
"$dropscope" --version

# One project of all the examples, so that they are configured once and built side by side.
mkdir "$work/all"
{
  echo 'cmake_minimum_required(VERSION 3.25)'
  echo 'project(all_examples LANGUAGES C CXX)'
  for project in "$source"/examples/*/CMakeLists.txt; do
    folder=$(dirname "$project")
    echo "add_subdirectory(\"$folder\" $(basename "$folder"))"
  done
} >"$work/all/CMakeLists.txt"
cmake -S "$work/all" -B "$work/cmake" -G Ninja "-DCMAKE_CXX_COMPILER=$compiler" \
  "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Wconversion -Werror" \
  "-DCMAKE_PREFIX_PATH=$work/prefix" >"$work/cmake.log" 2>&1 || { cat "$work/cmake.log"; exit 1; }
cmake --build "$work/cmake" >"$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }
example() { printf '%s/cmake/%s/%s' "$work" "$1" "$1"; }

# pkg-config is told the new prefix; the file names the one that was configured.
packages=$(dirname "$(find "$work/prefix" -name dropscope.pc)")
read -r -a flags <<<"$(PKG_CONFIG_PATH=$packages pkg-config --define-variable=prefix="$work/prefix" \
  --cflags --libs dropscope)"
"$compiler" -std=c++20 "$source/examples/read_log/main.cc" -o "$work/read_log" "${flags[@]}"

evidence=$source/examples/idle-60min/evidence
log=$evidence/PC01/Application.evtx
[ -e "$log" ] || fail "the example evidence $log is missing"

# read_log: both builds say the same, and there are losses.
"$(example read_log)" "$evidence" >"$work/by_cmake.txt"
"$work/read_log" "$evidence" >"$work/by_pkg_config.txt"
same "$work/by_cmake.txt" "$work/by_pkg_config.txt" "the build by pkg-config says something else"
grep -q 'event 26  lost' "$work/by_cmake.txt" || fail "read_log listed no loss"

# write_log: a log that is sound and holds what was put in; a path that cannot be written.
expect 0 "$(example write_log)" "$work/written.evtx"
expect 0 "$dropscope" evtx verify "$work/written.evtx"
expect 0 "$dropscope" evtx dump --format jsonl "$work/written.evtx"
cp "$work/out" "$work/written.jsonl"
for part in '"record_id":1001,' '"value":"Connection to Microsoft Exchange has been lost."' \
  '{"name":"Attempts","value":3}' '{"name":"LastReply","value":"2025-09-01T17:02:03.0000000Z"}'; do
  grep -qF -- "$part" "$work/written.jsonl" || fail "write_log wrote no $part"
done
expect 1 "$(example write_log)" "$work/no_such_folder/written.evtx"

# filter_log: time and id of what the program finds; its exit codes.
expect 0 "$(example filter_log)" "$work/written.evtx" 'out*' 26
printf '2025-09-01T17:02:03.0000000Z  record 1001\n' >"$work/expected"
same "$work/expected" "$work/out" "filter_log on the written log"
expect 0 "$(example filter_log)" "$log" Outlook 26
cp "$work/out" "$work/filtered"
expect 0 "$dropscope" evtx dump --format jsonl --provider Outlook --id 26 "$log"
sed -E 's/.*"record_id":([0-9]+),"time":"([^"]+)".*/\2  record \1/' "$work/out" >"$work/expected"
[ -s "$work/expected" ] || fail "the example log has no event 26"
same "$work/expected" "$work/filtered" "filter_log and evtx dump"
head -c 50000 "$log" >"$work/cut.evtx"
expect 1 "$(example filter_log)" "$work/cut.evtx" Outlook 26
grep -q 'offset' "$work/err" || fail "filter_log does not tell the damage"
expect 2 "$(example filter_log)" "$log" Outlook many
expect 3 "$(example filter_log)" "$source/README.md" Outlook
expect 3 "$(example filter_log)" "$work/missing.evtx" Outlook

# typed_values: what write_log put in, by type; and no event is missed in the example.
expect 0 "$(example typed_values)" "$work/written.evtx"
cat >"$work/expected" <<'TEXT'
{00000000-0000-0000-0000-000000000000}  id 26  events 1  errors 0  numbers 0 (sum 0)  texts 1  other 0  over 0 s
{0ead09bd-2157-539a-8d6d-c87f95b64d70}  id 100  events 1  errors 1  numbers 1 (sum 3)  texts 1  other 1  over 0 s
TEXT
same "$work/expected" "$work/out" "typed_values on the written log"
expect 0 "$(example typed_values)" "$log"
counted=$(sed -E 's|.*  events ([0-9]+)  .*|\1|' "$work/out" | awk '{ n += $1 } END { print n }')
expect 0 "$dropscope" evtx dump --format jsonl "$log"
cp "$work/out" "$work/all.jsonl"
[ "$counted" = "$(wc -l <"$work/all.jsonl")" ] || fail "typed_values counted $counted events"
expect 1 "$(example typed_values)" "$work/cut.evtx"

# render_log, and render_parallel with several threads: what the program writes.
expect 0 "$(example render_log)" jsonl "$log"
same "$work/all.jsonl" "$work/out" "render_log jsonl and evtx dump"
expect 0 "$(example render_log)" xml "$log"
cp "$work/out" "$work/all.xml"
expect 0 "$dropscope" evtx dump --format xml "$log"
sed -e '1,/^<Events>$/d' -e '$d' "$work/out" >"$work/expected"
same "$work/expected" "$work/all.xml" "render_log xml and evtx dump"
for threads in 1 3; do
  expect 0 "$(example render_parallel)" "$log" "$threads"
  same "$work/all.jsonl" "$work/out" "render_parallel with $threads threads"
done
expect 1 "$(example render_parallel)" "$work/cut.evtx"
expect 1 "$(example render_log)" xml "$work/cut.evtx"
expect 2 "$(example render_log)" csv "$log"
expect 3 "$(example render_parallel)" "$source/README.md"

echo "$(wc -l <"$work/by_cmake.txt") events listed by both builds, $counted counted and rendered"
