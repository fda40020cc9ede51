#include "present/html/provenance.h"

#include <fmt/format.h>

#include <algorithm>

namespace dropscope {

namespace {

constexpr std::size_t kSourceRows = 200;

// Inputs with a problem first: they are the ones that someone must act on.
int urgency(const Source* s) {
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
}

void write_damage(Markup& out, const Source& s, const Speech& speech) {
  out.open("details");
  out.element("summary", speech.say("{}, {} lost",
                                    {speech.count(s.damage_count, "{} damage", "{} damages"),
                                     speech.count(s.records_damaged, "{} record", "{} records")}));
  out.open("ul");
  for (const Damage& damage : s.damage) {
    const std::string offset = fmt::format("{:#x}", damage.offset);
    out.open("li").text(
        damage.record_id == 0
            ? speech.say("offset {}", {offset})
            : speech.say("offset {}, record {}", {offset, fmt::format("{}", damage.record_id)}));
    out.text(": ");
    retell(out, speech, damage.what);
    out.close();
  }
  if (s.damage_count > s.damage.size()) {
    out.element("li",
                speech.say("and {} more", {speech.grouped(s.damage_count - s.damage.size())}));
  }
  out.close().close();
}

void source_row(Markup& out, const Source& s, const Speech& speech) {
  out.open("tr").open("th", {{"scope", "row"}, {"class", "path"}});
  foreign_name(out, s.path);
  out.close().open("td");
  out.element("span", speech.say(to_string(s.state)),
              {{"class", fmt::format("state {}", to_string(s.state))}});
  if (s.dirty) out.text(" " + speech.say("not closed by its writer"));
  if (!s.problem.empty()) {
    out.open("p");
    retell(out, speech, s.problem);
    out.close();
  }
  if (s.damage_count > 0) write_damage(out, s, speech);
  out.close();
  out.element("td", speech.bytes(s.bytes), {{"class", "number"}});
  out.element("td", speech.grouped(s.records), {{"class", "number"}});
  out.element("td", s.sha256, {{"class", "hash"}}).close().line();
}

struct MethodNote {
  std::string_view id;
  std::string_view name;
  std::string_view text;
  std::string_view page;     ///< In the documentation that comes with the program.
  std::string_view source;   ///< A link's name; empty for none.
  std::string_view address;  ///< Followed only when somebody clicks on it.
};

constexpr MethodNote kNotes[] = {
    {"loss", "Loss",
     "An event of the application whose provider, id and text say that the connection was lost. "
     "The event is written when the application notices, which can be later than the break itself.",
     "docs/methods/classification.md", "KB 2543396", "https://support.microsoft.com/kb/2543396"},
    {"life", "Outage and connection life",
     "From lost to restored, and from restored to the next loss. What begins or ends outside of "
     "what the logs saw (start and end of a log, sleep, shutdown, restart of the application, a "
     "clock that was set) is not a measurement and counts only as “at least this long”.",
     "docs/methods/episodes.md", "", ""},
    {"rate", "Losses per 24 h",
     "Losses divided by the hours that logs cover with the computer on. The interval in brackets "
     "is the exact 95 % interval for a count of independent events (Garwood 1936); losses that "
     "come in bursts make it too narrow.",
     "docs/output.md", "Garwood 1936", "https://doi.org/10.1093/biomet/28.3-4.437"},
    {"interval", "Interval and how sure",
     "Compared with a smooth distribution of connection lives; the probability is that of a "
     "regular interval of the kind named.",
     "docs/methods/rhythm.md", "", ""},
    {"timers", "Timers",
     "Those of the timer list whose value lies within the uncertainty of the interval. A timer is "
     "unlikely here when its kind or the protocol speaks against it.",
     "docs/output.md", "MS-OXCMAPIHTTP",
     "https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxcmapihttp/"},
    {"cause", "Cause and its probability",
     "Each cause of the catalogue predicts what each kind of evidence should show. The probability "
     "compares the predictions with what was seen; evidence that is missing counts neither way.",
     "docs/methods/verdict.md", "", ""},
    {"together", "Common losses",
     "Moments in which more computers lose the connection within a minute than the daily course of "
     "losses gives by chance in the whole time.",
     "docs/methods/coincidence.md", "", ""},
    {"closes", "Who closed",
     "A loss and the end of a connection in a device's log are the same when they belong to the "
     "same client and are as near in time as that kind of close allows.",
     "docs/methods/closes.md", "", ""},
    {"who", "Who is affected",
     "Computers without a loss count only when their log covers the time; those without a log say "
     "nothing.",
     "docs/methods/scope.md", "", ""},
};

}  // namespace

void write_sources(Markup& out, const Page& page) {
  const Evidence& e = page.input.evidence;
  const Digest& digest = page.digest;
  const Speech& speech = page.speech;
  if (e.sources.empty()) return;
  open_section(out, "sources", speech.say("What was read"));
  out.element(
      "p",
      speech.say("{} in {}. {} read whole, {} damaged, {} unreadable, {} not evidence of a known "
                 "kind. {} given twice counted once; {} out of time order.",
                 {speech.count(e.records_seen, "{} record", "{} records"),
                  speech.count(e.sources.size(), "{} input", "{} inputs"),
                  speech.grouped(digest.sources_read), speech.grouped(digest.sources_damaged),
                  speech.grouped(digest.sources_unreadable), speech.grouped(digest.sources_ignored),
                  speech.count(e.duplicates, "{} event", "{} events"),
                  speech.count(e.out_of_order, "{} record", "{} records")}));
  std::vector<const Source*> order;
  for (const Source& s : e.sources) order.push_back(&s);
  std::stable_sort(order.begin(), order.end(),
                   [](const Source* x, const Source* y) { return urgency(x) < urgency(y); });
  const std::size_t shown = std::min(order.size(), kSourceRows);
  open_scroll(out, speech.say("Inputs with their hashes"));
  out.open("table", {{"class", "sources"}});
  header_row(out, speech, {"File", "State", "Size", "Records", "SHA-256"});
  out.open("tbody");
  for (std::size_t i = 0; i < shown; ++i) source_row(out, *order[i], speech);
  out.close().close().close();
  if (shown < order.size()) {
    out.element("p",
                speech.count(order.size() - shown, "{} more input is in the JSON output.",
                             "{} more inputs are in the JSON output."),
                {{"class", "note"}});
  }
  out.close();
}

void write_method(Markup& out, const Page& page) {
  const Speech& speech = page.speech;
  open_section(out, "method", speech.say("How the figures are computed"));
  out.open("dl", {{"class", "method"}});
  const auto term = [&](std::string_view id, std::string_view name) {
    out.element("dt", speech.say(name), {{"id", fmt::format("method-{}", id)}});
  };
  for (const MethodNote& note : kNotes) {
    term(note.id, note.name);
    out.open("dd").text(speech.say(note.text)).text(" (").text(note.page);
    if (!note.source.empty()) {
      out.text("; ").element("a", note.source,
                             {{"href", std::string(note.address)}, {"rel", "noreferrer"}});
    }
    out.text(")").close();
  }
  term("hours", "Hours of the week");
  out.element("dd", speech.say("Losses by the wall clock of {}, daylight saving included.",
                               {page.input.diagnosis.zone.name()}));
  out.close().close();
}

void write_method_link(Markup& out, const Page& page, std::string_view id) {
  out.open("p", {{"class", "method-link"}});
  out.element("a", page.speech.say("How this is computed"),
              {{"href", fmt::format("#method-{}", id)}});
  out.close();
}

}  // namespace dropscope
