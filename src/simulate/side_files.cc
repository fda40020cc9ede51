#include "simulate/side_files.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "base/text.h"
#include "simulate/prng.h"

namespace dropscope::simulation {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// What ended a session, as HAProxy writes it (manual, section 8.5).
std::string_view termination(const Scenario& scenario, int cause) {
  if (cause == kNoiseCause) return "CD";
  const Cause& rule = scenario.causes[static_cast<std::size_t>(cause)];
  switch (rule.closed_as) {
    case ClosedAs::Admin:
      return "KD";
    case ClosedAs::ServerDown:
      return "DD";
    case ClosedAs::Client:
      return "CD";
    case ClosedAs::Server:
      return "SD";
    case ClosedAs::Idle:
      return "cD";
  }
  return "CD";
}

std::string month_of(const CivilTime& t) {
  return std::string(kMonths[static_cast<std::size_t>(t.month - 1)]);
}

}  // namespace

std::vector<BalancerLine> balancer_lines(const Scenario& scenario, const Client& client,
                                         const ClientHistory& history) {
  std::vector<BalancerLine> out;
  Random random(scenario.seed, Stream::Balancer, client.index);
  for (const Loss& loss : history.losses) {
    const CivilTime end = to_civil_utc(loss.closed);
    const CivilTime begin = to_civil_utc(loss.connected);
    const double total_ms = std::floor(1000 * seconds_between(loss.connected, loss.closed));
    const std::uint64_t port = 20'000 + random.below(40'000);
    const std::uint64_t bytes = 10'000 + random.below(2'000'000);
    out.push_back(
        {loss.closed,
         fmt::format("{} {:2} {:02}:{:02}:{:02} lb1 haproxy[1200]: {}:{} "
                     "[{:02}/{}/{:04}:{:02}:{:02}:{:02}.{:03}] fe_exchange bk_exchange/{} "
                     "1/2/{:.0f} {} {} 9/9/9/9/0 0/0\n",
                     month_of(end), end.day, end.hour, end.minute, end.second, client.address, port,
                     begin.day, month_of(begin), begin.year, begin.hour, begin.minute, begin.second,
                     begin.ticks / 10'000, to_lower_ascii(client.server), total_ms, bytes,
                     termination(scenario, loss.cause))});
  }
  return out;
}

std::string settings_file(const Client& client) {
  return fmt::format(
      "Windows Registry Editor Version 5.00\r\n\r\n"
      "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters]\r\n"
      "\"Hostname\"=\"{}\"\r\n"
      "\"KeepAliveTime\"=dword:{:08x}\r\n",
      client.name, static_cast<std::uint32_t>(1000 * client.keep_alive_s));
}

}  // namespace dropscope::simulation
