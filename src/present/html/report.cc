// The page for someone who was not there: the answer first, then what to do, then what it rests on.
//
// One file that can be mailed and printed: style and pictures are inside, nothing is fetched, and
// no script runs. (Sorting and zooming by script were left out: mail gateways and file viewers
// strip scripts, and a page that needs one would then lose its content.) Lists that grow with the
// fleet are cut, and each cut says how much it leaves out; the JSON output has everything.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>

#include "analysis/rhythm/rhythm.h"
#include "base/timezone.h"
#include "present/digest.h"
#include "present/html/figures.h"
#include "present/html/fill.h"
#include "present/html/parts.h"
#include "present/html/pictures.h"
#include "present/html/provenance.h"
#include "present/markup.h"
#include "present/present.h"
#include "present/svg/timeline.h"
#include "present/templates.h"
#include "present/text/certainty.h"
#include "present/text/wording.h"
#include "present/version.h"

namespace dropscope {

namespace {

constexpr std::size_t kComputerRows = 50;  // A page of paper holds about fifty rows.
constexpr std::size_t kAttributes = 6;     // Of one computer, in the table.

/// Names of boxes, which a screen reader lists: the second of one name gets a number.
class Names {
 public:
  std::string next(std::string name) {
    const int n = ++seen_[name];
    return n == 1 ? name : fmt::format("{} {}", name, n);
  }

 private:
  std::map<std::string, int> seen_;
};

class Report {
 public:
  explicit Report(const ReportInput& input)
      : in_(input),
        d_(input.diagnosis),
        v_(input.diagnosis.verdict),
        digest_(input),
        speech_(input.phrasebook) {}

  std::string write() {
    Markup title;
    title.text(say("{} – dropscope report",
                   {speech_.retold(v_.decision.named() ? v_.decision.title : v_.headline)}));
    Markup head;
    headline(head);
    Markup body;
    draw_pattern_definitions(body);
    next_steps(body);
    causes(body);
    checklist(body);
    findings(body);
    write_timeline(body, page_);
    write_scope(body, page_);
    write_closes(body, page_);
    write_uptimes(body, page_);
    candidates(body);
    write_hours(body, page_);
    write_outages(body, page_);
    computers(body);
    alerts(body);
    write_pictures(body, page_);
    write_sources(body, page_);
    write_method(body, page_);
    Markup foot;
    footer(foot);
    return fill_template(template_text("report.html"),
                         {{"language", speech_.language()},
                          {"title", title.str()},
                          {"style", std::string(template_text("report.css"))},
                          {"header", head.str()},
                          {"main", body.str()},
                          {"footer", foot.str()}});
  }

 private:
  [[nodiscard]] std::string say(std::string_view english,
                                const std::vector<std::string>& values = {}) const {
    return speech_.say(english, values);
  }
  [[nodiscard]] std::string say_whole(const std::string& text) const {
    const std::vector<Retold> parts = speech_.retell(text);
    return parts.size() == 1 && parts.front().known ? parts.front().text : text;
  }
  [[nodiscard]] std::string time(Instant t) const { return speech_.time(d_.zone, t); }

  // A whole element of a text of the verdict or of a data file.
  void told(Markup& out, std::string_view tag, std::string_view english,
            const Markup::Attributes& attributes = {}) const {
    out.open(tag, attributes);
    retell(out, speech_, english);
    out.close();
  }

  void command(Markup& out, const std::string& text) const {
    if (text.empty()) return;
    // A command stays as it is; an instruction may have an entry.
    out.open("pre").element("code", say_whole(text)).close();
  }

  void tile(Markup& out, std::string_view name, const std::string& value,
            const std::string& detail) const {
    out.open("div", {{"class", "tile"}}).element("dt", say(name));
    out.open("dd").element("strong", value);
    if (!detail.empty()) out.element("span", detail);
    out.close().close();
  }

