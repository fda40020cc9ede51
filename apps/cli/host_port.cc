#include "apps/cli/host_port.h"

#include <fmt/format.h>

#include <charconv>

namespace dropscope::cli {

std::optional<probe::HostPort> target_from_text(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return std::nullopt;
  probe::HostPort out;
  const char* const end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data() + colon + 1, end, out.port);
  if (error != std::errc() || last != end || out.port == 0) return std::nullopt;
  out.host = text.substr(0, colon);
  const bool bracketed = out.host.size() > 2 && out.host.front() == '[' && out.host.back() == ']';
  if (bracketed) out.host = out.host.substr(1, out.host.size() - 2);
  // Without brackets, where an address of IPv6 ends and its port begins is a guess. A name with
  // anything else than these would be one no resolver knows, and could break a request of HTTP.
  const std::string allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_%";
  const std::string more = bracketed ? ":" : "";
  if (out.host.find_first_not_of(allowed + more) != std::string::npos) return std::nullopt;
  return out;
}

std::optional<IpEndpoint> listener_from_text(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  const std::size_t digits = colon == std::string::npos ? 0 : colon + 1;
  IpEndpoint out{IpAddress::v4({127, 0, 0, 1}), 0};
  const char* const end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data() + digits, end, out.port);
  if (error != std::errc() || last != end) return std::nullopt;
  if (colon == std::string::npos) return out;
  const std::string host = text.substr(0, colon);
  const auto address = IpAddress::parse(host);
  // Without brackets, where an address of IPv6 ends and its port begins is a guess.
  if (!address || (!address->is_v4() && !host.starts_with('['))) return std::nullopt;
  out.address = *address;
  return out;
}

std::string check_target(const std::string& typed) {
  if (target_from_text(typed)) return {};
  return fmt::format(
      "\"{}\" is no host with a port; expected HOST:PORT, such as mail.example.com:443 or "
      "[2001:db8::1]:443",
      typed);
}

std::string check_listener(const std::string& typed) {
  if (listener_from_text(typed)) return {};
  return fmt::format(
      "\"{}\" is no place to listen; expected PORT or ADDRESS:PORT, such as 7007, "
      "192.0.2.10:7007 or [::1]:7007",
      typed);
}

}  // namespace dropscope::cli
