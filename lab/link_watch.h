#pragma once

// When an interface of this network namespace loses or gets its carrier: what tells a real
// computer that its cable was pulled, or that its VPN has ended.

#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace dropscope::lab {

struct LinkChange {
  std::string name;
  bool up = false;
};

class LinkWatch {
 public:
  /// A link is taken for up until something else is told.
  [[nodiscard]] static Result<LinkWatch> open();
  ~LinkWatch();
  LinkWatch(LinkWatch&& other) noexcept;
  LinkWatch(const LinkWatch&) = delete;
  LinkWatch& operator=(const LinkWatch&) = delete;
  LinkWatch& operator=(LinkWatch&&) = delete;

  /// To wait for; readable when something has changed.
  [[nodiscard]] int descriptor() const { return socket_; }
  /// What has changed since the last call.
  [[nodiscard]] std::vector<LinkChange> changes();

 private:
  explicit LinkWatch(int socket) : socket_(socket) {}
  void take(std::span<const char> message, bool exists, std::vector<LinkChange>& out);

  int socket_;
  std::map<std::string, bool> up_;
};

}  // namespace dropscope::lab
