// Interning, and the names under which meanings appear in output and data files.
//
// The names are part of the interface: data files use them ("meaning = \"lost\""), and so do JSON
// and CSV.

#include "evidence/event.h"

#include <fmt/format.h>

#include "base/result.h"

namespace dropscope {

StringId StringPool::add(std::string_view text) {
  if (text.empty() && !strings_.empty()) return 0;
  if (auto found = index_.find(text); found != index_.end()) return found->second;
  check(strings_.size() < 0xffffffffU, "more than four billion different strings");
  const auto id = static_cast<StringId>(strings_.size());
  // A deque never moves its elements, so the key may point into the string it holds.
  const std::string& kept = strings_.emplace_back(text);
  index_.emplace(kept, id);
  return id;
}

void Attributes::set(const std::string& key, const std::string& value, const std::string& origin) {
  if (value.empty()) return;
  const auto found = values.find(key);
  if (found != values.end() && found->second != value) {
    conflicts.push_back(
        fmt::format("{}: {} in {}, {} in {}", key, found->second, origins[key], value, origin));
  }
  values[key] = value;
  origins[key] = origin;
}

std::string_view to_string(Meaning meaning) {
  switch (meaning) {
    case Meaning::Lost:
      return "lost";
    case Meaning::Restored:
      return "restored";
    case Meaning::Started:
      return "started";
    case Meaning::Stopped:
      return "stopped";
    case Meaning::Crashed:
      return "crashed";
    case Meaning::Unavailable:
      return "unavailable";
    case Meaning::Authentication:
      return "authentication";
    case Meaning::OtherAlert:
      return "other";
    case Meaning::Unclassified:
      return "unclassified";
    case Meaning::Sleep:
      return "sleep";
    case Meaning::Resume:
      return "resume";
    case Meaning::Shutdown:
      return "shutdown";
    case Meaning::PowerLoss:
      return "power-loss";
    case Meaning::Boot:
      return "boot";
    case Meaning::LogCleared:
      return "log-cleared";
    case Meaning::ClockStep:
      return "clock-step";
    case Meaning::ZoneReport:
      return "zone-report";
    case Meaning::Context:
      return "context";
  }
  return "unknown";
}

std::string_view to_string(ContextKind kind) {
  switch (kind) {
    case ContextKind::None:
      return "none";
    case ContextKind::LinkDown:
      return "link-down";
    case ContextKind::LinkUp:
      return "link-up";
    case ContextKind::AdapterEvent:
      return "adapter-event";
    case ContextKind::WifiDown:
      return "wifi-down";
    case ContextKind::WifiUp:
      return "wifi-up";
    case ContextKind::WifiFailed:
      return "wifi-failed";
    case ContextKind::WifiSecurity:
      return "wifi-security";
    case ContextKind::NetworkDown:
      return "network-down";
    case ContextKind::NetworkUp:
      return "network-up";
    case ContextKind::NetworkState:
      return "network-state";
    case ContextKind::NoInternet:
      return "no-internet";
    case ContextKind::Internet:
      return "internet";
    case ContextKind::InternetState:
      return "internet-state";
    case ContextKind::GatewayLost:
      return "gateway-lost";
    case ContextKind::ConnectionPolicy:
      return "connection-policy";
    case ContextKind::DhcpLost:
      return "dhcp-lost";
    case ContextKind::DhcpService:
      return "dhcp-service";
    case ContextKind::AddressConflict:
      return "address-conflict";
    case ContextKind::PortsExhausted:
      return "ports-exhausted";
    case ContextKind::NameFailed:
      return "name-failed";
    case ContextKind::DomainUnreachable:
      return "domain-unreachable";
    case ContextKind::TlsFailed:
      return "tls-failed";
    case ContextKind::Policy:
      return "policy";
    case ContextKind::TimeService:
      return "time-service";
    case ContextKind::VpnUp:
      return "vpn-up";
    case ContextKind::VpnEnd:
      return "vpn-end";
    case ContextKind::VpnFailed:
      return "vpn-failed";
    case ContextKind::ProgramChanged:
      return "program-changed";
    case ContextKind::ServerService:
      return "server-service";
    case ContextKind::ServerRecycle:
      return "server-recycle";
    case ContextKind::ServerLimit:
      return "server-limit";
  }
  return "unknown";
}

std::string_view to_string(Recognition recognition) {
  switch (recognition) {
    case Recognition::Id:
      return "id";
    case Recognition::Exact:
      return "exact";
    case Recognition::Stem:
      return "stem";
    case Recognition::Alternation:
      return "alternation";
    case Recognition::None:
      return "none";
  }
  return "unknown";
}

std::string_view to_string(SourceState state) {
  switch (state) {
    case SourceState::Read:
      return "read";
    case SourceState::Damaged:
      return "damaged";
    case SourceState::Unreadable:
      return "unreadable";
    case SourceState::Ignored:
      return "ignored";
  }
  return "unknown";
}

}  // namespace dropscope
