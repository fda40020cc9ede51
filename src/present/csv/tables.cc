// The diagnosis as tables for spreadsheets. Each row stands alone: names instead of indices, times
// in UTC as JSON writes them and once more on the wall clock of the report.
#include <fmt/format.h>

#include <map>

#include "base/time.h"
#include "formats/csv/write.h"
#include "present/digest.h"
#include "present/present.h"

namespace dropscope {
namespace {

using Fields = std::vector<std::string>;

std::string seconds_text(double seconds) {
  return fmt::format("{:.3f}", seconds);
}

std::string seconds_text(const std::optional<double>& seconds) {
  return seconds ? seconds_text(*seconds) : std::string();
}

std::string share_text(double share) {
  return fmt::format("{:.4f}", share);
}

/// "yes" and "no" read alike in every spreadsheet; "true" is translated by some.
std::string yes_no(bool value) {
  return value ? "yes" : "no";
}

class Tables {
 public:
  explicit Tables(const ReportInput& input)
      : in_(input), decision_(input.diagnosis.verdict.decision), digest_(input) {
    for (const CauseVerdict& verdict : decision_.verdicts) {
      for (const std::uint32_t event : verdict.events) cause_of_event_.emplace(event, &verdict);
      for (const std::uint32_t each : verdict.computers) cause_of_computer_.emplace(each, &verdict);
    }
    for (const LossMatch& match : in_.diagnosis.matches.matches) matches_[match.event] = &match;
    for (const ClientIdentity& client : in_.evidence.clients) {
      add_name(users_[client.computer], in_.evidence.strings.at(client.user));
      add_name(mailboxes_[client.computer], in_.evidence.strings.at(client.mailbox));
    }
  }

  std::string losses() {
    csv::append_row(
        out_, {"computer", "user", "lost_utc", "lost_local", "end_utc", "end", "outage_s",
               "outage_complete", "uptime_before_s", "uptime_before_complete", "cause", "closed_by",
               "close_reason", "close_device", "source", "record_id"});
    for (const ComputerView& view : digest_.computers) {
      std::map<Instant, const Uptime*> before;
      for (const Uptime& uptime : view.episodes->uptimes) before[uptime.end] = &uptime;
      for (const Outage& outage : view.episodes->outages) {
        const auto uptime = before.find(outage.lost);
        loss(view, outage, uptime == before.end() ? nullptr : uptime->second);
      }
    }
    return std::move(out_);
  }

  std::string clients() {
    csv::append_row(out_, {"computer", "user", "mailbox", "office", "segment", "version",
                           "protocol", "mode", "watched_hours", "losses", "losses_per_day",
                           "losses_per_day_low", "losses_per_day_high", "interval_s", "rhythm",
                           "median_uptime_s", "median_outage_s", "cause"});
    for (const ComputerView& view : digest_.computers) {
      const ComputerDiagnosis& d = *view.diagnosis;
      const Attributes& known = view.computer->attributes;
      const auto cause = cause_of_computer_.find(d.computer);
      row({view.computer->name, users_[d.computer], mailboxes_[d.computer], known.get("office"),
           known.get("segment"), known.get("version"), std::string(to_string(d.protocol)),
           std::string(to_string(d.mode)), seconds_text(d.frequency.watched_hours),
           fmt::format("{}", d.frequency.losses), share_text(d.frequency.per_day),
           share_text(d.frequency.per_day_low), share_text(d.frequency.per_day_high),
           d.interval.seconds > 0 ? seconds_text(d.interval.seconds) : "",
           std::string(to_string(d.interval.rhythm)),
           d.frequency.uptimes.n > 0 ? seconds_text(d.frequency.uptimes.median) : "",
           d.frequency.outages.n > 0 ? seconds_text(d.frequency.outages.median) : "",
           cause == cause_of_computer_.end() ? "" : cause->second->cause});
    }
    return std::move(out_);
  }

