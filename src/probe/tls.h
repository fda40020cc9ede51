#pragma once

// TLS of a client as a translation of bytes: what the network brought goes in, what has to be sent
// comes out. It touches no socket.
//
// The certificate is not verified, and old versions and weak keys are taken: nothing secret is
// sent, and a time-out is the same whoever it is that has it. Sessions are not resumed.

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace dropscope::probe {

class TlsSession {
 public:
  struct Step {
    std::string to_send;  ///< For the other side, as it has to be sent.
    std::string data;     ///< What the other side said.
    bool closed = false;  ///< It said that it sends no more (close_notify).
    /// Why this cannot go on, as a sentence without its point; empty when it can.
    std::string problem;
  };

  virtual ~TlsSession() = default;
  /// Whether the handshake is done, so that send() may be called.
  [[nodiscard]] virtual bool ready() const = 0;
  /// Begins the handshake.
  [[nodiscard]] virtual Step start() = 0;
  [[nodiscard]] virtual Step receive(std::string_view bytes) = 0;
  [[nodiscard]] virtual Step send(std::string_view data) = 0;
};

/// `host` is told to the server (SNI) unless it is an address. Unsupported where there is no
/// TLS: in the program for Windows, and without OpenSSL.
[[nodiscard]] Result<std::unique_ptr<TlsSession>> make_tls_session(const std::string& host);

}  // namespace dropscope::probe
