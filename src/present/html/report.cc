// The page for someone who was not there: the answer first, then what to do, then what it rests on.
//
// One file that can be mailed and printed: style and pictures are inside, nothing is fetched, and
// no script runs. (Sorting and zooming by script were left out: mail gateways and file viewers
// strip scripts, and a page that needs one would then lose its content.) Lists that grow with the
// fleet are cut, and each cut says how much it leaves out; the JSON output has everything.
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/timezone.h"
#include "present/digest.h"
#include "present/html/figures.h"
#include "present/html/fill.h"
#include "present/html/pictures.h"
#include "present/markup.h"
#include "present/present.h"
#include "present/svg/timeline.h"
#include "present/templates.h"
#include "present/text/wording.h"
#include "present/version.h"

namespace dropscope {

namespace {

constexpr std::size_t kComputerRows = 50;  // A page of paper holds about fifty rows.
constexpr std::size_t kSourceRows = 200;
constexpr std::size_t kAttributes = 8;  // Of one computer, in the table.

void scroll(Markup& out, std::string_view name) {
  out.open("div", {{"class", "scroll"},
                   {"tabindex", "0"},
                   {"role", "region"},
                   {"aria-label", std::string(name)}});
}

void header_row(Markup& out, std::initializer_list<std::string_view> names) {
  out.open("thead").open("tr");
  for (const std::string_view name : names) out.element("th", name, {{"scope", "col"}});
  out.close().close();
}

// Text from evidence: kept apart from the sentence around it whatever its reading direction.
void foreign(Markup& out, std::string_view text) {
  out.element("bdi", text);
}

// A name of many parts (host, path), which may be broken after each.
void foreign_name(Markup& out, std::string_view text) {
  out.open("bdi");
  while (!text.empty()) {
    const std::size_t end = text.find_first_of("./\\!");
    const std::size_t size = end == std::string_view::npos ? text.size() : end + 1;
    out.text(text.substr(0, size));
    text.remove_prefix(size);
    if (!text.empty()) out.leaf("wbr");
  }
  out.close();
}

class Page {
 public:
  explicit Page(const ReportInput& input)
      : in_(input), d_(input.diagnosis), v_(input.diagnosis.verdict), digest_(input) {}

  std::string write() {
    Markup title;
    title.text(fmt::format("{} – dropscope report",
                           v_.decision.named() ? v_.decision.title : v_.headline));
    Markup head;
    headline(head);
    Markup body;
    draw_pattern_definitions(body);
    next_steps(body);
    causes(body);
    checklist(body);
    findings(body);
    write_timeline(body, in_, digest_);
    write_uptimes(body, in_, digest_);
    candidates(body);
    write_hours(body, in_, digest_);
    write_outages(body, in_, digest_);
    computers(body);
    alerts(body);
    write_pictures(body, in_.evidence);
    sources(body);
    method(body);
    Markup foot;
    footer(foot);
    return fill_template(template_text("report.html"),
                         {{"title", title.str()},
                          {"style", std::string(template_text("report.css"))},
                          {"header", head.str()},
                          {"main", body.str()},
                          {"footer", foot.str()}});
  }

 private:
  void tile(Markup& out, std::string_view name, const std::string& value,
            const std::string& detail) {
    out.open("div", {{"class", "tile"}}).element("dt", name);
    out.open("dd").element("strong", value);
    if (!detail.empty()) out.element("span", detail);
    out.close().close();
  }

