#!/usr/bin/env bash
# Fails when a Windows program needs a DLL that is not part of every Windows. Running it under Wine
# would not show that: Wine ships a zlib1.dll of its own.
set -euo pipefail
program=$1
system='^(kernel32|msvcrt|advapi32|bcrypt|crypt32|gdi32|iphlpapi|ole32|oleaut32|psapi|rpcrt4|shell32|shlwapi|user32|userenv|version|wevtapi|winhttp|ws2_32)\.dll$'
imports=$(x86_64-w64-mingw32-objdump -p "$program" | sed -n 's/^[[:space:]]*DLL Name: //p')
[ -n "$imports" ] || { echo "no import table found in $program" >&2; exit 1; }
foreign=$(grep -viE "$system" <<<"$imports" || true)
if [ -n "$foreign" ]; then
  printf '%s imports DLLs that a fresh Windows does not have; link them statically:\n%s\n' \
    "$program" "$foreign" >&2
  exit 1
fi
echo "system DLLs only: $(tr '\n' ' ' <<<"$imports")"
