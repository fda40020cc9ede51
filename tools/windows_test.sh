#!/usr/bin/env bash
# Builds the Windows program and runs the tests under Wine: one prefix in a temporary folder and one
# server that stays up between tests (without it each test pays 3 s for starting Wine).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
cmake --preset windows --log-level=WARNING
cmake --build --preset windows -j "$(nproc)"

server=/usr/lib/wine/wineserver64
WINEPREFIX=$(mktemp -d)
export WINEPREFIX WINEDEBUG=-all WINEARCH=win64
# Without these two Wine asks for its browser and its .NET at the first start.
export WINEDLLOVERRIDES="mscoree=;mshtml="
unset DISPLAY
finish() {
  "$server" -k 2>/dev/null || true
  "$server" -w 2>/dev/null || true
  rm -rf "$WINEPREFIX"
}
trap finish EXIT
"$server" -p120
# Also starts Wine's own services here: started by the first test they would keep its output open, and
# ctest would wait for them.
/usr/lib/wine/wine64 wineboot -i >/dev/null 2>&1
ctest --preset windows
