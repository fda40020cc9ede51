#include "probe/echo_server.h"

namespace dropscope::probe {

Result<EchoCounts> serve_echo(const IpEndpoint& at, const EchoWatch&, std::size_t) {
  return fail(ErrorCode::Unsupported,
              "the Windows program cannot be the peer of a probe; run it on a Linux computer",
              at.to_string());
}

}  // namespace dropscope::probe
