#include "apps/cli/event_filter.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/utf16.h"

namespace dropscope::cli {
namespace {

/// True without patterns: a condition that is not given always holds.
bool any_pattern(const std::vector<std::string>& patterns, std::string_view text) {
  return patterns.empty() ||
         std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return matches_pattern(pattern, text); });
}

template <typename T>
bool any_of_these(const std::vector<T>& wanted, T value) {
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), value) != wanted.end();
}

bool rule_names(const EventRule& rule, const EventRow& row) {
  return equals_nocase_ascii(rule.provider, row.provider) && any_of_these(rule.ids, row.event_id) &&
         (rule.channel.empty() || equals_nocase_ascii(rule.channel, row.channel));
}

bool rule_data_holds(const EventRule& rule, const EventRow& row) {
  if (rule.data_contains.empty()) return true;
  return !row.data.empty() &&
         fold_case(row.data.front().text).find(fold_case(rule.data_contains)) != std::string::npos;
}

bool any_computer(const std::vector<std::string>& patterns, const std::string& computer) {
  const std::string_view label = std::string_view(computer).substr(0, computer.find('.'));
  return any_pattern(patterns, computer) ||
         std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
           return pattern.find('.') == std::string::npos && matches_pattern(pattern, label);
         });
}

/// Exactly `count` digits as a number inside bounds.
std::optional<int> digits(std::string_view text, std::size_t count, int low, int high) {
  if (text.size() != count) return std::nullopt;
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  if (value < low || value > high) return std::nullopt;
  return value;
}

}  // namespace

bool matches_pattern(std::string_view pattern, std::string_view text) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  // Goes back to the last star only, which is enough: what an earlier star takes more, the last one
  // could have taken as well.
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t retry = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      retry = t;
    } else if (p < pattern.size() && lower(pattern[p]) == lower(text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++retry;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool matches_head(const EventFilter& filter, const EventRow& row) {
  if (filter.profile != nullptr) {
    const auto& rules = filter.profile->rules;
    if (std::none_of(rules.begin(), rules.end(),
                     [&](const EventRule& rule) { return rule_names(rule, row); })) {
      return false;
    }
  }
  return any_pattern(filter.providers, row.provider) && any_of_these(filter.ids, row.event_id) &&
         any_of_these(filter.levels, row.level) && !(filter.from && row.time < *filter.from) &&
         !(filter.until && row.time >= *filter.until) &&
         any_computer(filter.computers, row.computer) && any_pattern(filter.channels, row.channel);
}

bool matches_body(const EventFilter& filter, const EventRow& row) {
  if (filter.profile != nullptr) {
    const auto& rules = filter.profile->rules;
    if (std::none_of(rules.begin(), rules.end(), [&](const EventRule& rule) {
          return rule_names(rule, row) && rule_data_holds(rule, row);
        })) {
      return false;
    }
  }
  if (filter.texts.empty()) return true;
  const std::string text = fold_case(data_text(row));
  return std::any_of(filter.texts.begin(), filter.texts.end(),
                     [&](const std::string& part) { return text.find(part) != std::string::npos; });
}

std::optional<std::vector<std::uint64_t>> levels_from_text(std::string_view text) {
  constexpr std::array<std::string_view, 6> kNames = {"always",  "critical",    "error",
                                                      "warning", "information", "verbose"};
  if (equals_nocase_ascii(text, "information")) return std::vector<std::uint64_t>{0, 4};
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (equals_nocase_ascii(text, kNames[i])) return std::vector<std::uint64_t>{i};
  }
  // The field has eight bits; providers may define levels of their own from 16 on.
  const auto number = parse_int(text);
  if (!number || *number < 0 || *number > 255) return std::nullopt;
  return std::vector<std::uint64_t>{static_cast<std::uint64_t>(*number)};
}

std::optional<Instant> time_from_text(std::string_view text, const TimeZone& zone, bool end) {
  if (const auto instant = parse_utc(text)) return end ? *instant + Ticks{1} : *instant;
  // YYYY-MM-DD[(T| )hh:mm[:ss]]
  if (text.size() < 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  CivilTime local;
  const auto year = digits(text.substr(0, 4), 4, 1601, 9999);
  const auto month = digits(text.substr(5, 2), 2, 1, 12);
  const auto day = digits(text.substr(8, 2), 2, 1, 31);
  if (!year || !month || !day) return std::nullopt;
  local.year = *year;
  local.month = *month;
  local.day = *day;
  Ticks named = std::chrono::seconds(1);
  if (text.size() == 10) {
    if (!end) return zone.from_local(local);
    // Midnight of the next day by the calendar: a day can have 23 or 25 hours.
    const auto midnight = from_civil_utc(local);
    if (!midnight) return std::nullopt;
    return zone.from_local(to_civil_utc(*midnight + std::chrono::hours(24)));
  }
  if ((text[10] != ' ' && text[10] != 'T') || (text.size() != 16 && text.size() != 19) ||
      text[13] != ':') {
    return std::nullopt;
  }
  const auto hour = digits(text.substr(11, 2), 2, 0, 23);
  const auto minute = digits(text.substr(14, 2), 2, 0, 59);
  if (!hour || !minute) return std::nullopt;
  local.hour = *hour;
  local.minute = *minute;
  if (text.size() == 19) {
    const auto second = digits(text.substr(17, 2), 2, 0, 59);
    if (text[16] != ':' || !second) return std::nullopt;
    local.second = *second;
  } else {
    named = std::chrono::minutes(1);
  }
  const auto instant = zone.from_local(local);
  if (!instant) return std::nullopt;
  return end ? *instant + named : *instant;
}

}  // namespace dropscope::cli
