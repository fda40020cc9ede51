// w32tm /query /status: what sets a computer's clock.
//
// Logs of two computers are compared by their clocks, so a clock that nothing sets is a doubt about
// every time that its computer wrote down. The text does not say whose it is.

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>

#include "base/text.h"
#include "evidence/intake/network_state.h"
#include "formats/netstate/labels.h"
#include "formats/text/line_reader.h"

namespace dropscope {
namespace {

using netstate::LabelKind;

/// Leap indicator 3: the clock is not synchronised (RFC 5905, figure 9).
constexpr std::string_view kNotSynchronised = "3";
/// Most logs count whole seconds; less cannot be seen in them.
constexpr double kLargeOffsetSeconds = 1.0;

/// "0.0012345s" and "-0,0012345s"; nothing for other texts.
std::optional<double> seconds_in(std::string_view value) {
  value = trim(value);
  if (!value.ends_with('s')) return std::nullopt;
  std::string text(value.substr(0, value.size() - 1));
  for (char& c : text) c = c == ',' ? '.' : c;
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.erase(0, 1);
  const auto point = text.find('.');
  const auto whole = parse_int(text.substr(0, point));
  if (!whole || *whole < 0) return std::nullopt;
  double seconds = static_cast<double>(*whole);
  if (point != text.npos) {
    const std::string digits = text.substr(point + 1, 9);
    const auto part = parse_int(digits);
    if (!part || *part < 0) return std::nullopt;
    seconds += static_cast<double>(*part) / std::pow(10.0, static_cast<double>(digits.size()));
  }
  return negative ? -seconds : seconds;
}

}  // namespace

bool is_time_status(const Head& head) {
  const StatusWords& words = status_words_of(head);
  int known = 0;
  return any_line(head.text, 40, [&](std::string_view line) {
    const netstate::LabelLine parsed = netstate::parse_label_line(line);
    if (parsed.kind != LabelKind::Value) return false;
    known += words.label(parsed.label).starts_with("clock-") ? 1 : 0;
    return known >= 3;
  });
}

SourceIntake read_time_status(const Content& content, const ReadContext& context) {
  SourceIntake out;
  const StatusWords& words = context.catalogue.status_words;
  std::map<std::string, std::string, std::less<>> values;
  text::LineReader lines(content.bytes);
  for (text::Line line; lines.next(line);) {
    const netstate::LabelLine parsed = netstate::parse_label_line(line.text);
    if (parsed.kind != LabelKind::Value) continue;
    const std::string_view id = words.label(parsed.label);
    if (!id.starts_with("clock-")) continue;
    ++out.source.records;
    values.emplace(id, parsed.value);
  }
  const std::string source = values["clock-source"];
  // "time.windows.com,0x9": flags of the service behind a comma.
  if (!source.empty()) {
    out.attributes["clock_source"] = std::string(trim(source.substr(0, source.find(','))));
  }
  if (words.contains_label(source, "clock-unset")) {
    out.assumptions.push_back(
        fmt::format("w32tm: no time server sets this computer's clock (source \"{}\"), so its "
                    "times may be off; compare the clock with another's (w32tm /stripchart)",
                    printable(source)));
  } else if (values["clock-leap"].starts_with(kNotSynchronised)) {
    out.assumptions.push_back(
        "w32tm: this computer's clock was not synchronised (leap indicator 3), so its times may "
        "be off; see w32tm /query /peers");
  }
  if (const std::string& offset = values["clock-offset"]; !offset.empty()) {
    const auto seconds = seconds_in(offset);
    if (!seconds) {
      out.assumptions.push_back(
          fmt::format("w32tm: expected a clock offset such as 0.0012345s, found \"{}\"; not used",
                      printable(offset)));
    } else if (std::abs(*seconds) >= kLargeOffsetSeconds) {
      out.assumptions.push_back(
          fmt::format("w32tm: this computer's clock was {:.1f} s away from its source \"{}\"",
                      std::abs(*seconds), printable(source)));
    }
  }
  out.source.state = SourceState::Read;
  return out;
}

}  // namespace dropscope
