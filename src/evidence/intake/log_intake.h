#pragma once

// One event log → the events that matter, and the span that each computer's log covers.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "evidence/catalogue/catalogue.h"
#include "evidence/catalogue/classify.h"
#include "evidence/event.h"
#include "formats/evtx/event.h"
#include "formats/evtx/filter.h"

namespace dropscope {

/// An event with its strings, before they are interned.
struct RawEvent {
  Event event;  ///< provider, channel, text and computer are set later.
  std::string provider;
  std::string channel;
  std::string computer;
  std::string text;
};

struct RawCoverage {
  std::string computer;
  std::string channel;
  Instant first{};
  Instant last{};
  std::uint64_t records = 0;
  std::uint64_t first_record_id = 0;
  std::uint64_t last_record_id = 0;
};

/// What one source gave.
struct LogIntake {
  Source source;
  std::vector<RawEvent> events;
  std::vector<RawCoverage> coverage;
  std::uint64_t out_of_order = 0;
};

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

/// Reads a whole .evtx. `damage_kept` bounds the listed damages.
[[nodiscard]] LogIntake read_log(Bytes bytes, std::string name, const EventMatcher& matcher,
                                 std::size_t damage_kept);

}  // namespace dropscope
