// The answer for someone at a prompt: the headline, what it rests on, what to do. The order is that
// of the page (present/html), so that two people with two outputs can talk about them.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "present/digest.h"
#include "present/present.h"
#include "present/svg/heatmap.h"
#include "present/svg/histogram.h"
#include "present/terminal/screen.h"
#include "present/text/certainty.h"
#include "present/text/layout.h"
#include "present/text/wording.h"
#include "present/version.h"

namespace dropscope {

namespace {

constexpr std::size_t kLabel = 14;      // Column of labels such as "61 min 12 s".
constexpr std::size_t kComputers = 15;  // Rows of the fleet's table: half a screen.
constexpr std::size_t kCauses = 4;
constexpr std::size_t kProblems =
    10;  // Sources with a problem; the exit code tells that there are more.
constexpr std::size_t kUnknownTexts = 5;

class Report {
 public:
  Report(const ReportInput& input, const TerminalStyle& style)
      : in_(input), d_(input.diagnosis), v_(input.diagnosis.verdict), digest_(input), out_(style) {}

  std::string write() {
    headline();
    if (digest_.sources_read + digest_.sources_damaged == 0) {
      // What is wrong with the inputs is all that there is to say.
      sources();
      steps();
      return out_.take();
    }
    steps();
    causes();
    checklist();
    findings();
    uptimes();
    hours();
    candidates();
    computers();
    out_of_scope();
    sources();
    zone();
    return out_.take();
  }

 private:
  void headline() {
    // Where nothing could be judged there is no cause to be sure or unsure of.
    if (v_.outcome == Outcome::NothingUsable || v_.outcome == Outcome::NoApplication) {
      out_.paragraph(v_.headline, 0, 0, Paint::Warn);
      out_.paragraph(looked_at(), 0, 0, Paint::Dim);
      return;
    }
    const Decision& c = v_.decision;
    const Paint paint = c.named() ? Paint::Bad : Paint::Warn;
    out_.paragraph(fmt::format("{} ({})", to_upper(c.title), percent(c.probability)), 0, 0, paint);
    out_.paragraph(c.summary, 0, 0, Paint::Bold);
    if (const std::string others = other_causes(c, in_.catalogue); !others.empty())
      out_.paragraph(others);
    out_.paragraph(v_.headline);
    out_.paragraph(certainty_text(v_, Speech()));
    out_.paragraph(looked_at(), 0, 0, Paint::Dim);
  }

  static std::string to_upper(std::string_view ascii) {
    std::string out(ascii);
    for (char& c : out) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return out;
  }

  std::string looked_at() const {
    std::string text = fmt::format("{} {}: {}, {}", digest_.application, version_text(),
                                   counted(digest_.sources_read + digest_.sources_damaged, "file"),
                                   counted(digest_.computers.size(), "computer"));
    if (digest_.observed) {
      text += fmt::format(", {} to {}", d_.zone.format(digest_.observed->begin),
                          d_.zone.format(digest_.observed->end));
    }
    return text;
  }

  static std::string version_text() { return fmt::format("(dropscope {})", version()); }

  void causes() {
    if (v_.decision.verdicts.empty()) return;
    out_.heading("Why");
    const std::size_t shown = std::min(v_.decision.verdicts.size(), kCauses);
    for (std::size_t i = 0; i < shown; ++i) {
      const CauseVerdict& c = v_.decision.verdicts[i];
      out_.paragraph(
          fmt::format("{} of {}: {} ({})", grouped(c.losses),
                      counted(d_.alerts.lost, "loss", "losses"), c.title, percent(c.probability)),
          2, 2, i == 0 ? Paint::Bold : Paint::Plain);
      for (const std::string& reason : c.reasons_for) out_.labelled("for", reason, 4, 9);
      for (const std::string& reason : c.reasons_against) {
        out_.labelled("against", reason, 4, 9, Paint::Warn);
      }
    }
    if (!v_.decision.impacted.empty()) {
      out_.paragraph(fmt::format("Affected: {}", impacted_text(v_.decision)), 2);
    }
  }

  void checklist() {
    if (v_.checklist.empty()) return;
    out_.heading("The procedure, step by step");
    for (const ChecklistStep& s : v_.checklist) {
      const Paint paint = s.state == StepState::Finding   ? Paint::Bad
                          : s.state == StepState::Missing ? Paint::Warn
                                                          : Paint::Dim;
      out_.labelled(step_words(s.state), fmt::format("{}: {}", s.title, s.text), 2, kLabel, paint);
      command(s.command, 4);
    }
  }

