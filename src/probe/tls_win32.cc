#include "probe/tls.h"

namespace dropscope::probe {

Result<std::unique_ptr<TlsSession>> make_tls_session(const std::string& host) {
  return fail(ErrorCode::Unsupported,
              "the Windows program has no TLS; run this on a Linux computer beside it, or without "
              "--tls on another port of the same path",
              host);
}

}  // namespace dropscope::probe
