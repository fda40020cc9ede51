#include "analysis/scope/single_user.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"

namespace dropscope {
namespace {

constexpr double kAccident = 0.05;
constexpr double kSure = 0.95;
/// Jeffreys' prior of a Poisson rate.
constexpr double kShape = 0.5;
/// Where there is nobody to tell what is usual, a healthy client is taken to have at most a tenth.
constexpr double kHealthyShare = 0.1;

/// A rate as a gamma distribution; hours over dispersion, as its counts.
struct Rate {
  double shape = kShape;
  double hours = 0;

  /// ln of the probability (density, counts need not be whole) of `events` in `hours_more`.
  [[nodiscard]] double log_probability(double events, double hours_more) const {
    if (!(hours_more > 0)) return 0;
    const double share = hours_more / (hours + hours_more);
    return std::lgamma(events + shape) - std::lgamma(events + 1) - std::lgamma(shape) +
           events * std::log(share) + shape * std::log1p(-share);
  }
};

Rate rate_of(const WatchedLosses& seen, double dispersion) {
  return {seen.events / dispersion + kShape, seen.hours / dispersion};
}

bool same(const std::string& a, const std::string& b) {
  return !a.empty() && equals_nocase_ascii(a, b);
}

void add(WatchedLosses& sum, const UserRow& row) {
  sum.clients += 1;
  sum.events += row.events;
  sum.hours += row.hours;
}

const ScopeAttribute* column(const ScopeTable& table, std::string_view name) {
  for (const ScopeAttribute& attribute : table.attributes) {
    if (equals_nocase_ascii(attribute.name, name)) return &attribute;
  }
  return nullptr;
}

std::string value_at(const ScopeAttribute* attribute, std::size_t row) {
  if (attribute == nullptr || attribute->ids[row] == kNoValue) return {};
  return attribute->values[attribute->ids[row]];
}

/// Sorts the rows by what they say of the user and of the computer.
void sort_rows(std::span<const UserRow> rows, std::size_t own, SingleUser& result) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const UserRow& row = rows[i];
    const bool users_here =
        std::any_of(row.users.begin(), row.users.end(),
                    [&](const std::string& user) { return same(user, result.user); });
    if (i == own) {
      add(result.own, row);
    } else if (users_here && row.users.size() > 1) {
      result.uncertain.push_back(row.computer);
    } else if (users_here) {
      // The same pair twice is the same client.
      add(same(row.computer, result.computer) ? result.own : result.elsewhere, row);
    } else if (same(row.computer, result.computer)) {
      add(result.here, row);
    } else {
      add(result.others, row);
    }
  }
}

}  // namespace

std::string_view to_string(SingleUserAnswer answer) {
  switch (answer) {
    case SingleUserAnswer::User:
      return "user";
    case SingleUserAnswer::Computer:
      return "computer";
    case SingleUserAnswer::Neither:
      return "neither";
    case SingleUserAnswer::Open:
      return "open";
  }
  return "open";
}

std::vector<UserRow> user_rows(const ScopeTable& table) {
  const ScopeAttribute* users = column(table, "user");
  const ScopeAttribute* computers = column(table, "computer");
  std::vector<UserRow> rows;
  for (std::size_t i = 0; i < table.events.size(); ++i) {
    UserRow& row = rows.emplace_back();
    if (const std::string user = value_at(users, i); !user.empty()) row.users = {user};
    row.computer = value_at(computers, i);
    row.events = table.events[i];
    row.hours = table.exposure_h[i];
  }
  return rows;
}

std::vector<UserRow> user_rows(const Evidence& evidence,
                               const std::vector<ComputerEpisodes>& episodes) {
  std::vector<UserRow> rows;
  for (const ComputerEpisodes& one : episodes) {
    UserRow row;
    row.computer = evidence.computers[one.computer].name;
    row.hours = watched_seconds(one) / 3600;
    if (!(row.hours > 0)) continue;
    for (const Outage& outage : one.outages) row.events += outage.lost_event != kNoEvent ? 1 : 0;
    const auto add_user = [&](const std::string& user) {
      const bool known = std::any_of(row.users.begin(), row.users.end(),
                                     [&](const std::string& other) { return same(other, user); });
      if (!user.empty() && !known) row.users.push_back(user);
    };
    add_user(evidence.computers[one.computer].attributes.get("user"));
    auto client = std::lower_bound(evidence.clients.begin(), evidence.clients.end(), one.computer,
                                   [](const ClientIdentity& identity, std::uint32_t computer) {
                                     return identity.computer < computer;
                                   });
    for (; client != evidence.clients.end() && client->computer == one.computer; ++client) {
      add_user(evidence.strings.at(client->user));
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

double hours_of_silence(double events, double hours, double dispersion, double accident) {
  const double shape = events / dispersion + kShape;
  // (h / (h + H)) ^ shape = accident, with the hours over the dispersion like the counts.
  return hours * std::expm1(-std::log(accident) / shape);
}

SingleUser judge_single_user(std::span<const UserRow> rows, std::size_t row, double dispersion) {
  SingleUser result;
  const UserRow& own = rows[row];
  if (own.users.size() == 1) result.user = own.users.front();
  result.own_uncertain = own.users.size() > 1;
  result.computer = own.computer;
  sort_rows(rows, row, result);

  const Rate ill = rate_of(result.own, dispersion);
  Rate healthy = rate_of(result.others, dispersion);
  if (!(result.others.hours > 0)) healthy = {ill.shape, ill.hours / kHealthyShare};
  const auto log_of = [&](const Rate& rate, const WatchedLosses& seen) {
    return rate.log_probability(seen.events / dispersion, seen.hours / dispersion);
  };
  // What is asked is which of the first two. That both the other computer and the other users have
  // it too is rare, unless they show it.
  std::array<double, 3> p = {
      0.49 * std::exp(log_of(ill, result.elsewhere) + log_of(healthy, result.here)),
      0.49 * std::exp(log_of(healthy, result.elsewhere) + log_of(ill, result.here)),
      0.02 * std::exp(log_of(ill, result.elsewhere) + log_of(ill, result.here))};
  const double sum = p[0] + p[1] + p[2];
  const auto best = std::max_element(p.begin(), p.end());
  result.probability = sum > 0 ? *best / sum : 0;
  // Whoever has not been watched cannot have been told apart.
  const bool watched = result.elsewhere.hours > 0 || result.here.hours > 0;
  if (watched && !result.own_uncertain && result.probability >= kSure) {
    constexpr std::array<SingleUserAnswer, 3> kAnswers = {
        SingleUserAnswer::User, SingleUserAnswer::Computer, SingleUserAnswer::Neither};
    result.answer = kAnswers[static_cast<std::size_t>(best - p.begin())];
    return result;
  }
  if (!(result.own.events > 0) || !(result.own.hours > 0)) return result;
  SecondComputerTest test;
  test.hours = hours_of_silence(result.own.events, result.own.hours, dispersion, kAccident);
  if (result.others.hours > 0) {
    test.alarm_known = true;
    // Per client: the others' hours are those of all of them together, their rate is one client's.
    test.alarm = 1 - std::exp(healthy.log_probability(0, test.hours / dispersion));
  }
  result.test = test;
  return result;
}

}  // namespace dropscope
