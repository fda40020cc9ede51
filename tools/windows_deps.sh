#!/usr/bin/env bash
# Builds libarchive for MinGW and prints the folder it was installed into.
#
# Debian has no MinGW package of libarchive, the one library of ours of which that is so. Its source
# package, with Debian's security patches, is fetched through apt from the same mirrors that the
# machine's binary packages come from: their entries are copied to a temporary folder with the type
# turned to deb-src, so that nothing in /etc changes and root is not needed. Only what dropscope
# reads is built: zip and tar, deflate through zlib. The result is kept per version in
# ${XDG_CACHE_HOME:-~/.cache}/dropscope and used again.
#
# usage: tools/windows_deps.sh          build if needed; the last line of stdout is the folder
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/dropscope

die() {
  printf 'windows_deps: %s\n' "$*" >&2
  exit 1
}
say() { printf 'windows_deps: %s\n' "$*" >&2; }

for tool in cmake ninja dpkg-source apt-get x86_64-w64-mingw32-gcc-posix; do
  command -v "$tool" >/dev/null || die "$tool is missing; tools/setup.sh windows installs what is needed"
done

# The version that Debian offers as a binary here names the cache folder, so that a security update
# is picked up by the next configure.
version=$(apt-cache policy libarchive-dev | sed -n 's/^ *Candidate: *//p')
[ -n "$version" ] && [ "$version" != "(none)" ] || version=unknown
prefix=$cache/libarchive-$version-mingw-w64-1
if [ -e "$prefix/lib/libarchive.a" ]; then
  printf '%s\n' "$prefix"
  exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/parts" "$work/lists/partial" "$work/source"

# Both spellings of apt's sources: deb822 (*.sources) and one line (*.list).
for file in /etc/apt/sources.list.d/*.sources; do
  [ -e "$file" ] || continue
  sed -E 's/^[Tt]ypes:.*/Types: deb-src/' "$file" >"$work/parts/$(basename "$file")"
done
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
  [ -e "$file" ] || continue
  sed -nE 's/^[[:space:]]*deb(-src)?[[:space:]]/deb-src /p' "$file" | sort -u \
    >"$work/parts/$(basename "$file" .list).list"
done
apt_source=(apt-get -q -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$work/parts"
  -o "Dir::State::lists=$work/lists" -o APT::Sandbox::User=root)

say "fetching the source of libarchive $version (once)"
"${apt_source[@]}" update >"$work/update.log" 2>&1 ||
  { cat "$work/update.log" >&2; die "apt-get update for source packages failed"; }
cd "$work/source"
"${apt_source[@]}" source --download-only "libarchive=$version" >"$work/fetch.log" 2>&1 ||
  "${apt_source[@]}" source --download-only libarchive >>"$work/fetch.log" 2>&1 ||
  { cat "$work/fetch.log" >&2; die "apt-get source libarchive failed"; }
# The signature is not checked again here: apt has verified the archive's index and the files' hashes.
dpkg-source --no-check -x ./*.dsc tree >"$work/unpack.log" 2>&1 ||
  { cat "$work/unpack.log" >&2; die "dpkg-source failed"; }

say "building it for MinGW"
off=()
for feature in OPENSSL MBEDTLS NETTLE LIBB2 LZ4 LZO LZMA ZSTD BZip2 LIBXML2 EXPAT PCREPOSIX PCRE2POSIX \
  CNG TAR CPIO CAT UNZIP XATTR ACL ICONV TEST COVERAGE WERROR; do
  off+=("-DENABLE_$feature=OFF")
done
{
  cmake -S tree -B build -G Ninja "-DCMAKE_TOOLCHAIN_FILE=$here/cmake/toolchain-mingw.cmake" \
    -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF "-DCMAKE_INSTALL_PREFIX=$work/out" \
    -DZLIB_USE_STATIC_LIBS=ON -DPOSIX_REGEX_LIB=NONE "${off[@]}" &&
    cmake --build build --target archive_static &&
    mkdir -p "$work/out/lib" "$work/out/include" &&
    cp build/libarchive/libarchive_static.a "$work/out/lib/libarchive.a" &&
    cp tree/libarchive/archive.h tree/libarchive/archive_entry.h "$work/out/include/" &&
    cp tree/COPYING "$work/out/"
} >"$work/build.log" 2>&1 || { tail -n 40 "$work/build.log" >&2; die "the build of libarchive failed"; }

mkdir -p "$cache"
rm -rf "$prefix.new.$$"
cp -r "$work/out" "$prefix.new.$$"
# Two configures at once: the first to arrive wins, and both have the same content.
mv -T "$prefix.new.$$" "$prefix" 2>/dev/null || rm -rf "$prefix.new.$$"
[ -e "$prefix/lib/libarchive.a" ] || die "could not put the result into $prefix"
printf '%s\n' "$prefix"