  /// The first row is the headline, also where no cause could be told.
  std::string causes() {
    csv::append_row(out_, {"cause", "title", "probability", "losses", "computers", "impacted",
                           "interval_s", "interval_lo", "interval_hi", "rhythm", "device", "owner",
                           "next_step", "next_command"});
    const std::string impacted = fmt::format("{}", decision_.impacted.size());
    const EvidenceStep& step = decision_.next_step;
    if (decision_.verdicts.empty()) {
      row({decision_.cause, decision_.title, share_text(decision_.probability), "0", "0", impacted,
           "", "", "", "", "", decision_.owner, step.what, step.command});
    }
    for (std::size_t i = 0; i < decision_.verdicts.size(); ++i) {
      const CauseVerdict& v = decision_.verdicts[i];
      const bool first = i == 0;
      row({first ? decision_.cause : v.cause, first ? decision_.title : v.title,
           share_text(first ? decision_.probability : v.probability), fmt::format("{}", v.losses),
           fmt::format("{}", v.computers.size()), first ? impacted : "", seconds_text(v.interval_s),
           seconds_text(v.interval_lo), seconds_text(v.interval_hi), v.rhythm,
           v.device.value_or(""), v.owner, first ? step.what : "", first ? step.command : ""});
    }
    return std::move(out_);
  }

 private:
  static void add_name(std::string& names, const std::string& name) {
    if (name.empty()) return;
    if (!names.empty()) names += "; ";
    names += name;
  }

  void row(Fields fields) {
    for (std::string& field : fields) field = csv::plain_cell(field);
    csv::append_row(out_, fields);
  }

  void loss(const ComputerView& view, const Outage& outage, const Uptime* before) {
    const Event* event = event_at(in_.evidence, outage.lost_event);
    const Source* source = event != nullptr ? source_of(in_.evidence, *event) : nullptr;
    const auto cause = cause_of_event_.find(outage.lost_event);
    const auto match = matches_.find(outage.lost_event);
    const Close* close =
        match == matches_.end() ? nullptr : &in_.evidence.closes[match->second->close];
    row({view.computer->name, users_[view.diagnosis->computer], format_utc(outage.lost, 7),
         in_.diagnosis.zone.format(outage.lost), format_utc(outage.end, 7),
         std::string(to_string(outage.end_edge)), seconds_text(outage.seconds()),
         yes_no(outage.complete()), before != nullptr ? seconds_text(before->seconds()) : "",
         before != nullptr ? yes_no(before->complete()) : "",
         cause == cause_of_event_.end() ? "" : cause->second->cause,
         close != nullptr ? std::string(to_string(close->by)) : "",
         close != nullptr ? in_.evidence.strings.at(close->reason) : "",
         close != nullptr ? in_.evidence.strings.at(close->device) : "",
         source != nullptr ? source->path : "",
         event != nullptr ? fmt::format("{}", event->record_id) : ""});
  }

  const ReportInput& in_;
  const Decision& decision_;
  Digest digest_;
  std::map<std::uint32_t, const CauseVerdict*> cause_of_event_, cause_of_computer_;
  std::map<std::uint32_t, const LossMatch*> matches_;
  std::map<std::uint32_t, std::string> users_, mailboxes_;
  std::string out_;
};

}  // namespace

std::string_view to_string(CsvTable table) {
  switch (table) {
    case CsvTable::Losses:
      return "losses";
    case CsvTable::Clients:
      return "clients";
    case CsvTable::Causes:
      break;
  }
  return "causes";
}

const std::vector<CsvTable>& all_csv_tables() {
  static const std::vector<CsvTable> kAll = {CsvTable::Losses, CsvTable::Clients, CsvTable::Causes};
  return kAll;
}

std::string render_csv(const ReportInput& input, CsvTable table) {
  Tables tables(input);
  switch (table) {
    case CsvTable::Losses:
      return tables.losses();
    case CsvTable::Clients:
      return tables.clients();
    case CsvTable::Causes:
      break;
  }
  return tables.causes();
}

}  // namespace dropscope