  void headline(Markup& out) {
    const bool cause = v_.decision.named();
    out.open("p", {{"class", "brand"}});
    out.text(
        fmt::format("dropscope · {} and its connection to {}", digest_.application, digest_.peer));
    out.close();
    // A cause that can be named is the headline; the rhythm alone is one where none can be.
    const std::string decided =
        fmt::format("{} ({})", v_.decision.title, percent(v_.decision.probability));
    out.open("p", {{"class", cause ? "badge cause" : "badge open"}});
    out.text(cause ? "Most probable cause" : decided).close();
    out.element("h1", cause ? decided : v_.headline);
    out.element("p", v_.decision.summary);
    if (const auto sure = cause ? std::optional(v_.decision.probability) : v_.probability) {
      out.open("p", {{"class", "sure"}}).text("How sure: ");
      out.element("strong", percent(*sure));
      out.open("span", {{"class", "meter"}, {"aria-hidden", "true"}});
      out.open("span",
               {{"style", fmt::format("width:{:.0f}%", std::clamp(*sure, 0.0, 1.0) * 100)}});
      out.close().close().close();
    }
    if (const std::string others = other_causes(v_.decision); !others.empty()) {
      out.element("p", others);
    }
    if (cause) {
      out.element("p", v_.probability
                           ? fmt::format("{} ({})", v_.headline, percent(*v_.probability))
                           : v_.headline);
    }
    looked_at(out);
    tiles(out);
  }

  void looked_at(Markup& out) {
    out.open("p", {{"class", "looked-at"}});
    const std::uint64_t read = digest_.sources_read + digest_.sources_damaged;
    out.text(fmt::format("Looked at: {} ({}) of {}", counted(read, "file"),
                         bytes_text(digest_.bytes), counted(digest_.computers.size(), "computer")));
    if (digest_.observed) {
      out.text(fmt::format(", records from {} to {}", d_.zone.format(digest_.observed->begin),
                           d_.zone.format(digest_.observed->end)));
    }
    if (digest_.sources_unreadable > 0) {
      out.text(". ").element("strong", fmt::format("{} could not be read",
                                                   counted(digest_.sources_unreadable, "file")));
    }
    if (digest_.sources_damaged > 0) {
      out.text(fmt::format(". {} read in part", counted(digest_.sources_damaged, "damaged file")));
    }
    out.text(". Times are those of ").element("strong", d_.zone.name());
    if (!d_.zone_reason.empty()) out.text(", ").text(d_.zone_reason);
    out.text(", unless UTC is written beside them.").close();
  }

  void tiles(Markup& out) {
    const Frequency& f = d_.frequency;
    out.open("dl", {{"class", "tiles"}});
    tile(out, "Connection losses", grouped(f.losses),
         fmt::format("in {} of observation", format_duration(f.watched_hours * 3600)));
    tile(out, "Computers affected", grouped(digest_.computers_with_losses),
         fmt::format("of {} with usable logs", grouped(digest_.computers.size())));
    if (f.losses > 0) {
      tile(out, "Losses per 24 h", rate_text(f.per_day),
           fmt::format("on each computer; 95 % interval {} to {}", rate_text(f.per_day_low),
                       rate_text(f.per_day_high)));
    }
    if (d_.interval.seconds > 0) {
      tile(out, "Interval", timer_text(d_.interval.seconds),
           fmt::format("95 % interval {} to {}", timer_text(d_.interval.low),
                       timer_text(d_.interval.high)));
    }
    if (f.outages.n > 0) {
      tile(out, "Median outage", timer_text(f.outages.median),
           fmt::format("half lie between {} and {}", timer_text(f.outages.p25),
                       timer_text(f.outages.p75)));
    }
    const auto condition = [&](std::string_view name, std::string_view value,
                               const std::string& source) {
      tile(out, name, std::string(value), source);
    };
    if (d_.protocol != Protocol::Unknown) {
      condition("Protocol", to_string(d_.protocol), d_.protocol_source);
    }
    if (d_.mode != ClientMode::Unknown) {
      condition("Client mode", to_string(d_.mode), d_.mode_source);
    }
    out.close();
  }

  void causes(Markup& out) {
    if (v_.decision.verdicts.empty()) return;
    open_section(out, "causes", "Why");
    scroll(out, "Causes");
    out.open("table");
    header_row(out, {"Cause", "How sure", "Losses", "For", "Against", "Owner"});
    out.open("tbody");
    const auto list = [&](const std::vector<std::string>& reasons) {
      out.open("td");
      for (const std::string& reason : reasons) out.element("p", reason);
      out.close();
    };
    for (const CauseVerdict& c : v_.decision.verdicts) {
      out.open("tr").element("td", c.title).element("td", percent(c.probability));
      out.element("td", grouped(c.losses));
      list(c.reasons_for);
      list(c.reasons_against);
      out.element("td", c.owner).close().line();
    }
    out.close().close().close();
    if (!v_.decision.impacted.empty()) {
      out.open("p").element("strong", "Affected: ");
      foreign(out, impacted_text(v_.decision));
      out.close();
    }
    out.close();
  }