  void headline(Markup& out) const {
    const bool cause = v_.decision.named();
    out.element("p",
                say("dropscope · {} and its connection to {}", {digest_.application, digest_.peer}),
                {{"class", "brand"}});
    // A cause that can be named is the headline; the rhythm alone is one where none can be.
    const std::string sure = speech_.percent(v_.decision.probability);
    const auto decided = [&](std::string_view tag, const Markup::Attributes& attributes) {
      out.open(tag, attributes);
      retell(out, speech_, v_.decision.title);
      out.text(" (" + sure + ")").close();
    };
    if (cause) {
      out.element("p", say("Most probable cause"), {{"class", "badge cause"}});
      decided("h1", {});
    } else {
      decided("p", {{"class", "badge open"}});
      told(out, "h1", v_.headline);
    }
    told(out, "p", v_.decision.summary);
    const Certainty words = certainty_words(v_, speech_);
    if (cause) sure_of(out, words.cause, v_.decision.probability);
    other_causes(out);
    if (cause) told(out, "p", v_.headline);
    if (v_.probability) sure_of(out, words.interval, *v_.probability);
    if (!words.note.empty()) out.element("p", words.note, {{"class", "looked-at"}});
    looked_at(out);
    tiles(out);
  }

  // A probability in words, as a number and as a bar.
  void sure_of(Markup& out, const std::string& words, double probability) const {
    out.open("p", {{"class", "sure"}}).text(words + " ");
    out.element("strong", speech_.percent(probability));
    out.open("span", {{"class", "meter"}, {"aria-hidden", "true"}});
    const double filled = std::clamp(probability, 0.0, 1.0) * 100;
    out.open("span", {{"style", fmt::format("width:{:.0f}%", filled)}});
    out.close().close().close();
  }

  // The next causes by name, as many as are worth a look.
  void other_causes(Markup& out) const {
    std::string list;
    for (const OtherCause& each : list_other_causes(v_.decision, in_.catalogue)) {
      list += fmt::format("{}{} ({})", list.empty() ? "" : ", ", speech_.retold(each.title),
                          speech_.percent(each.probability));
    }
    if (!list.empty()) out.element("p", say("Also possible: {}.", {list}));
  }

  void looked_at(Markup& out) const {
    out.open("p", {{"class", "looked-at"}});
    const std::uint64_t read = digest_.sources_read + digest_.sources_damaged;
    out.text(say("Looked at: {} ({}) of {}",
                 {speech_.count(read, "{} file", "{} files"), speech_.bytes(digest_.bytes),
                  speech_.count(digest_.computers.size(), "{} computer", "{} computers")}));
    if (digest_.observed) {
      out.text(say(", records from {} to {}",
                   {time(digest_.observed->begin), time(digest_.observed->end)}));
    }
    if (digest_.sources_unreadable > 0) {
      out.text(". ").element("strong",
                             speech_.count(digest_.sources_unreadable, "{} file could not be read",
                                           "{} files could not be read"));
    }
    if (digest_.sources_damaged > 0) {
      out.text(". " + speech_.count(digest_.sources_damaged, "{} damaged file read in part",
                                    "{} damaged files read in part"));
    }
    out.text(". " + say("Times are those of") + " ").element("strong", d_.zone.name());
    if (!d_.zone_reason.empty()) {
      out.text(", ");
      retell(out, speech_, d_.zone_reason);
    }
    out.text(say(", unless UTC is written beside them.")).close();
  }

  /// Of a clock, whose cycle is exact, its times instead.
  std::string sureness_of_interval() const {
    const IntervalEstimate& i = d_.interval;
    const std::string times = rhythm::clock_times(i.seconds, i.times, i.spread);
    if (!times.empty()) return speech_.retold(fmt::format("at {} local time", times));
    return say("95 % interval {} to {}",
               {speech_.bound(i.low, i.high), speech_.bound(i.high, i.low)});
  }

  void tiles(Markup& out) const {
    const Frequency& f = d_.frequency;
    out.open("dl", {{"class", "tiles"}});
    tile(out, "Connection losses", speech_.grouped(f.losses),
         say("in {} of observation", {speech_.duration(f.watched_hours * 3600)}));
    tile(out, "Computers affected", speech_.grouped(digest_.computers_with_losses),
         say("of {} with usable logs", {speech_.grouped(digest_.computers.size())}));
    if (f.losses > 0) {
      tile(out, "Losses per 24 h", speech_.rate(f.per_day),
           say("on each computer; 95 % interval {} to {}",
               {speech_.rate(f.per_day_low), speech_.rate(f.per_day_high)}));
    }
    if (d_.interval.seconds > 0) {
      tile(out, "Interval", speech_.timer(d_.interval.seconds), sureness_of_interval());
    }
    if (f.outages.n > 0) {
      tile(out, "Median outage", speech_.timer(f.outages.median),
           say("half lie between {} and {}", {speech_.bound(f.outages.p25, f.outages.p75),
                                              speech_.bound(f.outages.p75, f.outages.p25)}));
    }
    if (d_.protocol != Protocol::Unknown) {
      tile(out, "Protocol", std::string(to_string(d_.protocol)),
           speech_.retold(d_.protocol_source));
    }
    if (d_.mode != ClientMode::Unknown) {
      tile(out, "Client mode", say(to_string(d_.mode)), speech_.retold(d_.mode_source));
    }
    out.close();
  }

