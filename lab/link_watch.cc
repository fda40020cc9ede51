#include "lab/link_watch.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

namespace dropscope::lab {

namespace {

// A message about one link has some 1.5 KiB; the kernel fills a buffer with several.
constexpr std::size_t kBufferBytes = 32768;

/// Reads a T that the kernel has put at `at`, if it lies in the bytes.
template <typename T>
std::optional<T> value_at(std::span<const char> bytes, std::size_t at) {
  T value{};
  if (bytes.size() < at || bytes.size() - at < sizeof value) return std::nullopt;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

/// The name of the interface that a message is about; its attributes begin at `at` (rtnetlink(7)).
std::string_view name_in(std::span<const char> message, std::size_t at) {
  while (const auto attribute = value_at<rtattr>(message, at)) {
    const std::size_t length = attribute->rta_len;
    if (length < sizeof *attribute || length > message.size() - at) break;
    if (attribute->rta_type == IFLA_IFNAME) {
      const std::string_view name(message.data() + at + sizeof *attribute,
                                  length - sizeof *attribute);
      return name.substr(0, name.find('\0'));
    }
    at += RTA_ALIGN(length);
  }
  return {};
}

}  // namespace

Result<LinkWatch> LinkWatch::open() {
  const int made = ::socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE);
  sockaddr_nl groups{};
  groups.nl_family = AF_NETLINK;
  groups.nl_groups = RTMGRP_LINK;
  LinkWatch watch(made);
  if (made < 0 || bind(made, reinterpret_cast<const sockaddr*>(&groups), sizeof groups) != 0)
    return fail(ErrorCode::Io, std::string("cannot watch the links: ") + std::strerror(errno),
                "netlink");
  return watch;
}

LinkWatch::~LinkWatch() {
  if (socket_ >= 0) ::close(socket_);
}

LinkWatch::LinkWatch(LinkWatch&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), up_(std::move(other.up_)) {}

std::vector<LinkChange> LinkWatch::changes() {
  std::vector<LinkChange> out;
  std::array<char, kBufferBytes> buffer;
  for (ssize_t count = recv(socket_, buffer.data(), buffer.size(), 0); count > 0;
       count = recv(socket_, buffer.data(), buffer.size(), 0)) {
    std::span<const char> left(buffer.data(), static_cast<std::size_t>(count));
    while (const auto header = value_at<nlmsghdr>(left, 0)) {
      if (header->nlmsg_len < sizeof *header || header->nlmsg_len > left.size()) break;
      if (header->nlmsg_type == RTM_NEWLINK || header->nlmsg_type == RTM_DELLINK)
        take(left.first(header->nlmsg_len), header->nlmsg_type == RTM_NEWLINK, out);
      left = left.subspan(std::min<std::size_t>(NLMSG_ALIGN(header->nlmsg_len), left.size()));
    }
  }
  return out;
}

void LinkWatch::take(std::span<const char> message, bool exists, std::vector<LinkChange>& out) {
  const auto about = value_at<ifinfomsg>(message, NLMSG_HDRLEN);
  if (!about) return;
  const std::string name(name_in(message, NLMSG_HDRLEN + NLMSG_ALIGN(sizeof *about)));
  const bool up = exists && (about->ifi_flags & IFF_RUNNING) != 0;
  bool& was_up = up_.try_emplace(name, true).first->second;
  if (up == was_up) return;
  was_up = up;
  out.push_back({name, up});
}

}  // namespace dropscope::lab
