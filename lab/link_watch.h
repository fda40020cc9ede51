#pragma once

// When an interface of this network namespace loses or gets its carrier: what tells a real
// computer that its cable was pulled, or that its VPN has ended.

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "base/result.h"

namespace dropscope::lab {

/// "wire" is the segment's cable, "tunnel" the interface of a VPN (lab/network.py, lab/tunnel.py).
enum class Link : std::size_t { Wire, Tunnel };
inline constexpr std::size_t kLinks = 2;

struct LinkChange {
  Link link = Link::Wire;
  bool up = false;
};

class LinkWatch {
 public:
  /// Both links are taken for up until something else is told.
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
  explicit LinkWatch(int socket) : socket_(socket) { up_.fill(true); }
  void take(std::span<const char> message, bool exists, std::vector<LinkChange>& out);

  int socket_;
  std::array<bool, kLinks> up_{};
};

}  // namespace dropscope::lab
