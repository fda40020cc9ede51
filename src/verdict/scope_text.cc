#include "verdict/scope_text.h"

#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "base/text.h"

namespace dropscope {
namespace {

std::string explain_cause(const ScopeTable& table, const ScopeCause& cause) {
  std::uint64_t affected = 0;
  for (const double events : table.events) {
    if (events > 0) affected += 1;
  }
  const std::uint64_t clients = table.events.size();
  std::string text = fmt::format(
      "{} of the {} affected clients are those with {} (of {} there {} affected; elsewhere {} of "
      "{}); they lose the server {:.1f} times as often as the others; chance of that by accident: "
      "{}.",
      cause.affected, affected, describe_terms(table.attributes, cause.terms), cause.clients,
      cause.affected == 1 ? "1 is" : fmt::format("{} are", cause.affected),
      affected - cause.affected, clients - cause.clients, cause.ratio, chance_words(cause.net));
  for (const ScopeTerms& same : cause.equivalents) {
    text +=
        fmt::format(" The same clients are those with {}.", describe_terms(table.attributes, same));
  }
  return text;
}

std::string seen_words(const WatchedLosses& seen) {
  return fmt::format(
      "{} in {:.0f} hours",
      count_of(static_cast<std::uint64_t>(std::llround(seen.events)), "loss", "losses"),
      seen.hours);
}

/// The row with most events of a cause that is one client, one user or one computer.
std::optional<std::size_t> single_row(const ScopeTable& table, const ScopeCause& cause) {
  const bool one = cause.clients == 1 ||
                   (cause.terms.size() == 1 &&
                    names_one_client(table.attributes[cause.terms.front().attribute].name));
  if (!one) return std::nullopt;
  std::optional<std::size_t> best;
  for (std::size_t row = 0; row < table.events.size(); ++row) {
    if (!matches(table.attributes, cause.terms, row)) continue;
    if (!best || table.events[row] > table.events[*best]) best = row;
  }
  return best;
}

/// What tells the user from the computer, where one client is the answer.
void add_single(const ScopeTable& table, std::size_t row, double dispersion,
                std::vector<std::string>& sentences) {
  for (std::string& one :
       explain_single_user(judge_single_user(user_rows(table), row, dispersion))) {
    sentences.push_back(std::move(one));
  }
}

}  // namespace

std::string chance_words(double minus_log) {
  constexpr double kLn10 = 2.302585092994046;
  const int power = static_cast<int>(minus_log / kLn10);
  if (power < 1) return "less than 1 in 10";
  if (power > 9) return "less than 1 in 1,000,000,000";
  std::string number = "1";
  for (int i = power; i > 0; --i) {
    if (i % 3 == 0) number += ',';
    number += '0';
  }
  return "less than 1 in " + number;
}

std::string describe_terms(const std::vector<ScopeAttribute>& attributes, const ScopeTerms& terms) {
  std::string text;
  for (const ScopeTerm& term : terms) {
    if (!text.empty()) text += ", ";
    const ScopeAttribute& attribute = attributes[term.attribute];
    text += attribute.name + " " + printable(attribute.values[term.value]);
  }
  return text;
}

std::vector<std::string> explain_single_user(const SingleUser& single) {
  std::vector<std::string> out;
  const std::string user =
      single.user.empty() ? std::string("the user") : "user " + printable(single.user);
  const std::string computer = single.computer.empty() ? std::string("this computer")
                                                       : "computer " + printable(single.computer);
  if (single.elsewhere.hours > 0) {
    out.push_back(fmt::format("On {} {} has {}.",
                              count_of(single.elsewhere.clients, "other computer"), user,
                              seen_words(single.elsewhere)));
  }
  if (single.here.hours > 0) {
    out.push_back(fmt::format("Others on {} have {}.", computer, seen_words(single.here)));
  }
  for (const std::string& shared : single.uncertain) {
    out.push_back(
        fmt::format("Several people use computer {}; whose its losses are is not in the evidence.",
                    printable(shared)));
  }
  if (single.own_uncertain) {
    out.push_back(fmt::format("Several people use {}; whose its losses are is not in the evidence.",
                              computer));
  }
  const std::string sure =
      fmt::format(" (probability {:.0f} %)", std::min(99.0, std::floor(100 * single.probability)));
  switch (single.answer) {
    case SingleUserAnswer::User:
      out.push_back(
          fmt::format("It goes with {}: look at account, mailbox and profile{}.", user, sure));
      break;
    case SingleUserAnswer::Computer:
      out.push_back(fmt::format(
          "It stays with {}: look at its network adapter, cable, drivers and programs{}.", computer,
          sure));
      break;
    case SingleUserAnswer::Neither:
      out.push_back(
          fmt::format("Both have it, so it is neither {} nor {}: look at what they share{}.", user,
                      computer, sure));
      break;
    case SingleUserAnswer::Open:
      break;
  }
  if (!single.test) return out;
  std::string test = fmt::format(
      "To tell {} from {}: let {} work on a second computer in the same place for {:.0f} hours "
      "with Outlook running. At the rate seen here ({}), no loss there in that time has a chance "
      "of 5 % if it goes with the user, so then it stays with the computer.",
      user, computer, user, std::ceil(single.test->hours), seen_words(single.own));
  test +=
      single.test->alarm_known
          ? fmt::format(
                " A loss there says that it goes with the user, or lies in the network of both; "
                "other clients lose the server in such a time with {:.0f} %.",
                100 * single.test->alarm)
          : std::string(
                " A loss there says that it goes with the user, or lies in the network of both.");
  out.push_back(test);
  return out;
}

std::string explain_timing(const SharedTiming& timing) {
  switch (timing.kind) {
    case SharedTimingKind::TooFew:
      return {};
    case SharedTimingKind::Together:
      return fmt::format(
          "{} of {} lie in {} in which several computers lost the server within a minute, more "
          "than the course of the day explains: something failed for all of them.",
          timing.together, count_of(timing.losses, "loss", "losses"),
          count_of(timing.moments.size(), "moment"));
    case SharedTimingKind::SameTimeOfDay:
      return fmt::format(
          "{} of {} lie in {} in which several computers lost the server within a minute, at the "
          "same time on several days: something is scheduled then.",
          timing.together, count_of(timing.losses, "loss", "losses"),
          count_of(timing.moments.size(), "moment"));
    case SharedTimingKind::EqualIntervals:
      return fmt::format(
          "{} lose the server after the same length of a connection, each at moments of its own: a "
          "timer that counts for each connection, on a device that they share.",
          count_of(timing.at_interval, "computer"));
    case SharedTimingKind::Independent:
      break;
  }
  return "The computers lose the server at moments of their own, as chance has it.";
}

std::vector<std::string> explain_scope(const ScopeTable& table, const ScopeResult& result) {
  std::vector<std::string> sentences;
  if (result.kind == ScopeKind::Global) {
    sentences.push_back(
        fmt::format("Everybody is affected: the fleet loses the server {:.1f} times as often as in "
                    "its history.",
                    result.global_ratio));
  }
  for (const ScopeCause& cause : result.causes) {
    sentences.push_back(explain_cause(table, cause));
    if (const auto row = single_row(table, cause)) {
      add_single(table, *row, result.dispersion, sentences);
    }
  }
  if (result.accident) {
    const std::string chance = *result.accident < 0.01
                                   ? chance_words(-std::log(std::max(*result.accident, 1e-300)))
                                   : fmt::format("{:.0f} %", 100 * *result.accident);
    sentences.push_back(
        fmt::format("Of fleets without a cause, as simulated from this one, {} have a place that "
                    "stands out as much as the first one here.",
                    chance));
  }
  if (result.kind != ScopeKind::None) return sentences;
  double events = 0;
  for (const double y : table.events) events += y;
  if (table.events.empty()) {
    sentences.emplace_back("The table holds no client.");
  } else if (table.events.size() < 2) {
    sentences.emplace_back(
        "There are no other clients to compare with, so where the cause lies cannot be told.");
    if (events > 0) add_single(table, 0, result.dispersion, sentences);
  } else if (events == 0) {
    sentences.emplace_back("No client lost its server.");
  } else if (events < 2) {
    sentences.emplace_back("A single loss points to no place; watch for longer.");
  } else {
    sentences.push_back(
        fmt::format("The {} are spread over the {} as chance spreads them; no place stands out.",
                    count_of(static_cast<std::uint64_t>(std::llround(events)), "loss", "losses"),
                    count_of(table.events.size(), "client")));
    if (result.smallest_ratio) {
      sentences.push_back(
          fmt::format("A place with a tenth of the hours would have been seen from {:.1f} times "
                      "the rate of the others on.",
                      *result.smallest_ratio));
    } else {
      sentences.emplace_back(
          "There are too few losses to see a difference of any size; watch for longer.");
    }
  }
  return sentences;
}

}  // namespace dropscope
