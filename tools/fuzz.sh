#!/usr/bin/env bash
# Runs every fuzz target of a build for $FUZZ_SECONDS seconds (60), one on each processor but no more than
# four at a time, and fails when one stops on an input. Inputs that stop a target and the logs are in BUILD/fuzz/results.
#
# usage: tools/fuzz.sh [BUILD]      BUILD defaults to build/asan-ubsan
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=${1:-build/asan-ubsan}
export FUZZ_SECONDS=${FUZZ_SECONDS:-60} FUZZ_BUILD=$build
results=$build/fuzz/results
rm -rf "$results"
mkdir -p "$results"

run_one() {
  local program=$1 target
  target=$(basename "$program" _fuzzer)
  local results=$FUZZ_BUILD/fuzz/results found=$FUZZ_BUILD/found/$target
  local -a arguments=("-max_total_time=$FUZZ_SECONDS" -timeout=25 -rss_limit_mb=2560
    -print_final_stats=1 "-artifact_prefix=$results/$target-")
  [ -e "fuzz/$target.dict" ] && arguments+=("-dict=fuzz/$target.dict")
  mkdir -p "$found"
  arguments+=("$found")
  local seeds
  for seeds in "fuzz/corpus/$target" "$FUZZ_BUILD/fuzz/seeds/$target"; do
    [ -d "$seeds" ] && arguments+=("$seeds")
  done
  if "$program" "${arguments[@]}" >"$results/$target.log" 2>&1; then
    printf 'fuzz: %-10s passed, %s runs\n' "$target" \
      "$(sed -n 's/^stat::number_of_executed_units: *//p' "$results/$target.log")"
  else
    printf 'fuzz: %-10s FAILED: %s\n' "$target" \
      "$(grep -m1 -E 'internal error|ERROR:|runtime error' "$results/$target.log")"
    printf 'The end of %s:\n' "$results/$target.log"
    tail -n 40 "$results/$target.log"
    return 1
  fi
}
export -f run_one

targets=("$build"/fuzz/*_fuzzer)
[ -e "${targets[0]}" ] || { echo "fuzz: no targets in $build/fuzz; build them with: cmake --preset asan-ubsan && cmake --build --preset fuzz" >&2; exit 1; }
printf '%s\0' "${targets[@]}" | xargs -0 -P "$(($(nproc) < 4 ? $(nproc) : 4))" -I{} bash -c 'run_one "$1"' _ {}
