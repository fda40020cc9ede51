#!/usr/bin/env bash
# Builds a library for MinGW and prints the folder it was installed into.
#
# Debian has no MinGW packages of libarchive and libdeflate, the two libraries of ours of which that is
# so. Their source packages, with Debian's security patches, are fetched through apt from the same
# mirrors that the machine's binary packages come from: their entries are copied to a temporary folder
# with the type turned to deb-src, so that nothing in /etc changes and root is not needed. Only what
# dropscope uses is built: of libarchive zip and tar, deflate through zlib; of libdeflate CRC-32 and the
# compressor. The result is kept per version of the library and of this recipe in
# ${XDG_CACHE_HOME:-~/.cache}/dropscope and used again.
#
# usage: tools/windows_deps.sh libarchive|libdeflate   build if needed; the last line of stdout is the folder
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/dropscope

die() {
  printf 'windows_deps: %s\n' "$*" >&2
  exit 1
}
say() { printf 'windows_deps: %s\n' "$*" >&2; }

library=${1:-}
case $library in
  libarchive | libdeflate) ;;
  *) die "say which: tools/windows_deps.sh libarchive|libdeflate" ;;
esac
for tool in cmake ninja dpkg-source apt-get x86_64-w64-mingw32-gcc-posix; do
  command -v "$tool" >/dev/null || die "$tool is missing; tools/setup.sh windows installs what is needed"
done

# The version that Debian offers as a binary here names the cache folder, so that a security update
# is picked up by the next configure.
version=$(apt-cache policy "$library-dev" | sed -n 's/^ *Candidate: *//p')
[ -n "$version" ] && [ "$version" != "(none)" ] || version=unknown
# One up with each change of what is built below: a folder of an older recipe lacks it.
recipe=2
prefix=$cache/$library-$version-mingw-w64-$recipe
if [ -e "$prefix/lib/$library.a" ]; then
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

say "fetching the source of $library $version (once)"
"${apt_source[@]}" update >"$work/update.log" 2>&1 ||
  { cat "$work/update.log" >&2; die "apt-get update for source packages failed"; }
cd "$work/source"
"${apt_source[@]}" source --download-only "$library=$version" >"$work/fetch.log" 2>&1 ||
  "${apt_source[@]}" source --download-only "$library" >>"$work/fetch.log" 2>&1 ||
  { cat "$work/fetch.log" >&2; die "apt-get source $library failed"; }
# The signature is not checked again here: apt has verified the archive's index and the files' hashes.
dpkg-source --no-check -x ./*.dsc tree >"$work/unpack.log" 2>&1 ||
  { cat "$work/unpack.log" >&2; die "dpkg-source failed"; }

mkdir -p "$work/out/lib" "$work/out/include"

build_libarchive() {
  local off=() feature
  for feature in OPENSSL MBEDTLS NETTLE LIBB2 LZ4 LZO LZMA ZSTD BZip2 LIBXML2 EXPAT PCREPOSIX PCRE2POSIX \
    CNG TAR CPIO CAT UNZIP XATTR ACL ICONV TEST COVERAGE WERROR; do
    off+=("-DENABLE_$feature=OFF")
  done
  cmake -S tree -B build -G Ninja "-DCMAKE_TOOLCHAIN_FILE=$here/cmake/toolchain-mingw.cmake" \
    -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF "-DCMAKE_INSTALL_PREFIX=$work/out" \
    -DZLIB_USE_STATIC_LIBS=ON -DPOSIX_REGEX_LIB=NONE "${off[@]}" &&
    cmake --build build --target archive_static &&
    cp build/libarchive/libarchive_static.a "$work/out/lib/libarchive.a" &&
    cp tree/libarchive/archive.h tree/libarchive/archive_entry.h "$work/out/include/" &&
    cp tree/COPYING "$work/out/"
}

# Its own Makefile builds programs and a DLL as well; what is used is a few files.
build_libdeflate() {
  local source objects=()
  for source in lib/crc32.c lib/deflate_compress.c lib/utils.c lib/x86/cpu_features.c; do
    objects+=("$work/$(basename "$source" .c).o")
    x86_64-w64-mingw32-gcc-posix -std=c99 -O2 -Itree -c "tree/$source" -o "${objects[-1]}" || return
  done
  x86_64-w64-mingw32-ar rcs "$work/out/lib/libdeflate.a" "${objects[@]}" &&
    cp tree/libdeflate.h "$work/out/include/" &&
    cp tree/COPYING "$work/out/"
}

say "building it for MinGW"
"build_$library" >"$work/build.log" 2>&1 ||
  { tail -n 40 "$work/build.log" >&2; die "the build of $library failed"; }

mkdir -p "$cache"
rm -rf "$prefix.new.$$"
cp -r "$work/out" "$prefix.new.$$"
# Two configures at once: the first to arrive wins, and both have the same content.
mv -T "$prefix.new.$$" "$prefix" 2>/dev/null || rm -rf "$prefix.new.$$"
[ -e "$prefix/lib/$library.a" ] || die "could not put the result into $prefix"
printf '%s\n' "$prefix"
