// The acknowledgements that the probe looks for have no documented query on Windows before 10, so
// the program says that it has no probe there instead of guessing.

#include "probe/socket_wire.h"

namespace dropscope::probe {

Result<SocketWire> make_socket_wire(const std::string& host, std::uint16_t) {
  return fail(ErrorCode::Unsupported,
              "the Windows program cannot probe; run the probe on a Linux computer beside it",
              host);
}

}  // namespace dropscope::probe
