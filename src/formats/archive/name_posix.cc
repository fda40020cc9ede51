#include <archive_entry.h>
#include <locale.h>
#include <clocale>

#include "formats/archive/name.h"

namespace dropscope::archive {
namespace {

/// C.UTF-8 is part of glibc and musl since 2.35 and for long in Debian; where it is missing, names
/// that are not ASCII are shown byte by byte and everything else works.
locale_t utf8_locale() {
  static const locale_t locale = newlocale(LC_ALL_MASK, "C.UTF-8", nullptr);
  return locale;
}

}  // namespace

Utf8Names::Utf8Names() {
  if (utf8_locale() != nullptr) previous_ = uselocale(utf8_locale());
}

Utf8Names::~Utf8Names() {
  if (previous_ != nullptr) uselocale(static_cast<locale_t>(previous_));
}

std::string stored_name(::archive_entry* entry) {
  const char* name = archive_entry_pathname_utf8(entry);
  if (name == nullptr) name = archive_entry_pathname(entry);
  return name == nullptr ? std::string() : std::string(name);
}

}  // namespace dropscope::archive
