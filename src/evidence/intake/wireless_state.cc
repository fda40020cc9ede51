// netsh wlan show interfaces: the wireless network that a computer is in, and how well it hears it.
//
// The text says neither whose it is nor when it was made. An adapter that is not connected has no
// SSID, and says nothing of how the computer reaches its servers.

#include <array>
#include <map>
#include <string>

#include "base/text.h"
#include "evidence/intake/network_state.h"
#include "formats/netstate/labels.h"
#include "formats/text/line_reader.h"

namespace dropscope {
namespace {

/// Ids of labels and the facts they become.
struct Fact {
  std::string_view id;
  const char* attribute;
};
constexpr std::array<Fact, 5> kFacts = {{{"wlan-ssid", "wifi_network"},
                                         {"wlan-signal", "wifi_signal"},
                                         {"wlan-authentication", "wifi_authentication"},
                                         {"wlan-radio", "wifi_radio"},
                                         {"wlan-channel", "wifi_channel"}}};

}  // namespace

bool is_wireless_state(const Head& head) {
  const StatusWords& words = status_words_of(head);
  int known = 0;
  return any_line(head.text, 40, [&](std::string_view line) {
    const auto parsed = netstate::parse_padded_line(line);
    if (parsed) known += words.label(parsed->label).starts_with("wlan-") ? 1 : 0;
    return known >= 3;
  });
}

SourceIntake read_wireless_state(const Content& content, const ReadContext& context) {
  SourceIntake out;
  const StatusWords& words = context.catalogue.status_words;
  std::map<std::string, std::string, std::less<>> values;
  // The first adapter that is connected; a second one is seldom more than a virtual one.
  const auto finish = [&] {
    if (!values["wlan-ssid"].empty()) {
      for (const Fact& fact : kFacts) {
        const auto found = values.find(fact.id);
        if (found != values.end() && !found->second.empty()) {
          out.attributes.emplace(fact.attribute, found->second);
        }
      }
      if (!values["description"].empty()) out.attributes.emplace("adapter", values["description"]);
    }
    values.clear();
  };
  text::LineReader lines(content.bytes);
  for (text::Line line; lines.next(line);) {
    const auto parsed = netstate::parse_padded_line(line.text);
    if (!parsed) continue;
    const std::string id(words.label(parsed->label));
    if (id.empty()) continue;
    // A label that is there already begins the next adapter.
    if (values.count(id) != 0) finish();
    if (id.starts_with("wlan-")) ++out.source.records;
    values[id] = std::string(parsed->value);
  }
  finish();
  out.source.state = SourceState::Read;
  return out;
}

}  // namespace dropscope
