#pragma once

// What a filter means, told by reading every field and all data of an event as text, without any
// regard to time; and a filter made of a few bytes. Shared by the tests and by the fuzz target.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/utf16.h"
#include "formats/evtx/filter.h"
#include "formats/evtx/reader.h"
#include "formats/evtx/renderer.h"

namespace dropscope::evtx::test {

/// Whether the pattern fits the whole of `text`; by trying every length for each star.
inline bool pattern_fits(std::string_view pattern, std::string_view text) {
  // row[t]: whether the pattern so far fits the first t bytes.
  std::vector<bool> row(text.size() + 1);
  row[0] = true;
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  for (const char p : pattern) {
    std::vector<bool> next(text.size() + 1);
    for (std::size_t t = 0; t <= text.size(); ++t) {
      if (p == '*') {
        next[t] = row[t] || (t > 0 && next[t - 1]);
      } else {
        next[t] = t > 0 && row[t - 1] && lower(p) == lower(text[t - 1]);
      }
    }
    row = next;
  }
  return row[text.size()];
}

inline bool any_fits(const std::vector<std::string>& patterns, std::string_view text) {
  return patterns.empty() ||
         std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return pattern_fits(pattern, text); });
}

template <typename T>
bool is_among(const std::vector<T>& wanted, T value) {
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), value) != wanted.end();
}

inline bool matches_by_text(const Filter& filter, const LogRecord& record) {
  if (!record.event) return false;
  const EventView& event = *record.event;
  const std::string provider = to_utf8(event.provider());
  const std::string channel = event.field(Field::Channel).to_text();
  const std::string computer = event.field(Field::Computer).to_text();
  const std::string label = computer.substr(0, computer.find('.'));
  const Instant time = event.time_created().value_or(record.written);
  const std::uint64_t id = event.number(Field::RecordId, record.id);
  bool fits = any_fits(filter.providers, provider) && any_fits(filter.channels, channel) &&
              is_among(filter.ids, event.event_id()) &&
              is_among(filter.levels, event.number(Field::Level)) &&
              !(filter.from && time < *filter.from) && !(filter.until && time >= *filter.until) &&
              id >= filter.first_record_id.value_or(0) &&
              id <= filter.last_record_id.value_or(~std::uint64_t{0});
  fits = fits &&
         (filter.computers.empty() ||
          std::any_of(
              filter.computers.begin(), filter.computers.end(), [&](const std::string& pattern) {
                return pattern_fits(pattern, computer) ||
                       (pattern.find('.') == std::string::npos && pattern_fits(pattern, label));
              }));
  fits =
      fits &&
      (filter.sources.empty() ||
       std::any_of(filter.sources.begin(), filter.sources.end(), [&](const Filter::Source& source) {
         return pattern_fits(source.provider, provider) && is_among(source.ids, event.event_id()) &&
                (source.channel.empty() || pattern_fits(source.channel, channel));
       }));
  if (!fits || filter.texts.empty()) return fits;
  std::vector<EventView::Item> items;
  (void)event.data(items);
  const std::string text = fold_case(data_text(items));
  return std::any_of(filter.texts.begin(), filter.texts.end(), [&](const std::string& part) {
    return text.find(plain_text(part)) != std::string::npos;
  });
}

/// A record that was given, with its event as JSON.
struct Given {
  std::uint64_t offset = 0;
  bool doubtful = false;
  std::string json;
  bool operator==(const Given&) const = default;
};

struct Filtered {
  std::vector<Given> records;
  LogSummary summary;
  std::vector<LogDamage> damage;
};

/// Reads a log; with `by_text`, all of it, and then filters.
inline Filtered read_filtered(Bytes log, const Filter& filter, bool by_text, bool recovered,
                              bool verify_crc = true) {
  Filtered out;
  auto reader = LogReader::open(
      log,
      {.recovered = recovered, .verify_crc = verify_crc, .filter = by_text ? nullptr : &filter});
  if (!reader) return out;
  Renderer renderer(TextFormat::JsonLines);
  TextBuffer text;
  LogRecord record;
  while (reader->next(record)) {
    if (by_text && !matches_by_text(filter, record)) continue;
    text.clear();
    (void)renderer.append(text, record);
    out.records.push_back({record.offset, record.doubtful, std::string(text.view())});
  }
  out.summary = reader->summary();
  out.damage = reader->damage();
  return out;
}

/// Empty if filtering while reading gives the same as filtering what was read.
inline std::string compare_filtered(Bytes log, const Filter& filter, bool recovered) {
  const Filtered fast = read_filtered(log, filter, false, recovered);
  const Filtered slow = read_filtered(log, filter, true, recovered);
  const auto at = std::mismatch(fast.records.begin(), fast.records.end(), slow.records.begin(),
                                slow.records.end());
  if (at.first != fast.records.end() || at.second != slow.records.end()) {
    const bool extra = at.second == slow.records.end() ||
                       (at.first != fast.records.end() && at.first->offset < at.second->offset);
    const Given& record = extra ? *at.first : *at.second;
    return std::string(extra ? "given, but does not match" : "matches, but is not given") +
           ": record at offset " + std::to_string(record.offset) + ": " + record.json;
  }
  const LogSummary& a = fast.summary;
  const LogSummary& b = slow.summary;
  if (a.records != b.records || a.records_unreadable != b.records_unreadable ||
      a.records_recoverable != b.records_recoverable || a.damages != b.damages ||
      a.chunks != b.chunks || a.chunks_crc_bad != b.chunks_crc_bad ||
      fast.damage.size() != slow.damage.size()) {
    return "the account of damage differs";
  }
  for (std::size_t i = 0; i < fast.damage.size(); ++i) {
    if (fast.damage[i].offset != slow.damage[i].offset ||
        fast.damage[i].what != slow.damage[i].what) {
      return "the list of damage differs";
    }
  }
  return {};
}