  void checklist(Markup& out) {
    if (v_.checklist.empty()) return;
    open_section(out, "checklist", "The procedure, step by step");
    scroll(out, "The procedure, step by step");
    out.open("table");
    header_row(out, {"Step", "State", "What was found, or is needed"});
    out.open("tbody");
    for (const ChecklistStep& s : v_.checklist) {
      out.open("tr").element("td", s.title).element("td", step_words(s.state));
      out.open("td").text(s.text);
      if (!s.command.empty()) out.open("pre").element("code", s.command).close();
      out.close().close().line();
    }
    out.close().close().close().close();
  }

  void next_steps(Markup& out) {
    if (v_.next_steps.empty() && v_.decision.next_step.what.empty()) return;
    open_section(out, "steps", "What to do next");
    out.open("ol", {{"class", "steps"}});
    if (const EvidenceStep& s = v_.decision.next_step; !s.what.empty()) {
      out.open("li").open("p", {{"class", "what"}}).element("strong", s.what).close();
      out.element("p", s.cost.empty() ? s.why : fmt::format("{} Cost: {}.", s.why, s.cost));
      if (!s.command.empty()) out.open("pre").element("code", s.command).close();
      out.close();
    }
    for (const NextStep& s : v_.next_steps) {
      out.open("li").open("p", {{"class", "what"}});
      if (!s.who.empty()) out.element("span", s.who, {{"class", "who"}}).text(" ");
      out.element("strong", s.what).close();
      if (!s.why.empty()) out.element("p", s.why);
      if (!s.command.empty()) out.open("pre").element("code", s.command).close();
      out.close();
    }
    out.close().close();
  }

  void findings(Markup& out) {
    if (v_.statements.empty()) return;
    open_section(out, "findings", "What was found");
    for (const Statement& s : v_.statements) {
      out.open("article", {{"class", "finding"}});
      out.open("h3").text(s.title);
      if (s.probability) {
        out.text(" ").element("span", percent(*s.probability), {{"class", "probability"}});
      }
      out.close().element("p", s.text);
      evidence(out, s);
      out.close().line();
    }
    out.close();
  }

  // The records behind a sentence, so that they can be found in the log.
  void evidence(Markup& out, const Statement& s) {
    std::vector<const Event*> events;
    for (const std::uint32_t index : s.events) {
      const Event* event = event_at(in_.evidence, index);
      if (event != nullptr) events.push_back(event);
    }
    if (events.empty()) return;
    const std::uint64_t total = std::max<std::uint64_t>(s.events_total, events.size());
    out.open("details").open("summary");
    out.text(total == events.size() ? fmt::format("Evidence: {}", counted(total, "event"))
                                    : fmt::format("Evidence: {} of {}", grouped(events.size()),
                                                  counted(total, "event")));
    out.close();
    scroll(out, fmt::format("Evidence for {}", s.title));
    out.open("table", {{"class", "evidence"}});
    header_row(out, {"When", "Computer", "What the log says", "Where it stands"});
    out.open("tbody");
    for (const Event* e : events) event_row(out, *e);
    out.close().close().close().close();
  }

  void event_row(Markup& out, const Event& e) {
    const Source* source = source_of(in_.evidence, e);
    out.open("tr").open("td", {{"class", "time"}});
    out.text(d_.zone.format(e.time));
    out.element("span", format_utc(e.time, 7), {{"class", "small"}});
    out.close().open("td");
    if (e.computer < in_.evidence.computers.size()) {
      foreign_name(out, in_.evidence.computers[e.computer].name);
    }
    out.close().open("td");
    foreign(out, in_.evidence.strings.at(e.text));
    out.open("span", {{"class", "small"}});
    foreign(out, fmt::format("{} {}", in_.evidence.strings.at(e.provider), e.event_id));
    if (e.doubtful) out.text(", read from a damaged place");
    out.close().close().open("td", {{"class", "path"}});
    foreign_name(out, source != nullptr ? source->path : "");
    out.element("span", fmt::format("record {}, offset {:#x}", e.record_id, e.offset),
                {{"class", "small"}});
    out.close().close();
  }