  // One article for each cause: two columns of reasons do not fit a table on a telephone.
  void causes(Markup& out) const {
    if (v_.decision.verdicts.empty()) return;
    open_section(out, "causes", say("Why"));
    Names names;
    for (const CauseVerdict& c : v_.decision.verdicts) {
      out.open("article", {{"class", "cause-of"}});
      out.open("h3");
      retell(out, speech_, c.title);
      out.text(" ").element("span", speech_.percent(c.probability), {{"class", "probability"}});
      out.close();
      out.open("p").text(speech_.count(c.losses, "Explains {} loss.", "Explains {} losses."));
      if (!c.owner.empty()) {
        out.text(" " + say("Owner:") + " ");
        retell(out, speech_, c.owner);
        out.text(".");
      }
      out.close().open("div", {{"class", "reasons"}});
      reasons(out, "For", c.reasons_for, "for");
      reasons(out, "Against", c.reasons_against, "against");
      out.close();
      cause_records(out, c, names.next(speech_.retold(c.title)));
      out.close().line();
    }
    if (!v_.decision.impacted.empty()) {
      out.open("p").element("strong", say("Affected:")).text(" ");
      foreign(out, impacted_text(v_.decision));
      out.close();
    }
    write_method_link(out, page_, "cause");
    out.close();
  }

  void reasons(Markup& out, std::string_view name, const std::vector<std::string>& list,
               std::string_view css_class) const {
    if (list.empty()) return;
    out.open("div", {{"class", std::string(css_class)}}).element("h4", say(name)).open("ul");
    for (const std::string& reason : list) told(out, "li", reason);
    out.close().close();
  }

  // The first and last losses of a cause, as many as a statement shows.
  void cause_records(Markup& out, const CauseVerdict& c, const std::string& name) const {
    constexpr std::size_t kShown = 12;
    std::vector<std::uint32_t> events = c.events;
    if (events.size() > kShown) {
      events.erase(events.begin() + kShown / 2,
                   events.end() - static_cast<std::ptrdiff_t>(kShown / 2));
    }
    write_records(out, page_, events, c.events.size(), name);
  }

  void checklist(Markup& out) const {
    if (v_.checklist.empty()) return;
    open_section(out, "checklist", say("The procedure, step by step"));
    out.open("table", {{"class", "checklist"}, {"role", "table"}});
    out.open("thead", {{"role", "rowgroup"}}).open("tr", {{"role", "row"}});
    for (const std::string_view name : {"Step", "State", "What was found, or is needed"}) {
      out.element("th", say(name), {{"scope", "col"}, {"role", "columnheader"}});
    }
    out.close().close().open("tbody", {{"role", "rowgroup"}});
    for (const ChecklistStep& s : v_.checklist) {
      out.open("tr", {{"role", "row"}});
      told(out, "th", s.title, {{"scope", "row"}, {"role", "rowheader"}});
      out.element("td", say(step_words(s.state)),
                  {{"role", "cell"}, {"class", fmt::format("step {}", to_string(s.state))}});
      out.open("td", {{"role", "cell"}});
      retell(out, speech_, s.text);
      command(out, s.command);
      out.close().close().line();
    }
    out.close().close().close();
  }

  void next_steps(Markup& out) const {
    if (v_.next_steps.empty() && v_.decision.next_step.what.empty()) return;
    open_section(out, "steps", say("What to do next"));
    out.open("ol", {{"class", "steps"}});
    if (const EvidenceStep& s = v_.decision.next_step; !s.what.empty()) {
      out.open("li").open("p", {{"class", "what"}});
      told(out, "strong", s.what);
      out.close().open("p");
      retell(out, speech_, s.why);
      if (!s.cost.empty()) {
        out.text(" " + say("Cost:") + " ");
        retell(out, speech_, s.cost);
        out.text(".");
      }
      out.close();
      command(out, s.command);
      out.close();
    }
    for (const NextStep& s : v_.next_steps) {
      out.open("li").open("p", {{"class", "what"}});
      if (!s.who.empty()) out.element("span", say(s.who), {{"class", "who"}}).text(" ");
      told(out, "strong", s.what);
      out.close();
      if (!s.why.empty()) told(out, "p", s.why);
      command(out, s.command);
      out.close();
    }
    out.close().close();
  }

