// The answer for a ticket: the order of the page (present/html), without its charts. A ticket is
// read on a screen of its own with its history around it, so long lists are cut as on the terminal.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "present/digest.h"
#include "present/markdown/text.h"
#include "present/present.h"
#include "present/text/certainty.h"
#include "present/text/wording.h"
#include "present/version.h"

namespace dropscope {
namespace {

constexpr std::size_t kComputers = 15;  // As on the terminal.
constexpr std::size_t kProblems = 10;   // As on the terminal.

class Ticket {
 public:
  explicit Ticket(const ReportInput& input)
      : in_(input), d_(input.diagnosis), v_(input.diagnosis.verdict), digest_(input) {}

  std::string write() {
    headline();
    facts();
    steps();
    causes();
    checklist();
    findings();
    timers();
    computers();
    sources();
    foot();
    return std::move(out_);
  }

 private:
  using Cells = std::vector<std::string>;

  void line(std::string_view markdown) { out_.append(markdown) += '\n'; }
  void paragraph(std::string_view markdown) {
    if (!markdown.empty()) line(fmt::format("{}\n", markdown));
  }
  void heading(std::string_view text) { paragraph(fmt::format("### {}", text)); }

  void table(const Cells& header, const std::vector<Cells>& rows) {
    const auto row = [&](const Cells& cells) {
      out_ += '|';
      for (const std::string& cell : cells) out_ += fmt::format(" {} |", cell);
      out_ += '\n';
    };
    row(header);
    row(Cells(header.size(), "---"));
    for (const Cells& each : rows) row(each);
    out_ += '\n';
  }

  void headline() {
    const Decision& c = v_.decision;
    paragraph(fmt::format("## {} ({})", markdown_text(c.title), percent(c.probability)));
    paragraph(fmt::format("**{}**", markdown_text(c.summary)));
    paragraph(markdown_text(other_causes(c, in_.catalogue)));
    paragraph(markdown_text(v_.headline));
    paragraph(markdown_text(certainty_text(v_, Speech())));
  }

  void facts() {
    const Decision& c = v_.decision;
    std::vector<Cells> rows;
    const auto fact = [&](std::string_view name, const std::string& value) {
      if (!value.empty()) rows.push_back({std::string(name), value});
    };
    fact("Cause", markdown_code(c.cause));
    fact("Owner", markdown_text(c.owner));
    const CauseVerdict* first = c.verdicts.empty() ? nullptr : &c.verdicts.front();
    if (first != nullptr && first->interval_s) fact("Interval", interval(*first));
    if (!c.impacted.empty()) {
      fact("Affected", fmt::format("{}: {}", counted(c.impacted.size(), "client"),
                                   markdown_text(impacted_text(c))));
    }
    fact("Impact", markdown_text(c.impact.text));
    if (digest_.observed) {
      fact("Observed",
           markdown_text(fmt::format("{} to {} ({})", d_.zone.format(digest_.observed->begin),
                                     d_.zone.format(digest_.observed->end), d_.zone.name())));
    }
    if (!rows.empty()) table({"", ""}, rows);
  }

  static std::string interval(const CauseVerdict& verdict) {
    std::string text = timer_text(*verdict.interval_s);
    if (verdict.interval_lo && verdict.interval_hi) {
      text += fmt::format(" (95 % interval {} to {})",
                          bound_text(*verdict.interval_lo, *verdict.interval_hi),
                          bound_text(*verdict.interval_hi, *verdict.interval_lo));
    }
    return text;
  }

  void steps() {
    const EvidenceStep& first = v_.decision.next_step;
    if (first.what.empty() && v_.next_steps.empty()) return;
    heading("What to do next");
    std::size_t number = 0;
    const auto step = [&](std::string_view what, std::string_view why, const std::string& command) {
      const std::string mark = fmt::format("{}. ", ++number);
      line(fmt::format("{}{}", mark, markdown_text(what)));
      if (!why.empty()) line(fmt::format("{:{}}{}", "", mark.size(), markdown_text(why)));
      if (!command.empty()) out_ += "\n" + markdown_block(command, mark.size());
    };
    if (!first.what.empty()) {
      step(first.what,
           first.cost.empty() ? first.why : fmt::format("{} Cost: {}.", first.why, first.cost),
           first.command);
    }
    for (const NextStep& s : v_.next_steps) {
      step(s.who.empty() ? s.what : fmt::format("{}: {}", s.who, s.what), s.why, s.command);
    }
    line("");
  }

