// Finished sentences are recognised rather than built in each language, because the verdict is one
// object with one text: JSON, the package and the comparison of two verdicts must not depend on the
// language somebody read a report in. An entry of the phrasebook "{} of {} losses …" is looked for
// where a sentence begins; what lies between its fixed parts are its values, which are themselves
// put into the language. Each fixed part is taken at its first occurrence and never looked for
// again, so the search cannot run away, and a value never reaches over the end of a sentence, so a
// short entry cannot swallow a paragraph.
#include "present/text/speech.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "base/text.h"
#include "base/time.h"
#include "present/text/wording.h"

namespace dropscope {

namespace {

constexpr std::array<std::string_view, 7> kDays = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr std::array<std::string_view, 7> kDayNames = {
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// Values inside values: "7 d at Mon 03:15, Tue 03:15 local time" in a sentence, the times in that,
// each of them. Deeper is no sentence of ours.
constexpr int kDeepest = 3;
// Letters of an entry that make it sure what it stands for, and letters that it has at least: one
// such as "{}: {}" says nothing.
constexpr std::size_t kTelling = 12;
constexpr std::size_t kLeastTelling = 4;
// A value is a name, a number or a clause. A longer one is a sign of a wrong match.
constexpr std::size_t kLongestValue = 300;

// Sentences that one entry may hold together; more than the longest entry has.
constexpr int kSentencesOfEntry = 5;

// Between values that are told as one.
constexpr std::array<std::string_view, 2> kBetween = {"; ", ", "};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool ends_sentence(std::string_view text) {
  return text.find(". ") != std::string_view::npos;
}

// Digits, marks and signs only: "1,234", "12.5", "+3".
bool is_number(std::string_view text) {
  const bool digits = std::any_of(text.begin(), text.end(), is_digit);
  return digits && text.find_first_not_of("0123456789.,+-") == std::string_view::npos;
}

// Numbers, with units that are the same in each language: "163.3 min", "1 h 20 min".
bool is_quantity(std::string_view text) {
  constexpr std::array<std::string_view, 7> kUnits = {"s", "ms", "min", "h", "d", "%", "MB"};
  bool unit_follows = false;
  for (const std::string_view word : split(text, ' ')) {
    const bool unit = std::find(kUnits.begin(), kUnits.end(), word) != kUnits.end();
    if (unit ? !unit_follows : !is_number(word) || unit_follows) return false;
    unit_follows = !unit;
  }
  return true;
}

// "03:15", "xx:05" of each hour.
bool is_time_of_day(std::string_view text) {
  constexpr std::string_view kShape = "hh:mm";
  if (text.size() != kShape.size() || text[2] != ':') return false;
  const std::string_view hour = text.substr(0, 2);
  return (hour == "xx" || (is_digit(hour[0]) && is_digit(hour[1]))) && is_digit(text[3]) &&
         is_digit(text[4]);
}

std::size_t next_sentence(std::string_view text, std::size_t from) {
  const std::size_t end = text.find(". ", from);
  return end == std::string_view::npos ? text.size() : end + 2;
}

}  // namespace

Speech::Speech(const Phrasebook* book) : book_(book) {
  if (book == nullptr) return;
  for (const auto& [english, translation] : book->phrases) {
    std::string_view rest = english;
    Pattern pattern;
    pattern.translation = translation;
    for (std::size_t at = rest.find("{}"); at != std::string_view::npos; at = rest.find("{}")) {
      pattern.literals.push_back(rest.substr(0, at));
      rest.remove_prefix(at + 2);
    }
    if (pattern.literals.empty()) continue;
    pattern.literals.push_back(rest);
    for (const std::string_view literal : pattern.literals) pattern.weight += literal.size();
    if (pattern.weight >= kLeastTelling) patterns_.push_back(std::move(pattern));
  }
}

std::string Speech::say(std::string_view english, const std::vector<std::string>& values) const {
  if (book_ == nullptr) return fill_phrase(english, values);
  const auto found = book_->phrases.find(english);
  return fill_phrase(found == book_->phrases.end() ? english : found->second, values);
}

std::string Speech::count(std::uint64_t n, std::string_view one, std::string_view many,
                          const std::vector<std::string>& more) const {
  std::vector<std::string> values = {grouped(n)};
  values.insert(values.end(), more.begin(), more.end());
  return say(n == 1 ? one : many, values);
}

Speech::Match Speech::find(std::string_view text, std::size_t from) const {
  // Up to the end of a sentence, or half of one would be told in each language.
  const auto ends_at = [&](std::size_t at) {
    return at == text.size() || (text[at] == ' ' && text[at - 1] == '.');
  };
  Match best;
  for (const Pattern& pattern : patterns_) {
    if (best.pattern != nullptr && best.pattern->weight >= pattern.weight) continue;
    if (text.substr(from, pattern.literals.front().size()) != pattern.literals.front()) continue;
    std::size_t at = from + pattern.literals.front().size();
    Match match;
    match.pattern = &pattern;
    for (std::size_t i = 1; i < pattern.literals.size() && match.pattern != nullptr; ++i) {
      const std::string_view literal = pattern.literals[i];
      const bool last = i + 1 == pattern.literals.size();
      const std::string_view reach = text.substr(0, at + kLongestValue + literal.size());
      std::size_t found = last && literal.empty() ? text.size() : reach.find(literal, at + 1);
      // The last one may stand inside the last value too, as the full stop does in "5.8.".
      while (last && found != std::string_view::npos && !ends_at(found + literal.size())) {
        found = reach.find(literal, found + 1);
      }
      const std::string_view value =
          found == std::string_view::npos ? std::string_view() : text.substr(at, found - at);
      if (value.empty() || value.size() > kLongestValue || ends_sentence(value)) {
        match.pattern = nullptr;
      } else {
        match.values.push_back(value);
        at = found + literal.size();
      }
    }
    if (match.pattern == nullptr || !ends_at(at)) continue;
    match.end = at;
    best = std::move(match);
  }
  return best;
}

/// A text of a data file has its full stop in one place and none in another.
std::optional<std::string> Speech::entry(std::string_view text) const {
  const auto& phrases = book_->phrases;
  if (const auto same = phrases.find(text); same != phrases.end()) return same->second;
  if (text.ends_with('.')) {
    const auto open = phrases.find(text.substr(0, text.size() - 1));
    if (open == phrases.end() || open->second.ends_with('.')) return std::nullopt;
    return open->second + ".";
  }
  const auto closed = phrases.find(std::string(text) + ".");
  if (closed == phrases.end() || !closed->second.ends_with('.')) return std::nullopt;
  return closed->second.substr(0, closed->second.size() - 1);
}

/// "03:15", "Mon 03:15", "about 03:15", and "…" where a list of them goes on.
std::optional<std::string> Speech::clock_time(std::string_view text) const {
  if (is_time_of_day(text) || text == "…") return std::string(text);
  constexpr std::string_view kAbout = "about";
  if (text.starts_with(kAbout) && text.substr(kAbout.size(), 1) == " ") {
    const std::optional<std::string> time = clock_time(text.substr(kAbout.size() + 1));
    return time ? std::optional(say(kAbout) + " " + *time) : std::nullopt;
  }
  for (const std::string_view day : kDays) {
    if (!text.starts_with(day) || text.substr(day.size(), 1) != " ") continue;
    const std::string_view time = text.substr(day.size() + 1);
    if (is_time_of_day(time)) return say(day) + " " + std::string(time);
  }
  return std::nullopt;
}

Speech::Value Speech::value(std::string_view text, int depth) const {
  if (is_quantity(text)) return {number(std::string(text)), true};
  if (std::optional<std::string> time = clock_time(text)) return {std::move(*time), true};
  if (std::optional<std::string> whole = entry(text)) return {std::move(*whole), true};
  if (depth >= kDeepest) return {std::string(text), false};
  for (const std::string_view between : kBetween) {
    if (text.find(between) == std::string_view::npos) continue;
    if (Value all = list(text, between, depth); all.known) return all;
  }
  const Match match = find(text, 0);
  if (match.pattern == nullptr || match.end != text.size()) return {std::string(text), false};
  return fill(match, depth + 1);
}

/// "24 by the server; 6 from the client's side": each by itself, and all or none.
Speech::Value Speech::list(std::string_view text, std::string_view between, int depth) const {
  Value out{{}, true};
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(between, at), text.size());
    const Value each = value(text.substr(at, end - at), depth);
    if (!each.known) return {std::string(text), false};
    out.text += std::string(at == 0 ? "" : between) + each.text;
    at = end + between.size();
  }
  return out;
}

