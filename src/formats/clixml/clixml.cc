#include "formats/clixml/clixml.h"

namespace dropscope::clixml {

bool looks_like(std::string_view head) {
  const std::size_t objs = head.substr(0, 1024).find("<Objs ");
  return objs != head.npos &&
         head.find("schemas.microsoft.com/powershell/2004/04", objs) != head.npos;
}

}  // namespace dropscope::clixml