  void candidates(Markup& out) {
    if (v_.candidates.empty()) return;
    open_section(out, "candidates", "Timers that agree with the interval");
    out.open("table", {{"class", "candidates"}, {"role", "table"}});
    out.open("thead", {{"role", "rowgroup"}}).open("tr", {{"role", "row"}});
    const auto cell = [&](std::string_view name, std::string_view css_class = {}) {
      Markup::Attributes attributes = {{"role", "cell"}, {"data-label", std::string(name)}};
      if (!css_class.empty()) attributes.push_back({"class", std::string(css_class)});
      out.open("td", attributes);
    };
    for (const std::string_view name :
         {"Product and timer", "Value", "Here", "How to confirm", "How to change"}) {
      out.element("th", name, {{"scope", "col"}, {"role", "columnheader"}});
    }
    out.close().close().open("tbody", {{"role", "rowgroup"}});
    for (const CandidateTimer& c : v_.candidates) {
      out.open("tr", {{"role", "row"}, {"class", c.possible ? "possible" : "excluded"}});
      cell("Product and timer", "product");
      out.element("strong", c.timer.product).text(": ").text(c.timer.timer);
      out.element("span", fmt::format("{}, {}", c.timer.layer, to_string(c.timer.kind)),
                  {{"class", "small"}});
      out.open("span", {{"class", "small"}}).text(c.timer.confidence);
      if (!c.timer.source.empty()) out.text(": ").text(c.timer.source);
      out.close().close();
      cell("Value", "value");
      out.element("strong", timer_text(c.timer.seconds));
      out.element("span",
                  c.deviation_s == 0 ? "equal to the interval"
                                     : "interval " + deviation_text(c.deviation_s),
                  {{"class", "small"}});
      out.close();
      cell("Here");
      out.element("span", c.possible ? "possible" : "unlikely",
                  {{"class", c.possible ? "mark yes" : "mark no"}});
      if (!c.reason.empty()) out.text(" ").text(c.reason);
      out.close();
      cell("How to confirm");
      out.text(c.timer.confirm).close();
      cell("How to change");
      out.text(c.timer.change).close();
      out.close().line();
    }
    out.close().close();
    if (!v_.tell_apart.empty()) {
      out.open("p").element("strong", "What tells them apart: ").text(v_.tell_apart).close();
    }
    out.close();
  }

  static std::string known_facts(const ComputerView& view) {
    std::string text;
    const auto add = [&](std::string_view name, std::string_view value) {
      if (!value.empty()) text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", name, value);
    };
    if (view.diagnosis->protocol != Protocol::Unknown) {
      add("protocol", to_string(view.diagnosis->protocol));
    }
    if (view.diagnosis->mode != ClientMode::Unknown) add("mode", to_string(view.diagnosis->mode));
    add("time zone", view.computer->time_zone);
    std::size_t n = 0;
    for (const auto& [name, value] : view.computer->attributes.values) {
      if (++n > kAttributes) return text + " …";
      add(name, value);
    }
    return text;
  }

  void computers(Markup& out) {
    if (digest_.computers.empty()) return;
    open_section(out, "computers", "Computers");
    scroll(out, "Computers");
    out.open("table", {{"class", "computers"}});
    header_row(out, {"Computer", "Losses", "per 24 h (95 %)", "Watched", "Rhythm", "Median uptime",
                     "Median outage", "Known facts"});
    out.open("tbody");
    const std::size_t shown = std::min(digest_.computers.size(), kComputerRows);
    for (std::size_t i = 0; i < shown; ++i) computer_row(out, digest_.computers[i]);
    out.close().close().close();
    if (shown < digest_.computers.size()) {
      out.element(
          "p",
          fmt::format("The {} computers with the most losses; {} more are in the JSON output.",
                      shown, grouped(digest_.computers.size() - shown)),
          {{"class", "note"}});
    }
    out.close();
  }

