// What is the same for every system.

#include "probe/sockets.h"

#include <utility>

namespace dropscope::probe {

Socket::Socket(Socket&& other) noexcept : handle_(std::exchange(other.handle_, kNone)) {}
Socket& Socket::operator=(Socket&& other) noexcept {
  std::swap(handle_, other.handle_);
  return *this;
}

}  // namespace dropscope::probe