  /// A command is never wrapped, so that it can be copied; an instruction for people is.
  void command(const std::string& text, std::size_t indent) {
    if (text.empty()) return;
    const auto has = [&](std::string_view part) { return text.find(part) != std::string::npos; };
    if (has(", ") || has("; ") || has(": ") || has(" to ")) {
      out_.paragraph(text, indent, 0, Paint::Accent);
    } else {
      out_.verbatim(text, indent);
    }
  }

  void steps() {
    out_.heading("What to do next");
    std::size_t number = 0;
    if (const EvidenceStep& s = v_.decision.next_step; !s.what.empty()) {
      out_.labelled(fmt::format("{}.", ++number), s.what, 2, 4, Paint::Accent);
      out_.paragraph(s.cost.empty() ? s.why : fmt::format("{} Cost: {}.", s.why, s.cost), 6, 0,
                     Paint::Dim);
      command(s.command, 6);
    }
    for (const NextStep& s : v_.next_steps) {
      const std::string what = s.who.empty() ? s.what : fmt::format("{}: {}", s.who, s.what);
      out_.labelled(fmt::format("{}.", ++number), what, 2, 4, Paint::Accent);
      if (!s.why.empty()) out_.paragraph(s.why, 6, 0, Paint::Dim);
      if (!s.command.empty()) out_.verbatim(s.command, 6);
    }
  }

  void findings() {
    if (v_.statements.empty()) return;
    out_.heading("What was found");
    std::size_t label = kLabel;
    for (const Statement& s : v_.statements) {
      label = std::max(label, display_width(out_.clean(s.title)) + 2);
    }
    label = std::min(label, out_.width() / 3);
    for (const Statement& s : v_.statements) {
      std::string text = s.text;
      if (s.probability) text += fmt::format(" ({})", percent(*s.probability));
      out_.labelled(s.title, text, 2, label);
    }
  }

  std::string bar(std::uint64_t n, std::uint64_t most, std::size_t width) const {
    if (n == 0) return {};
    const std::size_t eighths = std::max<std::size_t>(
        1, static_cast<std::size_t>((8 * static_cast<std::uint64_t>(width) * n + most / 2) / most));
    if (!out_.unicode()) return std::string(std::max<std::size_t>(1, eighths / 8), '#');
    static constexpr std::array<std::string_view, 8> kPart = {"",  "▏", "▎", "▍",
                                                              "▌", "▋", "▊", "▉"};
    std::string out;
    for (std::size_t i = 0; i < eighths / 8; ++i) out += "█";
    out += kPart[eighths % 8];
    return out;
  }

  void uptimes() {
    const std::vector<double> values = uptime_lengths(digest_, true);
    // Fewer lengths are read more easily one by one, and the page shows them so.
    constexpr std::size_t kLeast = 5;
    if (values.size() < kLeast) return;
    const bool interval = d_.interval.seconds > 0 && d_.interval.rhythm != Rhythm::Clock;
    const LengthClasses classes =
        classify_lengths(values, {}, 14, interval ? d_.interval.seconds : 3600);
    out_.heading(fmt::format("How long connections lived ({} measured, {} not to their end)",
                             grouped(values.size()), grouped(digest_.censored_uptimes)));
    const std::uint64_t most = *std::max_element(classes.values.begin(), classes.values.end());
    constexpr std::size_t kRange = 18;
    std::string mark = out_.unicode() ? " ◄" : " <-";
    if (out_.width() >= 60) mark += " interval";
    const std::size_t taken = 2 + kRange + 1 + 1 + grouped(most).size() + display_width(mark);
    const std::size_t room = std::min<std::size_t>(out_.width() - taken, 60);
    std::size_t first = 0;
    while (classes.values[first] == 0) ++first;
    for (std::size_t i = first; i < classes.values.size(); ++i) {
      const std::string range =
          fmt::format("{} to {}", short_length(classes.edge(i)), short_length(classes.edge(i + 1)));
      const bool marked = interval && classes.edge(i) <= d_.interval.seconds &&
                          d_.interval.seconds < classes.edge(i + 1);
      out_.row({{pad_left(range, kRange), marked ? Paint::Bold : Paint::Plain},
                {" "},
                {bar(classes.values[i], most, room), marked ? Paint::Bad : Paint::Accent},
                {classes.values[i] > 0 ? fmt::format(" {}", grouped(classes.values[i])) : "",
                 Paint::Plain},
                {marked ? mark : "", Paint::Bold}},
               2);
    }
  }