  void computer_row(Markup& out, const ComputerView& view) {
    const Frequency& f = view.diagnosis->frequency;
    const IntervalEstimate& i = view.diagnosis->interval;
    const auto number = [&](const std::string& text) {
      out.element("td", text, {{"class", "number"}});
    };
    out.open("tr").open("th", {{"scope", "row"}});
    foreign_name(out, view.computer->name);
    out.close();
    number(grouped(f.losses));
    number(fmt::format("{} ({} to {})", rate_text(f.per_day), rate_text(f.per_day_low),
                       rate_text(f.per_day_high)));
    number(format_duration(f.watched_hours * 3600));
    out.element("td", i.seconds > 0
                          ? fmt::format("{}, {}", timer_text(i.seconds), rhythm_words(i.rhythm))
                      : f.losses == 0 ? std::string("no loss")
                                      : std::string(rhythm_words(i.rhythm)));
    number(f.uptimes.n > 0 ? timer_text(f.uptimes.median) : "–");
    number(f.outages.n > 0 ? timer_text(f.outages.median) : "–");
    out.open("td");
    foreign(out, known_facts(view));
    out.close().close().line();
  }

  void alerts(Markup& out) {
    const AlertCounts& a = d_.alerts;
    if (a.lost + a.restored + a.unavailable + a.authentication + a.other + a.unclassified == 0) {
      return;
    }
    open_section(out, "alerts", "Which alerts were counted, and which were not");
    out.open("table", {{"class", "numbers left"}});
    header_row(out, {"Alert", "Events", "Use"});
    out.open("tbody");
    const auto row = [&](std::string_view name, std::uint64_t n, std::string_view use) {
      out.open("tr").element("th", name, {{"scope", "row"}});
      out.element("td", grouped(n)).element("td", use).close();
    };
    row("connection lost", a.lost, "counted: each is a loss");
    row("connection restored", a.restored, "counted: ends an outage");
    row("connection unavailable", a.unavailable, "supports an outage, is none by itself");
    row("authentication, password", a.authentication, "out of scope");
    row("other known alerts", a.other, "out of scope");
    row("unknown texts", a.unclassified, "not used: nothing is guessed");
    out.close().close();
    if (a.by_stem + a.by_alternation > 0) {
      out.element("p",
                  fmt::format("Of lost and restored, {} were recognised by parts of the text and "
                              "{} because two unknown texts strictly alternate; the others by "
                              "their exact text.",
                              grouped(a.by_stem), grouped(a.by_alternation)));
    }
    if (!a.unknown_texts.empty()) {
      out.element("h3", "Unknown texts, most frequent first");
      out.open("ul", {{"class", "unknown"}});
      for (const UnknownText& u : a.unknown_texts) {
        out.open("li").text(fmt::format("{} × ", grouped(u.count)));
        foreign(out, u.text);
        out.close();
      }
      out.close();
    }
    out.close();
  }

  void sources(Markup& out) {
    const Evidence& e = in_.evidence;
    if (e.sources.empty()) return;
    open_section(out, "sources", "What was read");
    out.element("p",
                fmt::format("{} records in {}. {} read whole, {} damaged, {} unreadable, {} not "
                            "evidence of a known kind. {} given twice counted once; {} out of "
                            "time order.",
                            grouped(e.records_seen), counted(e.sources.size(), "input"),
                            grouped(digest_.sources_read), grouped(digest_.sources_damaged),
                            grouped(digest_.sources_unreadable), grouped(digest_.sources_ignored),
                            counted(e.duplicates, "event"), counted(e.out_of_order, "record")));
    // Inputs with a problem first: they are the ones that someone must act on.
    std::vector<const Source*> order;
    for (const Source& s : e.sources) order.push_back(&s);
    const auto urgency = [](const Source* s) {
      switch (s->state) {
        case SourceState::Unreadable:
          return 0;
        case SourceState::Damaged:
          return 1;
        case SourceState::Read:
          return 2;
        case SourceState::Ignored:
          return 3;
      }
      return 3;
    };
    std::stable_sort(order.begin(), order.end(),
                     [&](const Source* x, const Source* y) { return urgency(x) < urgency(y); });
    const std::size_t shown = std::min(order.size(), kSourceRows);
    scroll(out, "Sources");
    out.open("table", {{"class", "sources"}});
    header_row(out, {"File", "State", "Size", "Records", "SHA-256"});
    out.open("tbody");
    for (std::size_t i = 0; i < shown; ++i) source_row(out, *order[i]);
    out.close().close().close();
    if (shown < order.size()) {
      out.element(
          "p",
          fmt::format("{} more are in the JSON output.", counted(order.size() - shown, "input")),
          {{"class", "note"}});
    }
    out.close();
  }

