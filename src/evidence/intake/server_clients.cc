#include "evidence/intake/server_clients.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace dropscope {
namespace {

/// Bounds on memory, far above the largest organisations on one server: 50,000 mailboxes are a
/// large Exchange, and each user has a handful of addresses and programs a day.
constexpr std::size_t kMostUsers = 100'000;
constexpr std::size_t kMostPairs = 400'000;
constexpr std::size_t kMostWays = 400'000;
constexpr std::size_t kMostSpans = 64;  // Of one user at one address.

/// An address counts as the user's through a silence of this length. Outlook asks for news every
/// few minutes as long as it runs; an hour bridges a break and is shorter than common leases.
constexpr Ticks kSilence = std::chrono::hours{1};

/// An address that at least three users and half of all share is no client's own: it is a
/// balancer, a proxy, or the address behind which an office is hidden. A terminal server of a large
/// organisation has fewer than half of its users, but more than any other kind of computer.
constexpr std::uint32_t kFewestShared = 3;
constexpr std::uint32_t kSharedByItself = 40;

}  // namespace

std::uint32_t ServerClients::user_of(std::string_view name) {
  const auto found = users_.find(name);
  if (found != users_.end()) return found->second;
  const auto id = static_cast<std::uint32_t>(names_.size());
  names_.emplace_back(name);
  users_.emplace(std::string(name), id);
  return id;
}

void ServerClients::add(const ServerSighting& sighting) {
  if (sighting.user.empty()) return;
  if (names_.size() >= kMostUsers && users_.find(sighting.user) == users_.end()) {
    ++left_out_;
    return;
  }
  const std::uint32_t user = user_of(sighting.user);
  if (!sighting.address.is_unspecified() && !sighting.address.is_loopback()) {
    note_address(user, sighting);
  }
  note_way(user, sighting);
}

void ServerClients::note_address(std::uint32_t user, const ServerSighting& sighting) {
  const std::pair key(user, sighting.address);
  auto found = spans_.find(key);
  if (found == spans_.end()) {
    if (spans_.size() >= kMostPairs) {
      ++left_out_;
      return;
    }
    found = spans_.emplace(key, std::vector<Span>()).first;
  }
  std::vector<Span>& spans = found->second;
  // Lines are nearly in order, so the span that a time belongs to is nearly always the last.
  for (auto span = spans.rbegin(); span != spans.rend(); ++span) {
    if (sighting.time < span->first - kSilence || sighting.time > span->last + kSilence) continue;
    span->first = std::min(span->first, sighting.time);
    span->last = std::max(span->last, sighting.time);
    return;
  }
  if (spans.size() < kMostSpans) {
    spans.push_back({sighting.time, sighting.time});
  } else {
    ++left_out_;
  }
}

void ServerClients::note_way(std::uint32_t user, const ServerSighting& sighting) {
  if (sighting.protocol.empty()) return;
  key_ = fmt::format("{}\n{}\n{}\n{}\n{}\n{}", user, sighting.protocol, sighting.version,
                     sighting.mode, sighting.server, sighting.process);
  auto found = ways_.find(key_);
  if (found == ways_.end()) {
    if (ways_.size() >= kMostWays) {
      ++left_out_;
      return;
    }
    found = ways_.emplace(key_, Way{}).first;
    Way& way = found->second;
    way.user = sighting.user;
    way.protocol = sighting.protocol;
    way.version = sighting.version;
    way.mode = sighting.mode;
    way.server = sighting.server;
    way.process = sighting.process;
    way.last = sighting.time;
    way.address = sighting.address;
  }
  Way& way = found->second;
  if (sighting.time >= way.last) {
    way.last = sighting.time;
    way.address = sighting.address;
  }
  if (way.mailbox.empty()) way.mailbox = sighting.mailbox;
}

std::map<IpAddress, std::uint32_t> ServerClients::users_by_address() const {
  std::map<IpAddress, std::uint32_t> out;
  for (const auto& [key, spans] : spans_) ++out[key.second];
  return out;
}

void ServerClients::finish(std::string_view log, SourceIntake& out) {
  const std::map<IpAddress, std::uint32_t> shared = users_by_address();
  const auto is_shared = [&](const IpAddress& address) {
    const auto found = shared.find(address);
    return found != shared.end() &&
           (found->second >= kSharedByItself ||
            (found->second >= kFewestShared &&
             found->second * 2 >= static_cast<std::uint32_t>(names_.size())));
  };
  for (const auto& [address, users] : shared) {
    if (!is_shared(address)) continue;
    out.assumptions.push_back(fmt::format(
        "{} stands for {} of {} users: a balancer, a proxy or an office behind one address; it is "
        "taken for nobody's own",
        address.to_string(), users, names_.size()));
  }
  std::vector<RawAddress> addresses;
  for (const auto& [key, spans] : spans_) {
    if (is_shared(key.second)) continue;
    for (const Span& span : spans) {
      RawAddress& raw = addresses.emplace_back();
      raw.use.address = key.second;
      raw.use.from = span.first;
      raw.use.to = span.last;
      raw.user = names_[key.first];
      raw.reason = log;
    }
  }
  const auto address_key = [](const RawAddress& raw) {
    return std::tie(raw.user, raw.use.from, raw.use.address, raw.use.to);
  };
  std::sort(addresses.begin(), addresses.end(), [&](const RawAddress& a, const RawAddress& b) {
    return address_key(a) < address_key(b);
  });
  std::move(addresses.begin(), addresses.end(), std::back_inserter(out.addresses));

  std::vector<const Way*> ways;
  for (const auto& [key, way] : ways_) ways.push_back(&way);
  const auto way_key = [](const Way& way) {
    return std::tie(way.user, way.last, way.protocol, way.version, way.mode, way.server,
                    way.process);
  };
  std::sort(ways.begin(), ways.end(),
            [&](const Way* a, const Way* b) { return way_key(*a) < way_key(*b); });
  for (const Way* way : ways) {
    RawConnection& raw = out.connections.emplace_back();
    raw.row.time = way->last;
    if (!is_shared(way->address)) raw.row.local.address = way->address;
    raw.user = way->user;
    raw.mailbox = way->mailbox;
    raw.server = way->server;
    raw.protocol = way->protocol;
    raw.version = way->version;
    raw.session_type = way->mode;
    raw.process = way->process;
  }
  if (left_out_ != 0) {
    out.assumptions.push_back(
        fmt::format("{} of users were left out, as there are more users or addresses than are kept",
                    count_of(left_out_, "line")));
  }
}

}  // namespace dropscope
