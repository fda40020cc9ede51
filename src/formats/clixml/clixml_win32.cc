// Debian has no Expat for MinGW, and these lists of PowerShell are a convenience: the same facts
// come as text from ipconfig. So the Windows program says that it does not read them.

#include "formats/clixml/clixml.h"

namespace dropscope::clixml {

Result<void> read(Bytes, const std::function<void(const Value&)>&) {
  return fail(
      ErrorCode::Unsupported,
      "this is Clixml of PowerShell, which the Windows program does not read; use the Linux "
      "program, or give the output as text");
}

}  // namespace dropscope::clixml
