#!/usr/bin/env bash
# clang-tidy over src and apps with the compile commands of the fuzz preset, which is clang's own: GCC's
# flags would be misread. usage: tools/tidy.sh [REGEX]   REGEX selects files, default all of src and apps
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
cmake --preset fuzz --log-level=WARNING
log=build/fuzz/tidy.log
status=0
run-clang-tidy-16 -quiet -p build/fuzz -j "$(nproc)" "${1:-^$PWD/(src|apps)/}" >"$log" 2>&1 || status=$?
grep -E '(warning|error):' "$log" | sort -u || true
if [ $status -ne 0 ]; then
  echo "tidy: FAILED, see $log"
  exit 1
fi
echo "tidy: clean"
