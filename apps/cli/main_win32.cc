// Windows gives arguments as UTF-16 to wmain (linked with -municode); with main they would come in
// the code page of the machine, which has no letters for many names of users and computers.

#include <string>
#include <vector>

#include "apps/cli/program.h"
#include "base/utf16.h"

// Shells on Windows pass `*.evtx` on as it is; this makes the C runtime expand it (mingw-w64,
// crt/wildcard.c).
extern "C" int _dowildcard;
int _dowildcard = -1;

extern "C" int wmain(int argc, wchar_t** argv) {
  static_assert(sizeof(wchar_t) == 2);
  std::vector<std::string> arguments;
  for (int i = 1; i < argc; ++i) {
    const std::wstring_view text(argv[i]);
    arguments.push_back(dropscope::to_utf8(dropscope::Utf16View(dropscope::Bytes(
        reinterpret_cast<const std::byte*>(text.data()), text.size() * sizeof(wchar_t)))));
  }
  return dropscope::cli::run_program(arguments);
}