Speech::Value Speech::fill(const Match& match, int depth) const {
  std::vector<std::string> values;
  bool known = true;
  for (const std::string_view each : match.values) {
    Value value = this->value(each, depth);
    known &= value.known;
    values.push_back(std::move(value.text));
  }
  // A name may stay as it is in a sentence that says enough; in a short one it may be a sentence
  // that is not known.
  return {fill_phrase(match.pattern->translation, values),
          known || match.pattern->weight >= kTelling};
}

std::vector<Retold> Speech::retell(std::string_view english) const {
  if (book_ == nullptr) return {{std::string(english), true}};
  const auto whole = book_->phrases.find(english);
  if (whole != book_->phrases.end()) return {{whole->second, true}};
  std::vector<Retold> parts;
  const auto add = [&](std::string text, bool known) {
    if (!parts.empty() && parts.back().known == known) {
      parts.back().text += text;
    } else {
      parts.push_back({std::move(text), known});
    }
  };
  std::size_t at = 0;
  while (at < english.size()) {
    if (english[at] == ' ') {
      add(" ", parts.empty() || parts.back().known);
      ++at;
      continue;
    }
    // The longest run of whole sentences that has an entry of its own.
    std::size_t end = english.size();
    std::optional<std::string> fixed;
    std::size_t stop = at;
    for (int i = 0; i < kSentencesOfEntry && stop < english.size(); ++i) {
      stop = next_sentence(english, stop);
      const std::string_view run = trim(english.substr(at, stop - at));
      if (std::optional<std::string> found = entry(run)) {
        fixed = std::move(found);
        end = at + run.size();
      }
    }
    if (fixed) {
      add(std::move(*fixed), true);
      at = end;
      continue;
    }
    const Match match = find(english, at);
    const Value told = match.pattern == nullptr ? Value{} : fill(match, 1);
    if (!told.known) {
      end = next_sentence(english, at);
      add(std::string(english.substr(at, end - at)), false);
      at = end;
      continue;
    }
    add(told.text, true);
    at = match.end;
  }
  return parts;
}