  void source_row(Markup& out, const Source& s) {
    out.open("tr").open("th", {{"scope", "row"}, {"class", "path"}});
    foreign_name(out, s.path);
    out.close().open("td");
    out.element("span", to_string(s.state),
                {{"class", fmt::format("state {}", to_string(s.state))}});
    if (s.dirty) out.text(" not closed by its writer");
    if (!s.problem.empty()) out.element("p", s.problem);
    if (s.damage_count > 0) {
      out.open("details");
      out.element("summary", fmt::format("{}, {} lost", counted(s.damage_count, "damage"),
                                         counted(s.records_damaged, "record")));
      out.open("ul");
      for (const Damage& damage : s.damage) {
        out.open("li").text(fmt::format("offset {:#x}", damage.offset));
        if (damage.record_id != 0) out.text(fmt::format(", record {}", damage.record_id));
        out.text(": ").text(damage.what).close();
      }
      if (s.damage_count > s.damage.size()) {
        out.element("li", fmt::format("and {} more", s.damage_count - s.damage.size()));
      }
      out.close().close();
    }
    out.close();
    out.element("td", bytes_text(s.bytes), {{"class", "number"}});
    out.element("td", grouped(s.records), {{"class", "number"}});
    out.element("td", s.sha256, {{"class", "hash"}}).close().line();
  }

  void method(Markup& out) {
    open_section(out, "method", "How the figures are computed");
    out.open("dl", {{"class", "method"}});
    const auto entry = [&](std::string_view name, std::string_view text) {
      out.element("dt", name).element("dd", text);
    };
    entry(
        "Loss",
        "An event of the application whose provider, id and text say that the connection was lost. "
        "The event is written when the application notices, which can be later than the break "
        "itself. (docs/methods/classification.md)");
    entry(
        "Outage and connection life",
        "From lost to restored, and from restored to the next loss. What begins or ends outside of "
        "what the logs saw (start and end of a log, sleep, shutdown, restart of the application, a "
        "clock that was set) is not a measurement and counts only as “at least this long”. "
        "(docs/output.md)");
    entry(
        "Losses per 24 h",
        "Losses divided by the hours that logs cover with the computer on. The interval in "
        "brackets "
        "is the exact 95 % interval for a count of independent events (Garwood 1936); losses that "
        "come in bursts make it too narrow. (docs/output.md)");
    entry("Interval and how sure",
          "Compared with a smooth distribution of connection lives; the probability is that of a "
          "regular interval of the kind named. (docs/methods/rhythm.md)");
    entry(
        "Timers",
        "Those of the timer list whose value lies within the uncertainty of the interval. A timer "
        "is unlikely here when its kind or the protocol speaks against it. (docs/output.md)");
    entry("Hours of the week",
          fmt::format("Losses by the wall clock of {}, daylight saving included.", d_.zone.name()));
    entry("Who is affected",
          "Computers without a loss count only when their log covers the time; those without a log "
          "say nothing.");
    out.close().close();
  }

  void footer(Markup& out) {
    out.open("p").text(
        fmt::format("Made by dropscope {}; time zone rules {}.", version(), time_zone_version()));
    if (!in_.command_line.empty()) {
      out.text(" Command: ").element("code", in_.command_line);
    }
    out.close();
  }

  const ReportInput& in_;
  const Diagnosis& d_;
  const Verdict& v_;
  Digest digest_;
};

}  // namespace

std::string render_html(const ReportInput& input) {
  return Page(input).write();
}

}  // namespace dropscope