  // The edge of a class in one unit; a histogram needs no more.
  static std::string short_length(double seconds) {
    if (seconds < 120) return fmt::format("{:.0f} s", seconds);
    if (seconds < 2 * 3600) return fmt::format("{:.0f} min", seconds / 60);
    if (seconds < 2 * 86400) return fmt::format("{:.1f} h", seconds / 3600);
    return fmt::format("{:.1f} d", seconds / 86400);
  }

  void hours() {
    const auto& hours = d_.frequency.hour_of_week;
    const std::uint32_t most = *std::max_element(hours.begin(), hours.end());
    if (most == 0) return;
    out_.heading("Losses by hour of the week (local time)");
    static constexpr std::array<std::string_view, 7> kDays = {"Mon", "Tue", "Wed", "Thu",
                                                              "Fri", "Sat", "Sun"};
    static constexpr std::array<std::string_view, 6> kBlocks = {"·", "▁", "▃", "▅", "▆", "█"};
    static constexpr std::array<std::string_view, 6> kLetters = {".", "-", "+", "x", "X", "#"};
    out_.row({{"    00    06    12    18    ", Paint::Dim}}, 2);
    for (std::size_t day = 0; day < 7; ++day) {
      std::vector<Screen::Cell> cells = {{fmt::format("{} ", kDays[day]), Paint::Plain}};
      std::uint64_t sum = 0;
      for (std::size_t hour = 0; hour < 24; ++hour) {
        const std::uint32_t n = hours[24 * day + hour];
        const auto heat = static_cast<std::size_t>(heat_class(n, most));
        sum += n;
        cells.push_back({std::string(out_.unicode() ? kBlocks[heat] : kLetters[heat]),
                         n == 0 ? Paint::Dim : Paint::Accent});
      }
      cells.push_back({sum > 0 ? fmt::format("  {}", grouped(sum)) : "", Paint::Plain});
      out_.row(cells, 2);
    }
    out_.paragraph(
        fmt::format("Tallest: {} in one hour of the week.", counted(most, "loss", "losses")), 2, 0,
        Paint::Dim);
  }

  void candidates() {
    if (v_.candidates.empty()) return;
    out_.heading(
        fmt::format("Timers that agree with the interval of {}", timer_text(d_.interval.seconds)));
    bool unlikely = false;
    for (const CandidateTimer& c : v_.candidates) {
      if (!c.possible && !unlikely) {
        out_.paragraph("Unlikely here:", 2, 0, Paint::Dim);
        unlikely = true;
      }
      candidate(c);
    }
    if (!v_.tell_apart.empty()) out_.labelled("Tell apart", v_.tell_apart, 2, kLabel);
  }

  void candidate(const CandidateTimer& c) {
    const std::string value = timer_text(c.timer.seconds);
    const std::string deviation =
        c.deviation_s == 0 ? "" : fmt::format(", interval {}", deviation_text(c.deviation_s));
    out_.labelled(value, fmt::format("{}: {}", c.timer.product, c.timer.timer), 2, kLabel,
                  c.possible ? Paint::Accent : Paint::Dim, c.possible ? Paint::Bold : Paint::Plain);
    out_.paragraph(fmt::format("{}, {}{}; {}", c.timer.layer, to_string(c.timer.kind), deviation,
                               c.timer.confidence),
                   2 + kLabel, 0, Paint::Dim);
    const auto detail = [&](std::string_view name, const std::string& text) {
      if (!text.empty()) out_.labelled(name, text, 2 + kLabel, 9, Paint::Dim);
    };
    detail("Here", c.reason);
    detail("Confirm", c.timer.confirm);
    detail("Change", c.timer.change);
  }

  void computers() {
    if (digest_.computers.size() < 2) return;
    const std::size_t shown = std::min(digest_.computers.size(), kComputers);
    out_.heading(fmt::format("Computers ({} of {} lost their connection)",
                             grouped(digest_.computers_with_losses),
                             grouped(digest_.computers.size())));
    std::vector<std::vector<std::string>> rows;
    for (std::size_t i = 0; i < shown; ++i) {
      const ComputerView& view = digest_.computers[i];
      const Frequency& f = view.diagnosis->frequency;
      const IntervalEstimate& estimate = view.diagnosis->interval;
      rows.push_back({view.computer->name, grouped(f.losses), rate_text(f.per_day),
                      format_duration(f.watched_hours * 3600),
                      estimate.seconds > 0 ? timer_text(estimate.seconds) : "-",
                      f.uptimes.n > 0 ? timer_text(f.uptimes.median) : "-",
                      f.outages.n > 0 ? timer_text(f.outages.median) : "-"});
    }
    write_table(out_,
                {{"Computer", false},
                 {"Losses", true},
                 {"per 24 h", true},
                 {"Watched", true},
                 {"Interval", true},
                 {"Median up", true},
                 {"Median out", true}},
                rows, 2);
    if (shown < digest_.computers.size()) {
      out_.paragraph(fmt::format("and {} more", grouped(digest_.computers.size() - shown)), 2, 0,
                     Paint::Dim);
    }
  }

