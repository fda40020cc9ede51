#include "probe/watch_metrics.h"

#include <fmt/format.h>

#include <utility>

namespace dropscope::probe {
namespace {

constexpr std::array kAll{Cause::Fin, Cause::Rst, Cause::TimeOut, Cause::Unreachable,
                          Cause::Refused};

/// Label values escape backslash, quote and line feed; a host has none but could be given so.
std::string label(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c == '\\' || c == '"') out += '\\';
    out += c == '\n' ? "\\n" : std::string(1, c);
  }
  return out;
}

void head(std::string& out, std::string_view name, std::string_view type, std::string_view help) {
  out += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

std::string answer(std::string_view status, std::string_view type, std::string_view body) {
  return fmt::format(
      "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
      status, type, body.size(), body);
}

}  // namespace

WatchMetrics::WatchMetrics(std::vector<std::string> targets)
    : targets_(std::move(targets)), counts_(targets_.size()) {}

void WatchMetrics::count(const SessionEvent& event) {
  static_assert(kAll.size() == kCauses);
  Counts& counts = counts_.at(event.session);
  const auto cause = static_cast<std::size_t>(event.cause);
  switch (event.kind) {
    case SessionEvent::Kind::Up:
      ++counts.up;
      break;
    case SessionEvent::Kind::Lost:
      ++counts.lost.at(cause);
      break;
    case SessionEvent::Kind::Failed:
      ++counts.failed.at(cause);
      break;
  }
}

std::string WatchMetrics::text(const std::vector<SessionState>& states, double began,
                               double now) const {
  std::string out;
  const auto each = [&](const auto& line) {
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      line(i, fmt::format("session=\"{}\",target=\"{}\"", i + 1, label(targets_[i])));
    }
  };
  const std::string up = "dropscope_watch_session_up";
  head(out, up, "gauge", "1 while the session is connected.");
  each([&](std::size_t i, const std::string& labels) {
    out += fmt::format("{}{{{}}} {}\n", up, labels, states[i].up ? 1 : 0);
  });
  const std::string age = "dropscope_watch_session_age_seconds";
  head(out, age, "gauge", "Age of the connection; 0 while there is none.");
  each([&](std::size_t i, const std::string& labels) {
    out += fmt::format("{}{{{}}} {:.3f}\n", age, labels, states[i].up ? now - states[i].since : 0);
  });
  const std::string total = "dropscope_watch_session_up_seconds_total";
  head(out, total, "counter", "Time that the session was connected.");
  each([&](std::size_t i, const std::string& labels) {
    out += fmt::format("{}{{{}}} {:.3f}\n", total, labels,
                       states[i].up_before + (states[i].up ? now - states[i].since : 0));
  });
  const std::string connected = "dropscope_watch_connections_total";
  head(out, connected, "counter", "Connections that came about.");
  each([&](std::size_t i, const std::string& labels) {
    out += fmt::format("{}{{{}}} {}\n", connected, labels, counts_[i].up);
  });
  const auto by_cause = [&](const std::string& name, auto Counts::*member) {
    each([&](std::size_t i, const std::string& labels) {
      for (std::size_t k = 0; k < kCauses; ++k) {
        out += fmt::format("{}{{{},cause=\"{}\"}} {}\n", name, labels, to_string(kAll.at(k)),
                           (counts_[i].*member).at(k));
      }
    });
  };
  const std::string losses = "dropscope_watch_losses_total";
  head(out, losses, "counter", "Connections that ended, by what the socket saw.");
  by_cause(losses, &Counts::lost);
  const std::string outages = "dropscope_watch_failures_total";
  head(out, outages, "counter",
       "Outages in which a connection could not be made, by what the socket saw.");
  by_cause(outages, &Counts::failed);
  const std::string uptime = "dropscope_watch_uptime_seconds";
  head(out, uptime, "gauge", "Time since the watch began.");
  out += fmt::format("{} {:.3f}\n", uptime, now - began);
  return out;
}

std::string http_answer(std::string_view request, std::string_view metrics) {
  constexpr std::string_view kPlain = "text/plain; charset=utf-8";
  const std::string_view line = request.substr(0, request.find_first_of("\r\n"));
  const std::size_t first = line.find(' ');
  const std::size_t second = first == std::string_view::npos ? first : line.find(' ', first + 1);
  if (second == std::string_view::npos || !line.substr(second + 1).starts_with("HTTP/1.")) {
    return answer("400 Bad Request", kPlain, "expected a request of HTTP/1.1\n");
  }
  if (line.substr(0, first) != "GET") {
    return answer("405 Method Not Allowed", kPlain, "expected GET\n");
  }
  std::string_view path = line.substr(first + 1, second - first - 1);
  path = path.substr(0, path.find('?'));
  if (path != "/" && path != "/metrics") {
    return answer("404 Not Found", kPlain, "the metrics are at /metrics\n");
  }
  return answer("200 OK", "text/plain; version=0.0.4; charset=utf-8", metrics);
}

}  // namespace dropscope::probe