  void findings(Markup& out) const {
    if (v_.statements.empty()) return;
    open_section(out, "findings", say("What was found"));
    Names names;
    for (const Statement& s : v_.statements) {
      out.open("article", {{"class", "finding"}});
      out.open("h3");
      retell(out, speech_, s.title);
      if (s.probability) {
        out.text(" ").element("span", speech_.percent(*s.probability), {{"class", "probability"}});
      }
      out.close();
      told(out, "p", s.text);
      write_records(out, page_, s.events, s.events_total, names.next(speech_.retold(s.title)));
      out.close().line();
    }
    out.close();
  }

  void candidates(Markup& out) const {
    if (v_.candidates.empty()) return;
    open_section(out, "candidates", say("Timers that agree with the interval"));
    out.open("table", {{"class", "candidates"}, {"role", "table"}});
    out.open("thead", {{"role", "rowgroup"}}).open("tr", {{"role", "row"}});
    const auto cell = [&](std::string_view name, std::string_view css_class = {}) {
      Markup::Attributes attributes = {{"role", "cell"}, {"data-label", say(name)}};
      if (!css_class.empty()) attributes.push_back({"class", std::string(css_class)});
      out.open("td", attributes);
    };
    for (const std::string_view name :
         {"Product and timer", "Value", "Here", "How to confirm", "How to change"}) {
      out.element("th", say(name), {{"scope", "col"}, {"role", "columnheader"}});
    }
    out.close().close().open("tbody", {{"role", "rowgroup"}});
    for (const CandidateTimer& c : v_.candidates) {
      out.open("tr", {{"role", "row"}, {"class", c.possible ? "possible" : "excluded"}});
      cell("Product and timer", "product");
      out.element("strong", c.timer.product).text(": ").text(c.timer.timer);
      out.element("span", fmt::format("{}, {}", say(c.timer.layer), say(to_string(c.timer.kind))),
                  {{"class", "small"}});
      out.open("span", {{"class", "small"}});
      retell(out, speech_, c.timer.confidence);
      if (!c.timer.source.empty()) out.text(": ").text(c.timer.source);
      out.close().close();
      cell("Value", "value");
      out.element("strong", speech_.timer(c.timer.seconds));
      out.element("span",
                  c.deviation_s == 0
                      ? say("equal to the interval")
                      : say("interval {}", {speech_.retold(deviation_text(c.deviation_s))}),
                  {{"class", "small"}});
      out.close();
      cell("Here");
      out.element("span", say(c.possible ? "possible" : "unlikely"),
                  {{"class", c.possible ? "mark yes" : "mark no"}});
      if (!c.reason.empty()) {
        out.text(" ");
        retell(out, speech_, c.reason);
      }
      out.close();
      cell("How to confirm");
      retell(out, speech_, c.timer.confirm);
      out.close();
      cell("How to change");
      retell(out, speech_, c.timer.change);
      out.close();
      out.close().line();
    }
    out.close().close();
    if (!v_.tell_apart.empty()) {
      out.open("p").element("strong", say("What tells them apart:")).text(" ");
      retell(out, speech_, v_.tell_apart);
      out.close();
    }
    write_method_link(out, page_, "timers");
    out.close();
  }

  [[nodiscard]] std::string known_facts(const ComputerView& view) const {
    std::string text;
    const auto add = [&](std::string_view name, std::string_view value) {
      if (value.empty()) return;
      text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", say(name), value);
    };
    if (view.diagnosis->protocol != Protocol::Unknown) {
      add("protocol", to_string(view.diagnosis->protocol));
    }
    if (view.diagnosis->mode != ClientMode::Unknown) {
      add("mode", say(to_string(view.diagnosis->mode)));
    }
    add("time zone", view.computer->time_zone);
    std::size_t n = 0;
    for (const auto& [name, value] : view.computer->attributes.values) {
      if (name == "protocol" || name == "mode" || name == "timezone") continue;  // Said above.
      if (value.empty()) continue;
      if (++n > kAttributes) return text + " …";
      add(attribute_name(name, speech_), value);
    }
    return text;
  }

