#include <fmt/format.h>

#include <algorithm>

#include "apps/cli/evtx_info.h"
#include "apps/cli/log_input.h"
#include "base/text.h"

namespace dropscope::cli {
namespace {

/// Rows of each table that are shown without --all: enough to see what a log is about, few enough
/// for one screen.
constexpr std::size_t kRows = 20;
constexpr std::size_t kNamesInLine = 3;

/// Names with their number of records, the most frequent first.
std::string most_frequent(const evtx::TextCounts& texts, bool all) {
  std::vector<std::pair<std::string, std::uint64_t>> sorted(texts.counts.begin(),
                                                            texts.counts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  const std::size_t shown = all ? sorted.size() : std::min(sorted.size(), kNamesInLine);
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) text += ", ";
    text += sorted[i].first.empty() ? "(no name)" : printable(sorted[i].first);
    if (sorted.size() > 1) text += fmt::format(" ({})", sorted[i].second);
  }
  if (sorted.size() > shown) text += fmt::format(" and {} more", sorted.size() - shown);
  if (texts.not_counted > 0) {
    text += fmt::format("; {} with further names", count_of(texts.not_counted, "record"));
  }
  return text;
}

std::string describe_flags(const evtx::FileHeader& header) {
  std::string text = fmt::format("{:#x}", header.flags);
  text += header.dirty() ? " (dirty: not closed by its writer)" : " (clean)";
  if (header.full()) text += " (full)";
  if ((header.flags & evtx::kFlagNoCrc) != 0) text += " (no checksums)";
  return text;
}

const char* doubt_text(evtx::Doubt doubt) {
  switch (doubt) {
    case evtx::Doubt::ChunkHeaderCrc:
      return "under a chunk header with a wrong checksum";
    case evtx::Doubt::RecordsCrc:
      return "in chunks whose records have a wrong checksum";
    case evtx::Doubt::SizesDiffer:
      return "with two sizes that differ";
    case evtx::Doubt::BeyondFreeSpace:
      return "newer than the header of their chunk";
  }
  return "";
}

class InfoText {
 public:
  InfoText(const LogInfo& log, const TimeZone& zone, bool all)
      : log_(log), survey_(log.survey), zone_(zone), all_(all) {}

  std::string write() {
    fmt::format_to(to_, "{}\n", printable(log_.name));
    write_file();
    write_records();
    write_events();
    write_cleared();
    write_steps();
    write_gaps();
    write_damage();
    return std::move(out_);
  }

 private:
  void line(std::string_view label, const std::string& value) {
    fmt::format_to(to_, "  {:<16}{}\n", label, value);
  }
  void row(const std::string& text) { fmt::format_to(to_, "    {}\n", text); }

  [[nodiscard]] std::size_t rows_of(std::size_t kept) const {
    return all_ ? kept : std::min(kept, kRows);
  }
  /// What of `total` rows is not shown, and why.
  void rest(std::size_t shown, std::size_t kept, std::uint64_t total) {
    if (shown < kept) {
      row(fmt::format("and {} more (--all)", total - shown));
    } else if (kept < total) {
      row(fmt::format("and {} more, which are counted and not listed", total - kept));
    }
  }
  [[nodiscard]] std::string time(Instant t) const {
    return t == Instant{} ? std::string("(no time)") : zone_.format(t);
  }

  void write_file() {
    const evtx::FileHeader& header = log_.header;
    const evtx::LogSummary& summary = log_.summary;
    line("size", count_of(log_.bytes, "byte"));
    line("format", fmt::format("{}.{}, first chunk at offset {:#x}", header.major_version,
                               header.minor_version, header.block_bytes));
    line("header", fmt::format("chunks {} to {} of {}, next record {}", header.first_chunk,
                               header.last_chunk, header.chunk_count, header.next_record_id));
    line("flags", describe_flags(header));
    const std::string_view crc = header_crc_state(header);
    line("header CRC", crc == "absent" ? "not stored" : std::string(crc));
    line("chunks", fmt::format("{} in use, {} unused, {} unreadable", summary.chunks,
                               summary.chunks_unused, summary.chunks_bad));
    line("chunk CRCs", (header.flags & evtx::kFlagNoCrc) != 0
                           ? "not stored"
                           : fmt::format("{} wrong", summary.chunks_crc_bad));
  }

  void write_records() {
    const evtx::LogSummary& summary = log_.summary;
    std::string records = fmt::format("{}", summary.records);
    if (summary.records_unreadable > 0) {
      records += fmt::format(", {} of them unreadable", summary.records_unreadable);
    }
    if (summary.records_recoverable > 0) {
      records += fmt::format("; {} more behind damage (evtx dump --recovered)",
                             summary.records_recoverable);
    }
    line("records", records);
    if (survey_.records_doubtful > 0) {
      line("doubtful", count_of(survey_.records_doubtful, "record"));
      for (std::size_t i = 0; i < evtx::kDoubtCount; ++i) {
        if (survey_.doubtful_by[i] == 0) continue;
        row(fmt::format("{} {}", survey_.doubtful_by[i], doubt_text(static_cast<evtx::Doubt>(i))));
      }
    }
    if (survey_.records == 0) return;
    line("record ids", fmt::format("{} to {}", survey_.lowest_id, survey_.highest_id));
    if (survey_.first) {
      line("time", fmt::format("{} to {} ({})", zone_.format(*survey_.first),
                               zone_.format(*survey_.last), zone_.name()));
    }
    if (survey_.times_implausible > 0) {
      line("odd times", fmt::format("{} before 1980 or after 2099, left out of all times",
                                    count_of(survey_.times_implausible, "record")));
    }
    if (!survey_.computers.counts.empty()) {
      line("computers", most_frequent(survey_.computers, all_));
    }
    if (!survey_.channels.counts.empty()) line("channels", most_frequent(survey_.channels, all_));
  }

