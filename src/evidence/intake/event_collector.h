#pragma once

// From events as sources tell them to events with a meaning, and the span that each computer's log
// covers. The same rules for every form that a log can have: .evtx, XML, JSON, tables.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/utf16.h"
#include "evidence/catalogue/catalogue.h"
#include "evidence/catalogue/classify.h"
#include "evidence/intake/raw.h"
#include "formats/evtx/event.h"
#include "formats/evtx/filter.h"

namespace dropscope {

/// Name and text of one item of an event's data; the name may be empty.
using DataItem = evtx::EventView::Item;

/// The catalogue's rules, prepared for quick look-up by provider and id. Immutable; shared by
/// threads.
class EventMatcher {
 public:
  explicit EventMatcher(const Catalogue& catalogue);

  struct Match {
    const EventRule* rule = nullptr;
    std::uint16_t profile = kNoProfile;
  };
  static constexpr std::uint16_t kNoProfile = 0xffff;

  /// Rules for a provider and id, in the catalogue's order; empty when there are none. Channel and
  /// data are still to be checked.
  [[nodiscard]] const std::vector<Match>& find(Utf16View provider, std::uint16_t id) const;

  /// Lets every event through that find() has rules for; a copy for each thread.
  [[nodiscard]] const evtx::FilterProgram& filter() const { return *filter_; }

  /// By text, for a rule that leaves the meaning open.
  [[nodiscard]] Classification classify(std::uint16_t profile, std::string_view text) const;

 private:
  struct Key {
    std::uint64_t provider;
    std::uint16_t id;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const {
      return static_cast<std::size_t>(key.provider ^ (std::uint64_t{key.id} << 48));
    }
  };
  std::unordered_map<Key, std::vector<Match>, KeyHash> rules_;
  std::optional<evtx::FilterProgram> filter_;
  std::vector<TextClassifier> classifiers_;  // One per profile.
};

/// One event as its source tells it. Views are of the caller.
struct EventRecord {
  Instant time{};
  std::uint64_t record_id = 0;  ///< 0 where the source has none.
  std::uint64_t place = 0;      ///< Offset or line.
  std::uint16_t event_id = 0;
  std::string_view provider;
  std::string_view
      channel;  ///< Empty where the source does not tell; then any channel's rules fit.
  std::string_view computer;  ///< The originating one.
  /// The rendered message, for sources that have no data items; may be empty.
  std::string_view message;
  bool doubtful = false;
};

/// Gives events their meaning and keeps the spans. Not for concurrent use.
class EventCollector {
 public:
  EventCollector(const EventMatcher& matcher, SourceIntake& out) : matcher_(matcher), out_(out) {}

  /// Counts the event into the span of its computer's channel, and keeps it if a rule is for it.
  /// The record's views need to live only for the call.
  void add(const EventRecord& record, const std::vector<DataItem>& items);

  /// The two halves of add(), for a reader that can tell cheaply that no rule is for an event.
  RawCoverage& coverage_of(std::string_view computer, std::string_view channel);
  void count(RawCoverage& coverage, Instant time, std::uint64_t record_id);
  void keep(const std::vector<EventMatcher::Match>& matches, const EventRecord& record,
            const std::vector<DataItem>& items);

  /// Hands the spans over; to be called once, at the end.
  void finish();

 private:
  bool apply(const EventMatcher::Match& match, const EventRecord& record,
             const std::vector<DataItem>& items);

  const EventMatcher& matcher_;
  SourceIntake& out_;
  std::map<std::pair<std::string, std::string>, RawCoverage> coverage_;
  Instant previous_time_{};
};

}  // namespace dropscope
