#include "formats/loss_cases/loss_cases.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace dropscope::loss_cases {
namespace {

using nlohmann::json;

/// The last second of the year 9999, the end of the calendar that dates are written in.
constexpr double kLatest = 253'402'300'799.0;

/// Deeper than the format's four levels only in members that are passed over.
constexpr int kMostDepth = 64;

std::string shown(const json& value) {
  std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
  constexpr std::size_t kShown = 40;
  if (text.size() > kShown) text = text.substr(0, kShown) + "…";
  return text;
}

Result<double> time_of(const json& value, const std::string& what) {
  if (!value.is_number()) {
    return fail(ErrorCode::Invalid,
                fmt::format("{} is {}; expected Unix seconds, a number", what, shown(value)));
  }
  const double seconds = value.get<double>();
  if (!(seconds >= 0 && seconds <= kLatest)) {
    return fail(
        ErrorCode::Invalid,
        fmt::format("{} is {}; expected Unix seconds from 0 to the year 9999", what, shown(value)));
  }
  return seconds;
}

Result<Client> client_of(const json& object, Case& out) {
  Client client;
  if (!object.is_object()) {
    return fail(ErrorCode::Invalid,
                fmt::format("a client is {}; expected an object", shown(object)));
  }
  if (const auto zone = object.find("tz"); zone != object.end() && !zone->is_null()) {
    if (!zone->is_string()) {
      return fail(ErrorCode::Invalid,
                  fmt::format("tz is {}; expected the name of a time zone", shown(*zone)));
    }
    client.zone = zone->get<std::string>();
  }
  const auto events = object.find("events");
  if (events == object.end() || !events->is_array()) {
    return fail(ErrorCode::Invalid, "there is no array \"events\"");
  }
  if (events->size() > kMostEvents) {
    return fail(ErrorCode::Limit, fmt::format("{} events; at most {} of one client are read",
                                              events->size(), kMostEvents));
  }
  std::size_t number = 0;
  for (const json& one : *events) {
    ++number;
    const auto lost = one.is_object() ? one.find("lost") : one.end();
    if (!one.is_object() || lost == one.end()) {
      return fail(
          ErrorCode::Invalid,
          fmt::format("event {} is {}; expected an object with \"lost\"", number, shown(one)));
    }
    const auto time = time_of(*lost, fmt::format("\"lost\" of event {}", number));
    if (!time) return fail(time.error());
    Event event{*time, 0, false};
    if (const auto back = one.find("restored"); back != one.end() && !back->is_null()) {
      const auto restored = time_of(*back, fmt::format("\"restored\" of event {}", number));
      if (!restored) return fail(restored.error());
      event.restored = *restored;
      event.has_restored = event.restored >= event.lost;
      if (!event.has_restored) ++out.dropped_restores;
    }
    client.events.push_back(event);
  }
  return client;
}

Result<void> peers_of(const json& list, Case& out) {
  if (!list.is_array()) {
    return fail(
        ErrorCode::Invalid,
        fmt::format("peers is {}; expected an array of arrays of Unix seconds", shown(list)));
  }
  for (const json& peer : list) {
    if (!peer.is_array()) {
      return fail(ErrorCode::Invalid,
                  fmt::format("peer {} is {}; expected an array of Unix seconds",
                              out.peers.size() + 1, shown(peer)));
    }
    std::vector<double> times;
    for (const json& one : peer) {
      const auto time = time_of(one, fmt::format("a loss of peer {}", out.peers.size() + 1));
      if (!time) return fail(time.error());
      times.push_back(*time);
    }
    out.peers.push_back(std::move(times));
  }
  return {};
}

}  // namespace

Result<Case> read_line(std::string_view line) {
  if (line.size() > kMostLineBytes) {
    return fail(ErrorCode::Limit, fmt::format("the line has {} bytes; at most {} are read",
                                              line.size(), kMostLineBytes));
  }
  bool deep = false;
  const auto guard = [&deep](int depth, json::parse_event_t /*event*/, json& /*value*/) {
    deep |= depth > kMostDepth;
    return depth <= kMostDepth;
  };
  const json object = json::parse(line.begin(), line.end(), guard, false);
  if (deep) return fail(ErrorCode::Limit, "the JSON nests too deeply");
  if (!object.is_object()) {
    return fail(ErrorCode::Corrupt,
                "no whole JSON object (NaN and Infinity are not JSON); expected a client, "
                "{\"id\",\"tz\",\"events\":[…]}, or a fleet, {\"id\",\"clients\":[…]}");
  }
  Case out;
  const auto id = object.find("id");
  if (id == object.end() || !id->is_string()) {
    return fail(ErrorCode::Invalid, "there is no string \"id\"");
  }
  out.id = id->get<std::string>();
  const auto clients = object.find("clients");
  out.is_fleet = clients != object.end();
  if (!out.is_fleet) {
    auto client = client_of(object, out);
    if (!client) return fail(client.error());
    out.clients.push_back(std::move(*client));
    if (const auto peers = object.find("peers"); peers != object.end() && !peers->is_null()) {
      if (const auto read = peers_of(*peers, out); !read) return fail(read.error());
    }
    return out;
  }
  if (!clients->is_array()) return fail(ErrorCode::Invalid, "\"clients\" is no array");
  for (const json& one : *clients) {
    auto client = client_of(one, out);
    if (!client) return fail(client.error());
    out.clients.push_back(std::move(*client));
  }
  return out;
}

}  // namespace dropscope::loss_cases