  void write_events() {
    std::vector<const evtx::EventKind*> kinds;
    for (const evtx::EventKind& kind : survey_.kinds) kinds.push_back(&kind);
    if (kinds.empty()) return;
    std::stable_sort(kinds.begin(), kinds.end(),
                     [](const auto* a, const auto* b) { return a->records > b->records; });
    line("events", fmt::format("{} from {}", count_of(kinds.size(), "kind"),
                               count_of(survey_.providers, "provider")));
    const std::size_t shown = rows_of(kinds.size());
    row(fmt::format("{:>8}  {:>5}  {:<19}  {:<19}  {}", "records", "id", "first", "last",
                    "provider"));
    for (std::size_t i = 0; i < shown; ++i) {
      const evtx::EventKind& kind = *kinds[i];
      row(fmt::format("{:>8}  {:>5}  {:<19}  {:<19}  {}", kind.records, kind.event_id,
                      time(kind.first), time(kind.last),
                      kind.provider.empty() ? "(no name)" : printable(kind.provider)));
    }
    rest(shown, kinds.size(), kinds.size());
    if (survey_.kinds_not_counted > 0) {
      row(fmt::format("and {} of further kinds, as only {} kinds are told apart",
                      count_of(survey_.kinds_not_counted, "record"), evtx::LogSurvey::kKindsKept));
    }
  }

  void write_cleared() {
    const auto& cleared = survey_.cleared;
    line("cleared", cleared.total == 0
                        ? "no event says so"
                        : count_of(cleared.total, "event says", "events say") + " so");
    const std::size_t shown = rows_of(cleared.kept.size());
    for (std::size_t i = 0; i < shown; ++i) {
      const evtx::LogCleared& c = cleared.kept[i];
      std::string text = fmt::format("{}  {}", time(c.time), printable(c.log));
      if (!c.user.empty()) text += ", by " + printable(c.user);
      if (!c.backup.empty()) text += ", saved as " + printable(c.backup);
      row(text + fmt::format(" (record {}, offset {:#x})", c.record_id, c.offset));
    }
    rest(shown, cleared.kept.size(), cleared.total);
    for (const evtx::IdRestart& restart : survey_.restarts.kept) {
      row(fmt::format("record ids begin again at offset {:#x}: {} follows {}, {}", restart.offset,
                      restart.id, restart.id_before, time(restart.time)));
    }
    rest(survey_.restarts.kept.size(), survey_.restarts.kept.size(), survey_.restarts.total);
  }

  void write_steps() {
    const auto& steps = survey_.steps;
    if (survey_.records == 0) return;
    line("clock steps", steps.total == 0 ? "none seen" : fmt::format("{}", steps.total));
    const std::size_t shown = rows_of(steps.kept.size());
    for (std::size_t i = 0; i < shown; ++i) {
      const evtx::ClockStep& step = steps.kept[i];
      const double seconds = seconds_between(step.from, step.to);
      row(fmt::format(
          "{} to {}: {} by {}, {} (record {}, offset {:#x})", time(step.from), time(step.to),
          seconds < 0 ? "back" : "forward", format_duration(seconds < 0 ? -seconds : seconds),
          step.source == evtx::StepSource::Event ? "as Windows wrote" : "by the order of records",
          step.record_id, step.offset));
    }
    rest(shown, steps.kept.size(), steps.total);
  }

  void write_gaps() {
    const auto& gaps = survey_.gaps;
    if (survey_.records == 0) return;
    std::string text = gaps.total == 0
                           ? std::string("no ids")
                           : fmt::format("{} in {}", count_of(survey_.ids_missing, "id"),
                                         count_of(gaps.total, "gap"));
    if (survey_.gaps_cut) text += "; the log is in too many pieces to know all";
    if (survey_.ids_repeated > 0) {
      text +=
          fmt::format("; {} with an id that another has", count_of(survey_.ids_repeated, "record"));
    }
    line("missing", text);
    const std::size_t shown = rows_of(gaps.kept.size());
    for (std::size_t i = 0; i < shown; ++i) {
      const evtx::IdGap& gap = gaps.kept[i];
      const std::string ids = gap.count() == 1
                                  ? fmt::format("{}", gap.first)
                                  : fmt::format("{} to {} ({})", gap.first, gap.last, gap.count());
      row(fmt::format("{}, between {} and {}", ids, time(gap.before), time(gap.after)));
    }
    rest(shown, gaps.kept.size(), gaps.total);
  }

  void write_damage() {
    const evtx::LogSummary& summary = log_.summary;
    std::string text = summary.damages == 0 ? "none" : count_of(summary.damages, "place");
    if (summary.lost_bytes > 0)
      text += fmt::format(", {} lost", count_of(summary.lost_bytes, "byte"));
    line("damage", text);
    for (const auto& damage : log_.damage) row(printable(damage_line(damage)));
    if (summary.damages > log_.damage.size()) {
      row(fmt::format("and {} more", summary.damages - log_.damage.size()));
    }
    if (summary.damages > 0) row("evtx verify tells more, and what to do");
  }

  const LogInfo& log_;
  const evtx::SurveyResult& survey_;
  const TimeZone& zone_;
  bool all_;
  std::string out_;
  std::back_insert_iterator<std::string> to_{out_};
};

}  // namespace

std::string info_text(const LogInfo& log, const TimeZone& zone, bool all) {
  return InfoText(log, zone, all).write();
}

const char* header_crc_state(const evtx::FileHeader& header) {
  if (header.crc_ok) return "right";
  return (header.flags & evtx::kFlagNoCrc) != 0 || header.crc == 0 ? "absent" : "wrong";
}

}  // namespace dropscope::cli
