#pragma once

// What a log holds, at a glance: which providers and event ids how often, from when to when, where
// record ids are missing, where the clock went back, and whether somebody cleared it.
//
//   LogSurvey survey;
//   while (reader->next(record)) survey.add(record);
//   const SurveyResult result = survey.finish();
//
// It counts and compares; what a gap or a step means is for the reader of the result. Memory is
// bounded whatever the log holds: each list keeps its first entries and counts the others.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "formats/evtx/reader.h"

namespace dropscope::evtx {

/// A list that keeps its first entries and the number of all.
template <typename T>
struct BoundedList {
  std::vector<T> kept;
  std::uint64_t total = 0;

  void add(T entry, std::size_t most) {
    ++total;
    if (kept.size() < most) kept.push_back(std::move(entry));
  }
};

/// How often each text occurs.
struct TextCounts {
  std::map<std::string, std::uint64_t> counts;
  std::uint64_t not_counted = 0;  ///< Occurrences of texts that found no room.
};

/// Record ids `first` to `last` that are not in the log although ids on both sides are.
struct IdGap {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint64_t offset = 0;  ///< Of the record that follows.
  Instant before{};          ///< Times of the records on both sides.
  Instant after{};

  [[nodiscard]] std::uint64_t count() const { return last - first + 1; }
};

/// A place in the file where the record ids begin again without the time going back, as in a log
/// that was joined from several, or cleared by a tool that keeps old chunks.
struct IdRestart {
  std::uint64_t offset = 0;
  std::uint64_t id_before = 0;
  std::uint64_t id = 0;
  Instant time{};
};

enum class StepSource : std::uint8_t {
  /// A record is older than the one of the same computer whose id is before its own.
  Order,
  /// Windows wrote that the clock was set: Kernel-General 1 or Security 4616.
  Event,
};

struct ClockStep {
  StepSource source = StepSource::Order;
  std::uint64_t offset = 0;  ///< Of the record that shows it.
  std::uint64_t record_id = 0;
  Instant from{};
  Instant to{};

  [[nodiscard]] Ticks length() const { return to - from; }
};

/// An event that says that a log was cleared.
struct LogCleared {
  std::uint64_t offset = 0;
  std::uint64_t record_id = 0;
  Instant time{};
  std::string log;     ///< Which one.
  std::string user;    ///< Who did it; empty where the event does not say.
  std::string backup;  ///< Where the log was saved before; empty where it was not.
};

struct EventKind {
  std::string provider;
  std::uint16_t event_id = 0;
  std::uint64_t records = 0;
  Instant first{};
  Instant last{};
};

struct SurveyResult {
  std::uint64_t records = 0;
  std::uint64_t records_unreadable = 0;
  std::uint64_t records_doubtful = 0;
  std::array<std::uint64_t, kDoubtCount> doubtful_by{};  ///< In the order of Doubt.

  std::vector<EventKind> kinds;         ///< By provider, then id.
  std::uint64_t kinds_not_counted = 0;  ///< Records of further kinds.
  std::uint64_t providers = 0;          ///< Distinct ones in `kinds`.
  TextCounts computers;
  TextCounts channels;

  std::optional<Instant> first;
  std::optional<Instant> last;
  /// Records whose time is before 1980 or after 2099; they are left out of everything about time.
  std::uint64_t times_implausible = 0;

  std::uint64_t lowest_id = 0;  ///< 0 without records.
  std::uint64_t highest_id = 0;
  std::uint64_t ids_repeated = 0;  ///< Records whose id another record of the log has.
  BoundedList<IdGap> gaps;         ///< In the order of the ids.
  std::uint64_t ids_missing = 0;   ///< In all gaps together.
  bool gaps_cut = false;           ///< Too many pieces: not all gaps are known.
  BoundedList<IdRestart> restarts;

  BoundedList<ClockStep> steps;  ///< In file order, then those between parts of the file.
  BoundedList<LogCleared> cleared;
};

/// Times closer than this are never a step. Providers hand their events over through buffers that
/// are emptied once a second by default (EVENT_TRACE_PROPERTIES, FlushTimer), so neighbours can be
/// out of order by that much; log_survey.cc says what was measured.
inline constexpr Ticks kStepTolerance = std::chrono::seconds(2);

class LogSurvey {
 public:
  void add(const LogRecord& record);
  [[nodiscard]] SurveyResult finish();

  /// Most entries of the lists. Real logs have some hundred kinds; a log that was exported with a
  /// filter can have a gap between any two records.
  static constexpr std::size_t kKindsKept = 10'000;
  static constexpr std::size_t kTextsKept = 1'000;
  static constexpr std::size_t kListKept = 1'000;
  static constexpr std::size_t kRunsKept = std::size_t{1} << 18;

 private:
  /// Records one behind the other whose ids count on by one.
  struct Run {
    std::uint64_t generation = 0;  ///< Number of restarts before it.
    std::uint64_t first_id = 0;
    std::uint64_t last_id = 0;
    std::uint64_t offset = 0;
    Instant first{};
    Instant last{};
    bool first_known = false;  ///< Whether the times are plausible.
    bool last_known = false;
    /// Hash of the computer's name; 0 where there is none.
    std::size_t first_computer = 0;
    std::size_t last_computer = 0;
  };

  void add_id(const LogRecord& record, std::size_t computer);
  void add_event(const LogRecord& record, Instant time, bool known);
  void add_told_step(const LogRecord& record);
  void add_cleared(const LogRecord& record, Instant time);
  void close_gaps();

  SurveyResult result_;
  /// Provider and id to the place in `result_.kinds`.
  std::map<std::pair<std::string, std::uint16_t>, std::size_t> kinds_;
  std::vector<Run> runs_;
  std::uint64_t generation_ = 0;
  std::string name_;
  std::vector<EventView::Item> items_;
};

}  // namespace dropscope::evtx