std::string Speech::retold(std::string_view english) const {
  std::string out;
  for (const Retold& part : retell(english)) out += part.text;
  return out;
}

std::string Speech::number(std::string text) const {
  if (book_ == nullptr) return text;
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool inside =
        i > 0 && i + 1 < text.size() && is_digit(text[i - 1]) && is_digit(text[i + 1]);
    if (inside && text[i] == ',') {
      out += book_->group;
    } else if (inside && text[i] == '.') {
      out += book_->decimal;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string Speech::grouped(std::uint64_t n) const {
  return number(dropscope::grouped(n));
}

std::string Speech::percent(double probability) const {
  return say(dropscope::percent(probability));
}

std::string Speech::timer(double seconds) const {
  return number(timer_text(seconds));
}

std::string Speech::duration(double seconds) const {
  return number(format_duration(seconds));
}

std::string Speech::rate(double rate) const {
  const std::string text = rate_text(rate);
  const std::string said = say(text);
  return said == text ? number(text) : said;
}

std::string Speech::bytes(std::uint64_t bytes) const {
  return number(bytes_text(bytes));
}

std::string Speech::bound(double bound, double other) const {
  return number(bound_text(bound, other));
}

std::string Speech::interval(const IntervalEstimate& interval) const {
  if (interval.seconds <= 0) return {};
  return say("{} (95 % interval {} to {})",
             {timer(interval.seconds), bound(interval.low, interval.high),
              bound(interval.high, interval.low)});
}

std::string Speech::time(const TimeZone& zone, Instant t) const {
  const std::string text = zone.format(t);
  // "2024-05-13 16:02:03"; a year before 1000 or after 9999 is left as it is.
  constexpr std::size_t kDateSize = 10;
  if (book_ == nullptr || text.size() < kDateSize || text[4] != '-' || text[7] != '-') return text;
  std::string date = book_->date;
  const auto put = [&](std::string_view name, std::string_view part) {
    const std::size_t at = date.find(name);
    if (at != std::string::npos) date.replace(at, name.size(), part);
  };
  put("DD", std::string_view(text).substr(8, 2));
  put("MM", std::string_view(text).substr(5, 2));
  put("YYYY", std::string_view(text).substr(0, 4));
  return date + text.substr(kDateSize);
}

std::string Speech::day_of_month(const CivilTime& c) const {
  return say("{} {}",
             {fmt::format("{}", c.day), say(kMonths[static_cast<std::size_t>(c.month - 1)])});
}

std::string Speech::weekday(int day, bool whole) const {
  const auto index = static_cast<std::size_t>(day);
  return say(whole ? kDayNames[index] : kDays[index]);
}

}  // namespace dropscope
