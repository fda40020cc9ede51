#pragma once

// Answers requests of HTTP with one text that is made when it is asked for. Small on purpose: a
// program that measures has no thread and no framework for those who look on.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/ip_address.h"
#include "base/result.h"

namespace dropscope::probe {

class TextServer {
 public:
  /// Makes the whole answer from the bytes of a request.
  using Answer = std::function<std::string(std::string_view request)>;

  virtual ~TextServer() = default;
  /// Where it listens.
  [[nodiscard]] virtual IpEndpoint at() const = 0;
  /// Answers the requests that are there and does not wait; to be called often.
  virtual void serve(const Answer& answer) = 0;
};

/// Listens on `at`; port 0 takes a free one. Io when it cannot listen there.
[[nodiscard]] Result<std::unique_ptr<TextServer>> make_text_server(const IpEndpoint& at);

}  // namespace dropscope::probe
