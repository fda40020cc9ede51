# Third-party libraries, all from Debian, one per need. Heavy headers stay in .cc files.
#   fmt           text formatting (GCC 12 has no <format>)
#   tl::expected  Result<T> (std::expected needs C++23)
#   libgcrypt     SHA-256 of source files; in Debian for Linux and for MinGW
#   libdeflate    CRC-32 of event-log chunks, three times as fast as zlib
#   libarchive    .zip and .tar.gz inputs
#   expat         Clixml of PowerShell; Linux only
#   libpng, libjpeg-turbo  pictures; Linux only
#   Tesseract     text in pictures; Linux only, and loaded when the first picture is read
#   libssl        TLS of the probe; Linux only, and loaded when it is asked for
#   toml++        data files, with line and column in its errors
#   nlohmann-json JSON output
#   CLI11         command line (apps only)
#
# Everybody links the names dropscope_…, which mean the same on every system.
if(WIN32)
  include(DropscopeWindowsDependencies)
else()
  find_package(fmt REQUIRED)
  add_library(dropscope_fmt ALIAS fmt::fmt)
  find_package(tl-expected REQUIRED)
  add_library(dropscope_expected ALIAS tl::expected)
  find_package(LibArchive REQUIRED)
  add_library(dropscope_archive ALIAS LibArchive::LibArchive)
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(GCRYPT REQUIRED IMPORTED_TARGET GLOBAL libgcrypt)
  add_library(dropscope_gcrypt ALIAS PkgConfig::GCRYPT)
  pkg_check_modules(DEFLATE REQUIRED IMPORTED_TARGET GLOBAL libdeflate)
  add_library(dropscope_deflate ALIAS PkgConfig::DEFLATE)
  pkg_check_modules(EXPAT REQUIRED IMPORTED_TARGET GLOBAL expat)
  add_library(dropscope_expat ALIAS PkgConfig::EXPAT)
  # What only the Linux build reads with: those sources end in _posix.cc.
  pkg_check_modules(PNG REQUIRED IMPORTED_TARGET GLOBAL libpng)
  add_library(dropscope_png ALIAS PkgConfig::PNG)
  pkg_check_modules(TURBOJPEG REQUIRED IMPORTED_TARGET GLOBAL libturbojpeg)
  add_library(dropscope_jpeg ALIAS PkgConfig::TURBOJPEG)
  # Its headers only: dlopen() finds the library, so that runs without pictures do not load it and the
  # thirty libraries behind it.
  find_path(TESSERACT_INCLUDE tesseract/capi.h REQUIRED)
  set(DROPSCOPE_LINUX_FORMATS dropscope_expat dropscope_png dropscope_jpeg ${CMAKE_DL_LIBS})
  # Its headers only, as for Tesseract.
  find_path(SSL_INCLUDE openssl/ssl.h REQUIRED)
  set(DROPSCOPE_LINUX_PROBE ${CMAKE_DL_LIBS})
  find_package(nlohmann_json REQUIRED)
  add_library(dropscope_json ALIAS nlohmann_json::nlohmann_json)
  find_package(tomlplusplus REQUIRED)
  add_library(dropscope_toml ALIAS tomlplusplus::tomlplusplus)
  find_package(CLI11 REQUIRED)
  add_library(dropscope_cli11 ALIAS CLI11::CLI11)
endif()
