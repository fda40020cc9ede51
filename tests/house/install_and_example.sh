#!/usr/bin/env bash
# Installs the build into an empty folder, builds examples/read_log against it through find_package and
# again through pkg-config, and lets both list the Outlook events of the evidence in examples/idle-60min/evidence.
# usage: install_and_example.sh BUILD SOURCE COMPILER
set -euo pipefail
build=$1 source=$2 compiler=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake --install "$build" --prefix "$work/prefix" >"$work/install.log" || { cat "$work/install.log"; exit 1; }
[ -x "$work/prefix/bin/dropscope" ] || { echo "no program was installed"; exit 1; }
"$work/prefix/bin/dropscope" --version

cmake -S "$source/examples/read_log" -B "$work/cmake" -G Ninja "-DCMAKE_CXX_COMPILER=$compiler" \
  "-DCMAKE_PREFIX_PATH=$work/prefix" >"$work/cmake.log" 2>&1 || { cat "$work/cmake.log"; exit 1; }
cmake --build "$work/cmake"

# pkg-config is told the new prefix; the file names the one that was configured.
packages=$(dirname "$(find "$work/prefix" -name dropscope.pc)")
read -r -a flags <<<"$(PKG_CONFIG_PATH=$packages pkg-config --define-variable=prefix="$work/prefix" \
  --cflags --libs dropscope)"
"$compiler" -std=c++20 "$source/examples/read_log/main.cc" -o "$work/read_log" "${flags[@]}"

evidence=$source/examples/idle-60min/evidence
if [ ! -d "$evidence" ]; then
  echo "the example evidence $evidence is missing" >&2
  exit 1
fi
"$work/cmake/read_log" "$evidence" >"$work/by_cmake.txt"
"$work/read_log" "$evidence" >"$work/by_pkg_config.txt"
cmp "$work/by_cmake.txt" "$work/by_pkg_config.txt"
grep -q 'event 26  lost' "$work/by_cmake.txt" || { echo "no loss was listed:"; head "$work/by_cmake.txt"; exit 1; }
echo "$(wc -l <"$work/by_cmake.txt") events listed by both builds"