/// A few events of a log, drawn by `draw(n)`.
class PickedEvents {
 public:
  template <typename Draw>
  PickedEvents(Bytes log, Draw&& draw, std::size_t count) {
    std::size_t records = 0;
    if (auto reader = LogReader::open(log)) {
      LogRecord record;
      while (reader->next(record)) ++records;
    }
    if (records == 0) return;
    // An event is valid until the next record is read, so each has a reader of its own.
    for (std::size_t i = 0; i < count; ++i) {
      auto opened = LogReader::open(log);
      if (!opened) return;
      LogReader& reader = *readers_.emplace_back(std::make_unique<LogReader>(std::move(*opened)));
      LogRecord record;
      for (std::size_t skip = draw(records) + 1; skip > 0; --skip) {
        if (!reader.next(record)) break;
      }
      if (record.event) events_.push_back(record);
    }
  }

  [[nodiscard]] const std::vector<LogRecord>& events() const { return events_; }

 private:
  std::vector<std::unique_ptr<LogReader>> readers_;
  std::vector<LogRecord> events_;
};

/// Text that was cut anywhere, as UTF-8.
inline std::string mended(std::string_view text) {
  const std::u16string units = to_utf16(text);
  return to_utf8(
      Utf16View(Bytes(reinterpret_cast<const std::byte*>(units.data()), 2 * units.size())));
}

/// A filter drawn by `draw(n)`, which gives a number below n. Its values are taken from `events`,
/// so that it often matches something, and changed now and then.
template <typename Draw>
Filter random_filter(Draw&& draw, const std::vector<LogRecord>& events) {
  Filter filter;
  const auto pick = [&]() -> const LogRecord* {
    return events.empty() ? nullptr : &events[draw(events.size())];
  };
  const auto pattern = [&](std::string name) {
    if (draw(3) == 0 && !name.empty()) name = name.substr(0, draw(name.size())) + "*";
    if (draw(4) == 0 && !name.empty()) name = "*" + name.substr(draw(name.size()));
    if (draw(8) == 0) name += 'x';
    if (draw(4) == 0) {
      for (char& c : name) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    }
    return mended(name);
  };
  const auto id_of = [&]() -> std::uint16_t {
    const LogRecord* record = pick();
    return record == nullptr ? std::uint16_t{26} : record->event->event_id();
  };
  const auto text_of = [&](Field field) {
    const LogRecord* record = pick();
    return record == nullptr ? std::string() : record->event->field(field).to_text();
  };
  const auto some = [&](auto&& add) {
    if (draw(3) != 0) return;
    for (std::size_t n = 1 + draw(3); n > 0; --n) add();
  };
  some([&] { filter.providers.push_back(pattern(text_of(Field::ProviderName))); });
  some([&] { filter.channels.push_back(pattern(text_of(Field::Channel))); });
  some([&] {
    const std::string name = text_of(Field::Computer);
    filter.computers.push_back(pattern(draw(2) == 0 ? name.substr(0, name.find('.')) : name));
  });
  some([&] { filter.ids.push_back(id_of()); });
  some([&] {
    const LogRecord* record = pick();
    filter.levels.push_back(record == nullptr ? 4 : record->event->number(Field::Level));
  });
  some([&] {
    Filter::Source source;
    source.provider = pattern(text_of(Field::ProviderName));
    for (std::size_t n = draw(3); n > 0; --n) source.ids.push_back(id_of());
    if (draw(3) == 0) source.channel = pattern(text_of(Field::Channel));
    filter.sources.push_back(std::move(source));
  });
  const auto time_of = [&] {
    const LogRecord* record = pick();
    return record == nullptr ? Instant{} : record->event->time_created().value_or(record->written);
  };
  if (draw(5) == 0) filter.from = time_of();
  if (draw(5) == 0) filter.until = time_of();
  const auto record_id_of = [&]() -> std::uint64_t {
    const LogRecord* record = pick();
    return record == nullptr ? 1 : record->event->number(Field::RecordId, record->id);
  };
  if (draw(5) == 0) filter.first_record_id = record_id_of();
  if (draw(5) == 0) filter.last_record_id = record_id_of();
  some([&] {
    std::vector<EventView::Item> items;
    if (const LogRecord* record = pick()) (void)record->event->data(items);
    std::string text =
        draw(8) == 0 || items.empty() ? data_text(items) : items[draw(items.size())].text;
    const std::size_t from = draw(text.size() + 1);
    text = mended(text.substr(from, draw(12) + 1));
    filter.texts.push_back(draw(3) == 0 ? fold_case(text) : text);
  });
  return filter;
}

}  // namespace dropscope::evtx::test
