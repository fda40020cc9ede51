// How a survey is made.
//
// Records come in file order, and a log that has gone around has its newest chunks before its
// oldest. So the ids are collected as runs without a gap, which are few in a log as Windows writes
// it, and sorted at the end. Where the id falls and the time does not, it is no roll-over: the ids
// begin again, and what comes before and after is not compared.
//
// Steps back of the clock are looked for along the ids. Measured on the 24 logs of the test corpus
// (17,000 records): neighbours that are out of order differ by 0.93 seconds at most, and the
// smallest difference above that is 7.0 seconds.

#include "formats/evtx/log_survey.h"

#include <algorithm>
#include <functional>

namespace dropscope::evtx {
namespace {

/// Times that a log can have: Windows' event logs are younger than 1980, and what a damaged record
/// holds is mostly far from both ends. The same bounds as RecoverScan's.
constexpr Instant kEarliest = instant_from_unix(315'532'800);  // 1980-01-01
constexpr Instant kLatest = instant_from_unix(4'102'444'800);  // 2100-01-01

/// Names of providers are registry keys, which have 255 characters at most (Microsoft, "Registry
/// element size limits"). Computer and channel names are shorter.
constexpr std::size_t kNameUnits = 255;

bool is_plausible(Instant time) {
  return time >= kEarliest && time < kLatest;
}

/// Logs of a collector hold events of many computers, which tell nothing about one another's clock.
bool same_clock(std::size_t computer, std::size_t other) {
  return computer == other || computer == 0 || other == 0;
}

void count_text(TextCounts& texts, std::string text) {
  const auto found = texts.counts.find(text);
  if (found != texts.counts.end()) {
    ++found->second;
  } else if (texts.counts.size() < LogSurvey::kTextsKept) {
    texts.counts.emplace(std::move(text), 1);
  } else {
    ++texts.not_counted;
  }
}

/// The text of a System field, cut to a length that no real one has.
std::string field_text(const EventView& event, Field field) {
  ValueView value = event.field(field);
  value.bytes = value.bytes.first(std::min(value.bytes.size(), 2 * kNameUnits));
  return value.to_text();
}

}  // namespace

void LogSurvey::add(const LogRecord& record) {
  if (record.recovered) return;
  ++result_.records;
  if (record.doubts != 0) ++result_.records_doubtful;
  for (std::size_t i = 0; i < kDoubtCount; ++i) {
    if ((record.doubts >> i & 1u) != 0) ++result_.doubtful_by[i];
  }
  Instant time = record.written;
  if (record.event) time = record.event->time_created().value_or(time);
  const bool known = is_plausible(time);
  if (known) {
    result_.first = std::min(result_.first.value_or(time), time);
    result_.last = std::max(result_.last.value_or(time), time);
  } else {
    ++result_.times_implausible;
  }
  std::size_t computer = 0;
  if (record.event) {
    std::string name = field_text(*record.event, Field::Computer);
    computer = std::hash<std::string>{}(name);
    count_text(result_.computers, std::move(name));
  }
  add_id(record, computer);
  if (record.event) {
    add_event(record, time, known);
  } else {
    ++result_.records_unreadable;
  }
}

void LogSurvey::add_id(const LogRecord& record, std::size_t computer) {
  // Comparing goes by the header's time, which the service writes in the order of the ids.
  const Instant written = record.written;
  const bool written_known = is_plausible(written);
  if (!runs_.empty()) {
    Run& run = runs_.back();
    const bool comparable = run.last_known && written_known;
    if (record.id == run.last_id + 1) {
      if (comparable && same_clock(run.last_computer, computer) &&
          run.last - written > kStepTolerance) {
        result_.steps.add({StepSource::Order, record.offset, record.id, run.last, written},
                          kListKept);
      }
      run.last_id = record.id;
      run.last = written;
      run.last_known = written_known;
      run.last_computer = computer;
      return;
    }
    if (record.id <= run.last_id && comparable && written >= run.last) {
      ++generation_;
      result_.restarts.add({record.offset, run.last_id, record.id, written}, kListKept);
    }
  }
  if (runs_.size() == kRunsKept) {
    result_.gaps_cut = true;
    return;
  }
  Run run;
  run.generation = generation_;
  run.first_id = run.last_id = record.id;
  run.offset = record.offset;
  run.first = run.last = written;
  run.first_known = run.last_known = written_known;
  run.first_computer = run.last_computer = computer;
  runs_.push_back(run);
}

void LogSurvey::close_gaps() {
  std::stable_sort(runs_.begin(), runs_.end(), [](const Run& a, const Run& b) {
    return a.generation != b.generation ? a.generation < b.generation : a.first_id < b.first_id;
  });
  const Run* before = nullptr;  // The one that reaches furthest so far.
  for (const Run& run : runs_) {
    if (before == nullptr || run.generation != before->generation) {
      before = &run;
      continue;
    }
    if (run.first_id > before->last_id && run.first_id - before->last_id > 1) {
      const IdGap gap{before->last_id + 1, run.first_id - 1, run.offset, before->last, run.first};
      result_.ids_missing += gap.count();
      result_.gaps.add(gap, kListKept);
    }
    if (run.first_id <= before->last_id) {
      result_.ids_repeated += std::min(before->last_id, run.last_id) - run.first_id + 1;
    } else if (before->last_known && run.first_known && before->last - run.first > kStepTolerance) {
      result_.steps.add({StepSource::Order, run.offset, run.first_id, before->last, run.first},
                        kListKept);
    }
    if (run.last_id >= before->last_id) before = &run;
  }
}

void LogSurvey::add_event(const LogRecord& record, Instant time, bool known) {
  const EventView& event = *record.event;
  name_ = field_text(event, Field::ProviderName);
  const std::uint16_t id = event.event_id();
  // Looked up by a key that is not copied: most records are of a kind that is there.
  std::pair<std::string, std::uint16_t> key(std::move(name_), id);
  const auto found = kinds_.find(key);
  if (found != kinds_.end()) {
    EventKind& kind = result_.kinds[found->second];
    ++kind.records;
    if (known) {
      const bool first_time = kind.first == Instant{};
      kind.first = first_time ? time : std::min(kind.first, time);
      kind.last = first_time ? time : std::max(kind.last, time);
    }
  } else if (result_.kinds.size() < kKindsKept) {
    const Instant when = known ? time : Instant{};
    result_.kinds.push_back({key.first, id, 1, when, when});
    kinds_.emplace(key, result_.kinds.size() - 1);
  } else {
    ++result_.kinds_not_counted;
  }
  count_text(result_.channels, field_text(event, Field::Channel));

  // MS: "1102(S): The audit log was cleared", written into Security, and 104 for every other log,
  // written into System; both by the event log service itself.
  if (key.first == "Microsoft-Windows-Eventlog" && (id == 1102 || id == 104)) {
    add_cleared(record, time);
  } else if ((key.first == "Microsoft-Windows-Kernel-General" && id == 1) ||
             (key.first == "Microsoft-Windows-Security-Auditing" && id == 4616)) {
    add_told_step(record);
  }
}

void LogSurvey::add_cleared(const LogRecord& record, Instant time) {
  LogCleared cleared;
  cleared.offset = record.offset;
  cleared.record_id = record.id;
  cleared.time = time;
  std::string domain;
  items_.clear();
  static_cast<void>(record.event->data(items_));
  for (EventView::Item& item : items_) {
    if (item.name == "SubjectUserName") cleared.user = std::move(item.text);
    if (item.name == "SubjectDomainName") domain = std::move(item.text);
    if (item.name == "Channel") cleared.log = std::move(item.text);
    if (item.name == "BackupPath") cleared.backup = std::move(item.text);
  }
  // 1102 does not name the log: it is the one it stands in.
  if (cleared.log.empty()) cleared.log = field_text(*record.event, Field::Channel);
  if (!domain.empty() && !cleared.user.empty()) cleared.user = domain + '\\' + cleared.user;
  result_.cleared.add(std::move(cleared), kListKept);
}

void LogSurvey::add_told_step(const LogRecord& record) {
  std::optional<Instant> from;
  std::optional<Instant> to;
  items_.clear();
  static_cast<void>(record.event->data(items_));
  for (const EventView::Item& item : items_) {
    // Kernel-General says OldTime, Security PreviousTime.
    if (item.name == "OldTime" || item.name == "PreviousTime") from = parse_utc(item.text);
    if (item.name == "NewTime") to = parse_utc(item.text);
  }
  if (!from || !to || !is_plausible(*from) || !is_plausible(*to)) return;
  const Ticks length = *to - *from;
  if (length > kStepTolerance || length < -kStepTolerance) {
    result_.steps.add({StepSource::Event, record.offset, record.id, *from, *to}, kListKept);
  }
}

SurveyResult LogSurvey::finish() {
  close_gaps();
  for (const Run& run : runs_) {
    result_.lowest_id =
        result_.highest_id == 0 ? run.first_id : std::min(result_.lowest_id, run.first_id);
    result_.highest_id = std::max(result_.highest_id, run.last_id);
  }
  std::sort(result_.kinds.begin(), result_.kinds.end(), [](const EventKind& a, const EventKind& b) {
    return a.provider != b.provider ? a.provider < b.provider : a.event_id < b.event_id;
  });
  for (std::size_t i = 0; i < result_.kinds.size(); ++i) {
    if (i == 0 || result_.kinds[i].provider != result_.kinds[i - 1].provider) ++result_.providers;
  }
  SurveyResult out = std::move(result_);
  *this = LogSurvey();
  return out;
}

}  // namespace dropscope::evtx
