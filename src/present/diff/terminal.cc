#include <fmt/format.h>

#include <algorithm>

#include "present/diff/diff.h"
#include "present/terminal/screen.h"
#include "present/text/wording.h"

namespace dropscope {
namespace {

constexpr std::size_t kLabel = 18;
constexpr std::size_t kShown = 15;  // Computers and clients; as many as in the table of diagnose.

Paint paint_of(Movement movement) {
  switch (movement) {
    case Movement::Better:
      return Paint::Accent;
    case Movement::Worse:
      return Paint::Bad;
    case Movement::Changed:
      return Paint::Warn;
    case Movement::Same:
    case Movement::Unknown:
      break;
  }
  return Paint::Dim;
}

std::string span_of(const diagnosis_json::Document& document) {
  if (document.first.empty()) return "nothing observed";
  // Days tell weeks apart; the rest is in the documents.
  constexpr std::size_t kDay = 10;
  return fmt::format("{} to {}, {}, dropscope {}", document.first.substr(0, kDay),
                     document.last.substr(0, kDay), counted(document.computers.size(), "computer"),
                     document.version);
}

void names(Screen& out, std::string_view title, const std::vector<std::string>& all) {
  if (all.empty()) return;
  std::string text;
  for (std::size_t i = 0; i < std::min(all.size(), kShown); ++i) {
    text += (i == 0 ? "" : ", ") + all[i];
  }
  if (all.size() > kShown) text += fmt::format(" and {} more", grouped(all.size() - kShown));
  out.labelled(title, text, 2, kLabel);
}

}  // namespace

std::string render_diff_terminal(const DiffInput& input, const TerminalStyle& style) {
  Screen out(style);
  const Comparison& c = input.comparison;
  out.paragraph(c.headline, 0, 0, Paint::Bold);
  out.paragraph(fmt::format("Before: {}", span_of(input.before)), 0, 0, Paint::Dim);
  out.paragraph(fmt::format("After: {}", span_of(input.after)), 0, 0, Paint::Dim);
  out.heading("What changed");
  for (const Compared& each : c.aspects) {
    if (each.movement == Movement::Same) continue;
    out.labelled(each.title, std::string(to_string(each.movement)), 2, kLabel, Paint::Bold,
                 paint_of(each.movement));
    out.labelled("before", each.before, 4, kLabel - 2, Paint::Dim);
    out.labelled("after", each.after, 4, kLabel - 2, Paint::Dim);
  }
  names(out, "Newly affected", c.impacted_new);
  names(out, "No longer", c.impacted_gone);
  names(out, "New computers", c.computers_new);
  names(out, "Not there now", c.computers_gone);
  out.heading("What stayed the same");
  for (const Compared& each : c.aspects) {
    if (each.movement == Movement::Same) out.labelled(each.title, each.after, 2, kLabel);
  }
  if (c.computers.empty()) return out.take();
  out.heading("Computers with another rate, by more than chance");
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < std::min(c.computers.size(), kShown); ++i) {
    const ComputerChange& each = c.computers[i];
    rows.push_back({each.name, std::string(to_string(each.movement)),
                    rate_text(each.before.per_day), rate_text(each.after.per_day)});
  }
  write_table(
      out,
      {{"Computer", false}, {"Now", false}, {"Per 24 h before", true}, {"Per 24 h after", true}},
      rows, 2);
  if (c.computers.size() > kShown) {
    out.paragraph(fmt::format("and {} more", grouped(c.computers.size() - kShown)), 2, 0,
                  Paint::Dim);
  }
  return out.take();
}

std::string render_document_terminal(const diagnosis_json::Document& document,
                                     const TerminalStyle& style) {
  Screen out(style);
  out.paragraph(fmt::format("{} ({})", document.title, percent(document.probability)), 0, 0,
                Paint::Bold);
  out.paragraph(document.summary);
  out.paragraph(document.headline);
  out.paragraph(span_of(document), 0, 0, Paint::Dim);
  out.heading("What the result says");
  const auto fact = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) out.labelled(name, value, 2, kLabel);
  };
  if (document.interval_s) {
    fact("Interval",
         document.interval_lo && document.interval_hi
             ? fmt::format("{} (95 % interval {} to {})", timer_text(*document.interval_s),
                           bound_text(*document.interval_lo, *document.interval_hi),
                           bound_text(*document.interval_hi, *document.interval_lo))
             : timer_text(*document.interval_s));
  }
  fact("Losses", fmt::format("{} on {} of {}, {} a day", grouped(document.rate.losses),
                             grouped(document.computers_with_losses),
                             counted(document.computers.size(), "computer"),
                             rate_text(document.rate.per_day)));
  fact("Affected",
       document.impacted.empty() ? std::string() : counted(document.impacted.size(), "client"));
  fact("Who", document.scope);
  fact("Owner", document.owner);
  fact("Next step", document.next_step);
  if (!document.next_command.empty()) out.verbatim(document.next_command, 2 + kLabel);
  return out.take();
}

}  // namespace dropscope
