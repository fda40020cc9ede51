#include "present/package/cover.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "present/digest.h"
#include "present/markdown/text.h"
#include "present/markup.h"
#include "present/text/layout.h"
#include "present/text/wording.h"
#include "present/version.h"

namespace dropscope::package {
namespace {

constexpr std::size_t kExamples =
    3;  // Users that a vendor looks at; more is what the tables are for.
constexpr std::size_t kWidth = 100;  // Of the text form, as prose on the terminal.

std::string statement_of(const Verdict& verdict, std::string_view id) {
  for (const Statement& each : verdict.statements) {
    if (each.id == id) return each.text;
  }
  return {};
}

/// "16.0.17328 (12 computers), 16.0.4266 (1 computer)".
std::string versions(const Evidence& evidence) {
  std::map<std::string, std::size_t> counts;
  for (const Computer& computer : evidence.computers) {
    const std::string version = computer.attributes.get("version");
    if (!version.empty()) ++counts[version];
  }
  std::string text;
  for (const auto& [version, count] : counts) {
    text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", version, counted(count, "computer"));
  }
  return text;
}

CoverSection examples(const Digest& digest, const Diagnosis& diagnosis) {
  CoverSection section{"Example users", {}};
  for (const ComputerView& view : digest.computers) {
    const std::uint64_t losses = view.diagnosis->frequency.losses;
    if (losses == 0 || section.lines.size() == kExamples) break;
    const std::string user = view.computer->attributes.get("user");
    std::string line =
        fmt::format("{}{}: {}", view.computer->name, user.empty() ? "" : fmt::format(" ({})", user),
                    counted(losses, "loss", "losses"));
    if (!view.episodes->outages.empty()) {
      line += fmt::format(", the last at {} ({})",
                          diagnosis.zone.format(view.episodes->outages.back().lost),
                          diagnosis.zone.name());
    }
    section.lines.push_back(std::move(line));
  }
  return section;
}

}  // namespace

std::vector<CoverSection> make_cover(const ReportInput& input, const Manifest& manifest,
                                     std::uint64_t errors) {
  const Diagnosis& d = input.diagnosis;
  const Verdict& v = d.verdict;
  const Digest digest(input);
  std::vector<CoverSection> cover;
  const auto section = [&](std::string_view title, std::vector<std::string> lines) {
    lines.erase(std::remove(lines.begin(), lines.end(), std::string()), lines.end());
    if (!lines.empty()) cover.push_back({std::string(title), std::move(lines)});
  };
  section(fmt::format("{} loses its connection to {}", digest.application, digest.peer),
          {fmt::format("{} ({}). {}", v.decision.title, percent(v.decision.probability),
                       v.decision.summary),
           v.headline});
  std::string observed;
  if (digest.observed) {
    observed = fmt::format("Observed from {} to {} ({}).", d.zone.format(digest.observed->begin),
                           d.zone.format(digest.observed->end), d.zone.name());
  }
  section(
      "Scope",
      {fmt::format(
           "{} of {} lost the connection, {} in all.", grouped(digest.computers_with_losses),
           counted(digest.computers.size(), "computer"), counted(d.frequency.losses, "time")),
       statement_of(v, "scope"), observed, statement_of(v, "frequency"), v.decision.impact.text});
  cover.push_back(examples(digest, d));
  if (cover.back().lines.empty()) cover.pop_back();
  const std::string known = versions(input.evidence);
  section("Client",
          {known.empty() ? "The client's version is not in the evidence."
                         : fmt::format("Version: {}", known),
           fmt::format("Protocol: {}. Mode: {}.", to_string(d.protocol), to_string(d.mode))});
  section("What is asked of you",
          {v.decision.owner.empty() ? "" : fmt::format("Whoever can act: {}.", v.decision.owner),
           v.decision.next_step.what});
  std::uint64_t kept = 0;
  for (const Origin& origin : manifest.origins) kept += origin.kept;
  section("What is inside",
          {"report.html: the report, for a browser; needs no network.",
           "diagnosis.json: the same for programs. tables/: losses, clients and causes as CSV.",
           fmt::format("evidence/: the evidence; event logs cut to {}, {} of them with level "
                       "Critical or Error.",
                       counted(kept, "record"), grouped(errors)),
           "records/: the same records as XML.",
           "manifest.json: every item with its SHA-256, and what each was made from.",
           manifest.redacted
               ? "Names of users and computers, domains and addresses are replaced; the same name "
                 "is the same token everywhere, and subnets keep their structure."
               : ""});
  std::vector<std::string> lines = manifest.asked_for;
  section("What is missing", std::move(lines));
  lines.clear();
  for (const LeftOut& each : manifest.left_out) {
    lines.push_back(fmt::format("{}: {}", printable(each.path), each.reason));
  }
  section("What was left out", std::move(lines));
  section("How to use it", {"dropscope escalate --verify case.zip checks that nothing was changed.",
                            "dropscope diagnose case.zip judges the evidence again.",
                            fmt::format("Made by dropscope {}.", version())});
  return cover;
}

std::string cover_text(const std::vector<CoverSection>& cover) {
  std::string out;
  for (const CoverSection& section : cover) {
    out += fmt::format("{}\n{}\n", printable(section.title),
                       std::string(display_width(section.title), '-'));
    for (const std::string& line : section.lines) {
      bool first = true;
      for (const std::string& piece : wrap(printable(line), kWidth - 2)) {
        out += fmt::format("{} {}\n", first ? '*' : ' ', piece);
        first = false;
      }
    }
    out += '\n';
  }
  return out;
}

std::string cover_markdown(const std::vector<CoverSection>& cover) {
  std::string out;
  for (const CoverSection& section : cover) {
    out += fmt::format("## {}\n\n", markdown_text(section.title));
    for (const std::string& line : section.lines) {
      out += fmt::format("- {}\n", markdown_text(line));
    }
    out += '\n';
  }
  return out;
}

std::string cover_html(const std::vector<CoverSection>& cover) {
  Markup page;
  page.open("html", {{"lang", "en"}}).open("head");
  page.leaf("meta", {{"charset", "utf-8"}});
  page.leaf("meta", {{"name", "viewport"}, {"content", "width=device-width"}});
  // Nothing is loaded and nothing runs, whatever a name in the evidence may try.
  page.leaf("meta", {{"http-equiv", "Content-Security-Policy"}, {"content", "default-src 'none'"}});
  page.element("title", cover.empty() ? "Case" : cover.front().title).close();
  page.open("body").line();
  for (std::size_t i = 0; i < cover.size(); ++i) {
    page.element(i == 0 ? "h1" : "h2", cover[i].title).line().open("ul");
    for (const std::string& line : cover[i].lines) page.element("li", line);
    page.close().line();
  }
  page.close().close();
  return "<!doctype html>\n" + page.str() + "\n";
}

}  // namespace dropscope::package
