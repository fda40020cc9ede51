#include "present/html/parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/time.h"

namespace dropscope {

void open_section(Markup& out, std::string_view id, std::string_view heading) {
  const std::string heading_id = fmt::format("{}-h", id);
  out.line().open("section", {{"id", std::string(id)}, {"aria-labelledby", heading_id}});
  out.element("h2", heading, {{"id", heading_id}}).line();
}

void open_scroll(Markup& out, std::string_view name) {
  out.open("div", {{"class", "scroll"},
                   {"tabindex", "0"},
                   {"role", "region"},
                   {"aria-label", std::string(name)}});
}

void header_row(Markup& out, const Speech& speech, std::initializer_list<std::string_view> names) {
  out.open("thead").open("tr");
  for (const std::string_view name : names) {
    out.element("th", speech.say(name), {{"scope", "col"}});
  }
  out.close().close();
}

std::string attribute_name(const std::string& attribute, const Speech& speech) {
  // Those whose key is no word.
  static const std::map<std::string, std::string_view, std::less<>> kNames = {
      {"os", "operating system"},       {"kind", "kind of computer"},
      {"timezone", "time zone"},        {"vpn", "VPN"},
      {"load_balancer", "balancer"},    {"vpn_adapter", "VPN adapter"},
      {"clock_source", "clock set by"}, {"wifi_network", "Wi-Fi network"},
      {"wifi_signal", "Wi-Fi signal"},  {"wifi_authentication", "Wi-Fi authentication"},
      {"wifi_radio", "Wi-Fi radio"},    {"wifi_channel", "Wi-Fi channel"}};
  const auto found = kNames.find(attribute);
  return speech.say(found == kNames.end() ? std::string_view(attribute) : found->second);
}

void foreign(Markup& out, std::string_view text) {
  out.element("bdi", text);
}

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

void retell(Markup& out, const Speech& speech, std::string_view english) {
  for (const Retold& part : speech.retell(english)) {
    if (part.known) {
      out.text(part.text);
    } else {
      out.element("span", part.text, {{"lang", "en"}});
    }
  }
}

void legend(Markup& out, const std::vector<std::pair<std::string_view, std::string>>& entries) {
  out.open("ul", {{"class", "legend"}});
  for (const auto& [css_class, text] : entries) {
    out.open("li").element("span", "", {{"class", fmt::format("swatch {}", css_class)}});
    out.text(text).close();
  }
  out.close();
}

namespace {

void write_record(Markup& out, const Page& page, const Event& e) {
  const Evidence& evidence = page.input.evidence;
  const Source* source = source_of(evidence, e);
  out.open("tr").open("td", {{"class", "time"}});
  out.text(page.speech.time(page.input.diagnosis.zone, e.time));
  out.element("span", format_utc(e.time, 7), {{"class", "small"}});
  out.close().open("td");
  if (e.computer < evidence.computers.size()) {
    foreign_name(out, evidence.computers[e.computer].name);
  }
  out.close().open("td");
  foreign(out, evidence.strings.at(e.text));
  out.open("span", {{"class", "small"}});
  foreign(out, fmt::format("{} {}", evidence.strings.at(e.provider), e.event_id));
  if (e.doubtful) out.text(page.speech.say(", read from a damaged place"));
  out.close().close().open("td", {{"class", "path"}});
  foreign_name(out, source != nullptr ? source->path : "");
  out.element("span",
              page.speech.say("record {}, offset {}",
                              {fmt::format("{}", e.record_id), fmt::format("{:#x}", e.offset)}),
              {{"class", "small"}});
  out.close().close();
}

}  // namespace

void write_records(Markup& out, const Page& page, const std::vector<std::uint32_t>& events,
                   std::uint64_t total, std::string_view of_what) {
  const Speech& speech = page.speech;
  std::vector<const Event*> shown;
  for (const std::uint32_t index : events) {
    const Event* event = event_at(page.input.evidence, index);
    if (event != nullptr) shown.push_back(event);
  }
  if (shown.empty()) return;
  total = std::max<std::uint64_t>(total, shown.size());
  out.open("details").open("summary");
  out.text(total == shown.size()
               ? speech.count(total, "Evidence: {} event", "Evidence: {} events")
               : speech.say("Evidence: {} of {} events",
                            {speech.grouped(shown.size()), speech.grouped(total)}));
  out.close();
  open_scroll(out, speech.say("Evidence for {}", {std::string(of_what)}));
  out.open("table", {{"class", "evidence"}});
  header_row(out, speech, {"When", "Computer", "What the log says", "Where it stands"});
  out.open("tbody");
  for (const Event* e : shown) write_record(out, page, *e);
  out.close().close().close().close();
}

}  // namespace dropscope
