#include "apps/cli/event_filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "apps/cli/console.h"
#include "apps/cli/options.h"
#include "base/text.h"
#include "base/utf16.h"

namespace dropscope::cli {
namespace {

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

std::string check_level(const std::string& typed) {
  if (levels_from_text(typed)) return {};
  return fmt::format(
      "\"{}\" is no level; expected critical, error, warning, information, verbose "
      "or a number{}",
      typed, did_you_mean(typed, {"critical", "error", "warning", "information", "verbose"}));
}

std::string check_records(const std::string& typed) {
  if (records_from_text(typed)) return {};
  return fmt::format("\"{}\" is no range of record ids; expected 100-200, 100- or 100", typed);
}

bool rule_holds(const EventRule& rule, const EventRow& row) {
  if (!equals_nocase_ascii(rule.provider, row.provider) ||
      (!rule.ids.empty() &&
       std::find(rule.ids.begin(), rule.ids.end(), row.event_id) == rule.ids.end()) ||
      (!rule.channel.empty() && !equals_nocase_ascii(rule.channel, row.channel))) {
    return false;
  }
  if (rule.data_contains.empty()) return true;
  return !row.data.empty() &&
         fold_case(row.data.front().text).find(fold_case(rule.data_contains)) != std::string::npos;
}

}  // namespace

std::string check_time(const std::string& typed) {
  if (time_from_text(typed, TimeZone(), false)) return {};
  return fmt::format(
      "\"{}\" is no date; expected 2024-05-13, \"2024-05-13 08:00:02\" (in the zone of --tz) or "
      "2024-05-13T08:00:02Z",
      typed);
}

void add_filter_options(CommandTree& tree, CLI::App& command, FilterArguments& arguments) {
  const auto add_list = [&](const char* names, const char* value, const char* text,
                            std::vector<std::string>& target, bool commas,
                            std::function<std::string(const std::string&)> check,
                            std::vector<std::string> choices = {}) {
    OptionSpec option;
    option.names = names;
    option.value = value;
    option.text = text;
    option.list = commas;
    option.kind = choices.empty() ? ValueKind::Text : ValueKind::Choice;
    option.choices = std::move(choices);
    option.check = std::move(check);
    tree.add_option(command, std::move(option), &target);
  };
  const auto add_text = [&](const char* names, const char* value, const char* text,
                            std::string& target,
                            std::function<std::string(const std::string&)> check) {
    OptionSpec option;
    option.names = names;
    option.value = value;
    option.text = text;
    option.check = std::move(check);
    tree.add_option(command, std::move(option), &target);
  };
  // Names of providers hold commas now and then, so only numbers and levels may be listed.
  add_list("--provider", "P", "Events of this provider; may be repeated.", arguments.providers,
           false, {});
  add_list("--id", "N", "Events with this id; may be repeated or separated by commas.",
           arguments.ids, true, number_between(0, 65535));
  add_list("--level", "L", "critical, error, warning, information, verbose or a number.",
           arguments.levels, true, check_level,
           {"critical", "error", "warning", "information", "verbose"});
  add_text("--from", "TIME",
           "From this date or time on, in the zone of --tz unless it ends in Z or an offset.",
           arguments.from, check_time);
  add_text("--to", "TIME", "Up to this date or time; a date alone means the whole day.",
           arguments.to, check_time);
  add_list("--computer", "C", "Events of this computer; without a dot, in any domain.",
           arguments.computers, false, {});
  add_list("--channel", "C", "Events of this channel, such as Application.", arguments.channels,
           false, {});
  add_list("--text", "T", "Events whose data hold this text; case does not matter.",
           arguments.texts, false, {});
  add_text("--record", "A-B", "Events with these record ids: 100-200, 100- or 100.",
           arguments.records, check_records);
}

void add_skip_checksums_option(CommandTree& tree, CLI::App& command, FilterArguments& arguments) {
  OptionSpec skip;
  skip.names = "--skip-checksums";
  skip.text = "Do not compare checksums, which is faster; damage that only they show is not told.";
  skip.kind = ValueKind::Flag;
  tree.add_option(command, std::move(skip), &arguments.skip_checksums);
}

Result<evtx::Filter> make_filter(const FilterArguments& arguments, const TimeZone& zone) {
  evtx::Filter filter;
  filter.providers = arguments.providers;
  for (const std::string& id : arguments.ids) {
    filter.ids.push_back(static_cast<std::uint16_t>(parse_int(id).value_or(0)));
  }
  for (const std::string& level : arguments.levels) {
    const auto levels = levels_from_text(level).value_or(std::vector<std::uint64_t>{});
    filter.levels.insert(filter.levels.end(), levels.begin(), levels.end());
  }
  filter.computers = arguments.computers;
  filter.channels = arguments.channels;
  filter.texts = arguments.texts;
  if (!arguments.from.empty()) filter.from = time_from_text(arguments.from, zone, false);
  if (!arguments.to.empty()) filter.until = time_from_text(arguments.to, zone, true);
  if (filter.from && filter.until && *filter.from >= *filter.until) {
    return fail(ErrorCode::Invalid,
                fmt::format("--from {} is after --to {}; no event can lie between them",
                            arguments.from, arguments.to));
  }
  if (!arguments.records.empty()) {
    const RecordRange range = records_from_text(arguments.records).value_or(RecordRange{});
    filter.first_record_id = range.first;
    filter.last_record_id = range.last;
  }
  return filter;
}

void add_profile(evtx::Filter& filter, const Profile& profile) {
  for (const EventRule& rule : profile.rules) {
    filter.sources.push_back({rule.provider, rule.ids, rule.channel});
  }
}

bool profile_holds(const Profile& profile, const EventRow& row) {
  return std::any_of(profile.rules.begin(), profile.rules.end(),
                     [&](const EventRule& rule) { return rule_holds(rule, row); });
}

std::optional<RecordRange> records_from_text(std::string_view text) {
  const std::size_t dash = text.find('-');
  const auto first = parse_int(text.substr(0, dash));
  if (!first || *first < 0) return std::nullopt;
  RecordRange range;
  range.first = static_cast<std::uint64_t>(*first);
  if (dash == std::string_view::npos) {
    range.last = range.first;
  } else if (dash + 1 < text.size()) {
    const auto last = parse_int(text.substr(dash + 1));
    if (!last || *last < *first) return std::nullopt;
    range.last = static_cast<std::uint64_t>(*last);
  }
  return range;
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
  // YYYY-MM-DDThh:mm with a Z or an offset: ISO 8601 lets the seconds be left out.
  constexpr std::size_t kToMinute = 16;
  if (text.size() > kToMinute && text[13] == ':' && text[kToMinute] != ':') {
    const auto minute =
        parse_utc(fmt::format("{}:00{}", text.substr(0, kToMinute), text.substr(kToMinute)));
    if (minute) return end ? *minute + Ticks{std::chrono::minutes(1)} : *minute;
  }
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
