#include "evidence/intake/event_collector.h"

#include <algorithm>

#include "base/result.h"
#include "base/text.h"

namespace dropscope {
namespace {

/// FNV-1a over the units, ASCII letters in lower case.
std::uint64_t provider_hash(Utf16View provider) {
  std::uint64_t hash = 14695981039346656037ull;
  for (std::size_t i = 0; i < provider.size(); ++i) {
    char16_t unit = provider[i];
    if (unit >= 'A' && unit <= 'Z') unit = static_cast<char16_t>(unit + 32);
    hash = (hash ^ unit) * 1099511628211ull;
  }
  return hash;
}

bool contains_nocase(std::string_view text, std::string_view part) {
  return to_lower_ascii(text).find(to_lower_ascii(part)) != std::string::npos;
}

/// Kernel-General 1 carries NewTime, OldTime and, since Windows 8, Reason. Reason 2 says that the
/// clock was read from the hardware again after a sleep: no step of the wall clock. Below a second
/// the time service corrects the clock all the time.
constexpr Ticks kSmallestStep = std::chrono::seconds{1};

std::optional<std::int64_t> clock_step(const std::vector<evtx::EventView::Item>& items) {
  std::optional<Instant> before;
  std::optional<Instant> after;
  for (const auto& item : items) {
    if (item.name == "NewTime") after = parse_utc(item.text);
    if (item.name == "OldTime") before = parse_utc(item.text);
    if (item.name == "Reason" && item.text == "2") return std::nullopt;
  }
  if (!before || !after) return std::nullopt;
  const Ticks step = *after - *before;
  if (step < kSmallestStep && step > -kSmallestStep) return std::nullopt;
  return step.count();
}

/// The strings of an event as one line: the items' texts, empty ones left out.
std::string join_items(const std::vector<evtx::EventView::Item>& items) {
  std::string text;
  for (const auto& item : items) {
    if (item.text.empty() || item.name == "Binary") continue;
    if (!text.empty()) text += " | ";
    text += item.text;
  }
  return text;
}

/// EventLog 6013 holds "480 Pacific Standard Time" (bias in minutes and name) as its seventh
/// string.
std::string zone_of_uptime_event(const std::vector<evtx::EventView::Item>& items) {
  for (auto it = items.rbegin(); it != items.rend(); ++it) {
    if (it->name == "Binary") continue;
    const std::size_t space = it->text.find(' ');
    if (space == std::string::npos) continue;
    if (parse_int(std::string_view(it->text).substr(0, space))) return it->text.substr(space + 1);
  }
  return {};
}

}  // namespace

EventMatcher::EventMatcher(const Catalogue& catalogue) {
  evtx::Filter filter;
  const auto add = [&](const EventRule& rule, std::uint16_t profile) {
    const std::u16string provider = to_utf16(rule.provider);
    const std::uint64_t hash = provider_hash(
        Utf16View(Bytes(reinterpret_cast<const std::byte*>(provider.data()), provider.size() * 2)));
    for (const std::uint16_t id : rule.ids) rules_[Key{hash, id}].push_back({&rule, profile});
    filter.sources.push_back({rule.provider, rule.ids, {}});
  };
  for (std::size_t i = 0; i < catalogue.profiles.size(); ++i) {
    for (const EventRule& rule : catalogue.profiles[i].rules) {
      add(rule, static_cast<std::uint16_t>(i));
    }
    classifiers_.emplace_back(catalogue, catalogue.profiles[i]);
  }
  for (const EventRule& rule : catalogue.computer_events) add(rule, kNoProfile);
  filter_.emplace(filter);
}

const std::vector<EventMatcher::Match>& EventMatcher::find(Utf16View provider,
                                                           std::uint16_t id) const {
  static const std::vector<Match> kNone;
  const auto found = rules_.find(Key{provider_hash(provider), id});
  if (found == rules_.end()) return kNone;
  // Two providers with the same hash are next to impossible, and a wrong match would be silent.
  if (!provider.equals_ascii_nocase(found->second.front().rule->provider)) return kNone;
  return found->second;
}

Classification EventMatcher::classify(std::uint16_t profile, std::string_view text) const {
  check(profile < classifiers_.size(), "a rule that asks for a text belongs to a profile");
  return classifiers_[profile].classify(text);
}

RawCoverage& EventCollector::coverage_of(std::string_view computer, std::string_view channel) {
  std::pair<std::string, std::string> key{computer, channel};
  auto [it, inserted] = coverage_.try_emplace(std::move(key));
  if (inserted) {
    it->second.computer = it->first.first;
    it->second.channel = it->first.second;
  }
  return it->second;
}

void EventCollector::count(RawCoverage& coverage, Instant time, std::uint64_t record_id) {
  if (coverage.records > 0 && time != Instant{} &&
      time + std::chrono::seconds{1} < previous_time_) {
    ++out_.out_of_order;
  }
  if (time != Instant{}) previous_time_ = time;
  if (coverage.records == 0) {
    coverage.first_record_id = coverage.last_record_id = record_id;
  } else {
    coverage.first_record_id = std::min(coverage.first_record_id, record_id);
    coverage.last_record_id = std::max(coverage.last_record_id, record_id);
  }
  ++coverage.records;
  // A FILETIME of 0 is none; a span from 1601 would say that the log covers four centuries.
  if (time == Instant{}) return;
  coverage.first = coverage.first == Instant{} ? time : std::min(coverage.first, time);
  coverage.last = std::max(coverage.last, time);
}

void EventCollector::add(const EventRecord& record, const std::vector<DataItem>& items) {
  count(coverage_of(record.computer, record.channel), record.time, record.record_id);
  const std::u16string provider = to_utf16(record.provider);
  const auto* units = reinterpret_cast<const std::byte*>(provider.data());
  keep(matcher_.find(Utf16View(Bytes(units, provider.size() * 2)), record.event_id), record, items);
}

void EventCollector::keep(const std::vector<EventMatcher::Match>& matches,
                          const EventRecord& record, const std::vector<DataItem>& items) {
  for (const EventMatcher::Match& match : matches) {
    if (apply(match, record, items)) return;
  }
}

bool EventCollector::apply(const EventMatcher::Match& match, const EventRecord& record,
                           const std::vector<DataItem>& items) {
  const EventRule& rule = *match.rule;
  // A forwarded event keeps its original channel in its System element.
  if (!rule.channel.empty() && !record.channel.empty() &&
      !equals_nocase_ascii(rule.channel, record.channel)) {
    return false;
  }
  if (!rule.data_contains.empty()) {
    const std::string_view first = items.empty() ? record.message : items.front().text;
    if (!contains_nocase(first, rule.data_contains)) return false;
  }
  if (!rule.contains_any.empty()) {
    const std::string text = to_lower_ascii(join_items(items) + " " + std::string(record.message));
    if (std::none_of(rule.contains_any.begin(), rule.contains_any.end(), [&](const auto& words) {
          return text.find(to_lower_ascii(words)) != std::string::npos;
        })) {
      return false;
    }
  }
  RawEvent raw;
  raw.text = items.empty() ? std::string(record.message) : join_items(items);
  Event& out = raw.event;
  out.recognition = Recognition::Id;
  if (rule.meaning) {
    out.meaning = *rule.meaning;
  } else {
    const Classification found = matcher_.classify(match.profile, raw.text);
    out.meaning = found.meaning;
    out.recognition = found.recognition;
  }
  if (out.meaning == Meaning::ClockStep) {
    const auto step = clock_step(items);
    if (!step) return true;
    out.value = *step;
  }
  if (out.meaning == Meaning::ZoneReport) {
    raw.text = zone_of_uptime_event(items);
    if (raw.text.empty()) return true;
  }
  out.context = rule.context;
  out.time = record.time;
  out.record_id = record.record_id;
  out.offset = record.place;
  out.event_id = record.event_id;
  out.profile = match.profile == EventMatcher::kNoProfile ? std::uint16_t{0} : match.profile;
  out.doubtful = record.doubtful;
  raw.provider = record.provider;
  raw.channel = record.channel;
  raw.computer = record.computer;
  out_.events.push_back(std::move(raw));
  return true;
}

void EventCollector::finish() {
  out_.coverage.reserve(coverage_.size());
  for (auto& [key, coverage] : coverage_) out_.coverage.push_back(std::move(coverage));
  coverage_.clear();
}

}  // namespace dropscope