  void out_of_scope() {
    const AlertCounts& a = d_.alerts;
    if (a.unavailable + a.authentication + a.other + a.unclassified + a.by_stem +
            a.by_alternation ==
        0) {
      return;
    }
    out_.heading("Alerts beside lost and restored");
    const auto entry = [&](std::uint64_t n, std::string_view name, std::string_view use) {
      if (n == 0) return;
      out_.labelled(grouped(n), fmt::format("{}: {}", name, use), 2, 8, Paint::Plain);
    };
    entry(a.unavailable, "connection unavailable", "supports an outage, is none by itself");
    entry(a.authentication, "authentication", "out of scope");
    entry(a.other, "other known alerts", "out of scope");
    entry(a.unclassified, "unknown texts", "not used, nothing is guessed");
    entry(a.by_stem, "recognised by parts of the text", "counted as lost or restored");
    entry(a.by_alternation, "recognised by strict alternation", "counted as lost or restored");
    const std::size_t shown = std::min(a.unknown_texts.size(), kUnknownTexts);
    for (std::size_t i = 0; i < shown; ++i) {
      const UnknownText& u = a.unknown_texts[i];
      out_.labelled(fmt::format("{} ×", grouped(u.count)), u.text, 10, 8, Paint::Dim);
    }
    if (shown < a.unknown_texts.size()) {
      out_.paragraph(fmt::format("and {} in the other outputs",
                                 counted(a.unknown_texts.size() - shown, "more text")),
                     10, 0, Paint::Dim);
    }
  }

  void sources() {
    out_.heading("What was read");
    const Evidence& e = in_.evidence;
    std::string text = fmt::format("{} in {}", counted(e.records_seen, "record"),
                                   counted(digest_.sources_read + digest_.sources_damaged, "file"));
    if (e.duplicates > 0) {
      text += fmt::format("; {} given twice, counted once", counted(e.duplicates, "event"));
    }
    if (e.out_of_order > 0) {
      text += fmt::format("; {} out of time order", counted(e.out_of_order, "record"));
    }
    if (digest_.sources_ignored > 0) {
      text += fmt::format("; {} not evidence of a known kind",
                          counted(digest_.sources_ignored, "file"));
    }
    out_.paragraph(text + ".", 2);
    std::size_t shown = 0;
    std::uint64_t problems = 0;
    // Unreadable inputs first: nothing of them is in the answer.
    for (const SourceState state : {SourceState::Unreadable, SourceState::Damaged}) {
      for (const Source& s : e.sources) {
        if (s.state != state) continue;
        ++problems;
        if (shown == kProblems) continue;
        ++shown;
        problem(s);
      }
    }
    if (problems > shown) {
      out_.paragraph(fmt::format("and {} in the other outputs",
                                 counted(problems - shown, "more file with a problem",
                                         "more files with a problem")),
                     2, 0, Paint::Dim);
    }
  }

  void problem(const Source& s) {
    if (s.state == SourceState::Unreadable) {
      out_.labelled("Unreadable", fmt::format("{}: {}", s.path, s.problem), 2, 12, Paint::Bad);
      return;
    }
    std::string text = fmt::format("{}: {}, {} lost", s.path, counted(s.damage_count, "damage"),
                                   counted(s.records_damaged, "record"));
    if (!s.damage.empty()) {
      text += fmt::format("; first at offset {:#x}: {}", s.damage.front().offset,
                          s.damage.front().what);
    }
    out_.labelled("Damaged", text, 2, 12, Paint::Warn);
  }

  void zone() {
    out_.blank();
    out_.paragraph(d_.zone_reason.empty()
                       ? fmt::format("Time zone: {}", d_.zone.name())
                       : fmt::format("Time zone: {}, {}", d_.zone.name(), d_.zone_reason),
                   0, 0, Paint::Dim);
  }

  const ReportInput& in_;
  const Diagnosis& d_;
  const Verdict& v_;
  Digest digest_;
  Screen out_;
};

}  // namespace

std::string render_terminal(const ReportInput& input, const TerminalStyle& style) {
  return Report(input, style).write();
}

}  // namespace dropscope