  void computers(Markup& out) const {
    if (digest_.computers.empty()) return;
    open_section(out, "computers", say("Computers"));
    open_scroll(out, say("Computers with their losses"));
    out.open("table", {{"class", "computers"}});
    header_row(out, speech_,
               {"Computer", "Losses", "per 24 h (95 %)", "Watched", "Rhythm", "Median uptime",
                "Median outage", "Known facts"});
    out.open("tbody");
    const std::size_t shown = std::min(digest_.computers.size(), kComputerRows);
    for (std::size_t i = 0; i < shown; ++i) computer_row(out, digest_.computers[i]);
    out.close().close().close();
    if (shown < digest_.computers.size()) {
      out.element("p",
                  say("The {} computers with the most losses; {} more are in the JSON output.",
                      {speech_.grouped(shown), speech_.grouped(digest_.computers.size() - shown)}),
                  {{"class", "note"}});
    }
    out.close();
  }

  void computer_row(Markup& out, const ComputerView& view) const {
    const Frequency& f = view.diagnosis->frequency;
    const IntervalEstimate& i = view.diagnosis->interval;
    const auto number = [&](const std::string& text) {
      out.element("td", text, {{"class", "number"}});
    };
    out.open("tr").open("th", {{"scope", "row"}});
    foreign_name(out, view.computer->name);
    out.close();
    number(speech_.grouped(f.losses));
    number(say("{} ({} to {})", {speech_.rate(f.per_day), speech_.rate(f.per_day_low),
                                 speech_.rate(f.per_day_high)}));
    number(speech_.duration(f.watched_hours * 3600));
    const std::string rhythm = say(rhythm_words(i.rhythm));
    out.element("td", i.seconds > 0   ? fmt::format("{}, {}", speech_.timer(i.seconds), rhythm)
                      : f.losses == 0 ? say("no loss")
                                      : rhythm);
    number(f.uptimes.n > 0 ? speech_.timer(f.uptimes.median) : "–");
    number(f.outages.n > 0 ? speech_.timer(f.outages.median) : "–");
    out.open("td");
    foreign(out, known_facts(view));
    out.close().close().line();
  }

  void alerts(Markup& out) const {
    const AlertCounts& a = d_.alerts;
    if (a.lost + a.restored + a.unavailable + a.authentication + a.other + a.unclassified == 0) {
      return;
    }
    open_section(out, "alerts", say("Which alerts were counted, and which were not"));
    open_scroll(out, say("Alerts by kind"));
    out.open("table", {{"class", "numbers left"}});
    header_row(out, speech_, {"Alert", "Events", "Use"});
    out.open("tbody");
    const auto row = [&](std::string_view name, std::uint64_t n, std::string_view use) {
      out.open("tr").element("th", say(name), {{"scope", "row"}});
      out.element("td", speech_.grouped(n)).element("td", say(use)).close();
    };
    row("connection lost", a.lost, "counted: each is a loss");
    row("connection restored", a.restored, "counted: ends an outage");
    row("connection unavailable", a.unavailable, "supports an outage, is none by itself");
    row("authentication, password", a.authentication, "out of scope");
    row("other known alerts", a.other, "out of scope");
    row("unknown texts", a.unclassified, "not used: nothing is guessed");
    out.close().close().close();
    if (a.by_stem + a.by_alternation > 0) {
      out.element(
          "p", say("Of lost and restored, {} were recognised by parts of the text and {} because "
                   "two unknown texts strictly alternate; the others by their exact text.",
                   {speech_.grouped(a.by_stem), speech_.grouped(a.by_alternation)}));
    }
    if (!a.unknown_texts.empty()) {
      out.element("h3", say("Unknown texts, most frequent first"));
      out.open("ul", {{"class", "unknown"}});
      for (const UnknownText& u : a.unknown_texts) {
        out.open("li").text(fmt::format("{} × ", speech_.grouped(u.count)));
        foreign(out, u.text);
        out.close();
      }
      out.close();
    }
    out.close();
  }

  void footer(Markup& out) const {
    out.open("p").text(say("Made by dropscope {}; time zone rules {}.",
                           {std::string(version()), std::string(time_zone_version())}));
    if (!in_.command_line.empty()) {
      out.text(" " + say("Command:") + " ").element("code", in_.command_line);
    }
    out.close();
  }

  const ReportInput& in_;
  const Diagnosis& d_;
  const Verdict& v_;
  Digest digest_;
  Speech speech_;
  Page page_{in_, digest_, speech_};
};

}  // namespace

std::string render_html(const ReportInput& input) {
  return Report(input).write();
}

}  // namespace dropscope
