#!/usr/bin/env bash
# Installs the Debian packages that a task needs and that are missing; does nothing when all are there.
#
# usage: tools/setup.sh demo|test|browser|ci|fit|windows [--list]
#   demo     what building and running the program takes
#   test     that, and what the tests take
#   fit      what fits the constants of the rhythm to simulated clients
#   browser  what opens the HTML report in Chromium
#   windows  what the MinGW build and its tests under Wine take
#   ci       everything: test, windows, fuzzers, clang-tidy, benchmarks
#   --list   print the packages instead
#
# Made for Debian 12. Runs as root, or as another user with sudo.
set -euo pipefail

demo=(
  g++ make cmake ninja-build pkg-config
  python3 tzdata                   # time zones and data files become part of the program
  libexpected-dev libfmt-dev       # base
  libgcrypt20-dev
  libdeflate-dev libarchive-dev    # formats
  libexpat1-dev
  libpng-dev libturbojpeg0-dev     # pictures
  libtesseract-dev tesseract-ocr-eng
  libtomlplusplus-dev              # evidence
  libssl-dev                       # probe
  nlohmann-json3-dev               # formats, present
  libcli11-dev                     # apps/cli
)
test=(
  "${demo[@]}"
  ccache
  libgtest-dev librapidcheck-dev
  libhowardhinnant-date-dev        # second opinion on time zones
  openssl                          # a certificate for a balancer of TLS
  tcpdump iproute2                 # captures of a test's own connections; second opinion on captures
  haproxy nginx libnginx-mod-stream  # balancers whose own logs a test reads
  nftables                         # a packet filter that forgets, before the probe
  libevtx-utils libevt-utils libhivex-bin  # second opinions on event logs and hives
  libxml2-utils jq                 # second opinions on XML and JSON lines
  zlib1g-dev                       # second opinion on checksums
  python3-jsonschema               # second opinion on the JSON output
  chromium fonts-open-sans fonts-liberation fonts-dejavu-core fonts-noto-core  # draws windows that tests read
  locales                          # tests run in Turkish
  clang-format-16
  zip unzip
)
fit=(
  "${demo[@]}"
  libbenchmark-dev zlib1g-dev      # of the folder that the simulated clients are in
  python3-numpy python3-sklearn
)
browser=(
  "${demo[@]}"
  chromium fonts-dejavu-core
  nodejs npm                       # axe-core and playwright-core, by tests/browser/package-lock.json
)
windows=(
  g++-mingw-w64-x86-64-posix ninja-build cmake dpkg-dev
  libz-mingw-w64-dev libgcrypt-mingw-w64-dev libgpg-error-mingw-w64-dev
  googletest
  libexpected-dev libfmt-dev libtomlplusplus-dev nlohmann-json3-dev libcli11-dev
  wine wine64
)
ci=(
  "${test[@]}" "${windows[@]}"
  clang-16 libclang-rt-16-dev      # fuzzers
  clang-tidy-16
  libbenchmark-dev
)

die() {
  printf 'setup: %s\n' "$*" >&2
  exit 1
}

what=${1:-}
case $what in
  demo) packages=("${demo[@]}") ;;
  test) packages=("${test[@]}") ;;
  browser) packages=("${browser[@]}") ;;
  windows) packages=("${windows[@]}") ;;
  ci) packages=("${ci[@]}") ;;
  fit) packages=("${fit[@]}") ;;
  *) die "say what for: tools/setup.sh demo|test|browser|ci|fit|windows" ;;
esac
if [ "${2:-}" = --list ]; then
  printf '%s\n' "${packages[@]}" | sort -u
  exit 0
fi

command -v dpkg-query >/dev/null ||
  die "this is no Debian system; install the equivalents of: $("$0" "$what" --list | tr '\n' ' ')"

missing=()
for package in "${packages[@]}"; do
  # `|| true`: dpkg-query fails for a package that it has never heard of.
  status=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)
  # pkgconf provides pkg-config, and other packages of Node.js than Debian's bring npm themselves.
  if [ "$status" != "install ok installed" ] &&
    ! { [[ $package = pkg-config || $package = npm ]] && command -v "$package" >/dev/null; }; then
    missing+=("$package")
  fi
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null ||
    die "these packages are missing and can only be installed by root (sudo is not there either): ${missing[*]}"
  as_root=(sudo)
fi

echo "setup: installing ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y "$@" >"$log" 2>&1 || {
    tail -n 30 "$log" >&2
    die "apt-get $1 failed; its last lines are above"
  }
}
apt update
apt install --no-install-recommends "${missing[@]}"