  void causes() {
    if (v_.decision.verdicts.empty()) return;
    heading("Why");
    for (const CauseVerdict& c : v_.decision.verdicts) {
      line(fmt::format("- **{} of {}: {} ({})**", grouped(c.losses),
                       counted(d_.alerts.lost, "loss", "losses"), markdown_text(c.title),
                       percent(c.probability)));
      for (const std::string& reason : c.reasons_for) {
        line(fmt::format("  - for: {}", markdown_text(reason)));
      }
      for (const std::string& reason : c.reasons_against) {
        line(fmt::format("  - against: {}", markdown_text(reason)));
      }
    }
    line("");
  }

  void checklist() {
    if (v_.checklist.empty()) return;
    heading("The procedure, step by step");
    for (const ChecklistStep& s : v_.checklist) {
      const bool settled = s.state == StepState::Done || s.state == StepState::NotApplicable;
      line(fmt::format("- [{}] {}: **{}**: {}", settled ? 'x' : ' ', step_words(s.state),
                       markdown_text(s.title), markdown_text(s.text)));
      if (!s.command.empty()) out_ += "\n" + markdown_block(s.command, 2) + "\n";
    }
    line("");
  }

  void findings() {
    if (v_.statements.empty()) return;
    heading("What was found");
    for (const Statement& s : v_.statements) {
      line(fmt::format("- **{}**: {}{}", markdown_text(s.title), markdown_text(s.text),
                       s.probability ? fmt::format(" ({})", percent(*s.probability)) : ""));
    }
    line("");
  }

  void timers() {
    if (v_.candidates.empty()) return;
    heading(
        fmt::format("Timers that agree with the interval of {}", timer_text(d_.interval.seconds)));
    std::vector<Cells> rows;
    for (const CandidateTimer& c : v_.candidates) {
      rows.push_back({timer_text(c.timer.seconds),
                      markdown_text(fmt::format("{}: {}", c.timer.product, c.timer.timer)),
                      c.possible ? "possible" : "unlikely", markdown_text(c.reason),
                      markdown_text(c.timer.confirm), markdown_text(c.timer.change)});
    }
    table({"Timer", "Product", "Here", "Reason", "Confirm", "Change"}, rows);
    if (!v_.tell_apart.empty()) {
      paragraph(fmt::format("Tell apart: {}", markdown_text(v_.tell_apart)));
    }
  }

  void computers() {
    if (digest_.computers.size() < 2) return;
    heading(fmt::format("Computers ({} of {} lost their connection)",
                        grouped(digest_.computers_with_losses), grouped(digest_.computers.size())));
    const std::size_t shown = std::min(digest_.computers.size(), kComputers);
    std::vector<Cells> rows;
    for (std::size_t i = 0; i < shown; ++i) {
      const ComputerView& view = digest_.computers[i];
      const Frequency& f = view.diagnosis->frequency;
      const IntervalEstimate& estimate = view.diagnosis->interval;
      rows.push_back({markdown_text(view.computer->name), grouped(f.losses), rate_text(f.per_day),
                      format_duration(f.watched_hours * 3600),
                      estimate.seconds > 0 ? timer_text(estimate.seconds) : "-"});
    }
    table({"Computer", "Losses", "per 24 h", "Watched", "Interval"}, rows);
    if (shown < digest_.computers.size()) {
      paragraph(fmt::format("and {} more", grouped(digest_.computers.size() - shown)));
    }
  }

  void sources() {
    heading("What was read");
    paragraph(fmt::format("{} in {}.", counted(in_.evidence.records_seen, "record"),
                          counted(digest_.sources_read + digest_.sources_damaged, "file")));
    std::size_t shown = 0;
    std::uint64_t problems = 0;
    // Unreadable inputs first: nothing of them is in the answer.
    for (const SourceState state : {SourceState::Unreadable, SourceState::Damaged}) {
      for (const Source& s : in_.evidence.sources) {
        if (s.state != state) continue;
        if (++problems > kProblems) continue;
        ++shown;
        line(state == SourceState::Unreadable
                 ? fmt::format("- unreadable: {}: {}", markdown_code(s.path),
                               markdown_text(s.problem))
                 : fmt::format("- damaged: {}: {}, {} lost", markdown_code(s.path),
                               counted(s.damage_count, "damage"),
                               counted(s.records_damaged, "record")));
      }
    }
    if (problems > shown) {
      line(fmt::format("- and {} more with a problem", grouped(problems - shown)));
    }
    if (problems > 0) line("");
  }

  void foot() {
    const std::string zone = d_.zone_reason.empty()
                                 ? d_.zone.name()
                                 : fmt::format("{}, {}", d_.zone.name(), d_.zone_reason);
    line(fmt::format("{}, dropscope {}. Time zone: {}", markdown_text(digest_.application),
                     version(), markdown_text(zone)));
  }

  const ReportInput& in_;
  const Diagnosis& d_;
  const Verdict& v_;
  Digest digest_;
  std::string out_;
};

}  // namespace

std::string render_markdown(const ReportInput& input) {
  return Ticket(input).write();
}

}  // namespace dropscope
