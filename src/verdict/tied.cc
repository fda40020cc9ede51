// What the links between sources tell: whose clock is wrong, and who closed the connections that
// were lost.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "base/text.h"
#include "verdict/statements.h"

namespace dropscope {
namespace {

std::string device_name(const Evidence& evidence, StringId device, std::uint32_t source) {
  return device != 0 ? evidence.strings.at(device) : evidence.sources[source].path;
}

std::string signed_length(double seconds) {
  return fmt::format("{} {}", format_duration(std::abs(seconds)), seconds < 0 ? "behind" : "ahead");
}

/// "by an administrator or a health check (KD)".
std::string closed_by(const Close& close, const std::string& reason) {
  std::string text;
  switch (close.by) {
    case CloseBy::Client:
      text = "from the client's side";
      break;
    case CloseBy::Server:
      text = "by the server";
      break;
    case CloseBy::Middlebox:
      text = "by the device itself";
      break;
    case CloseBy::Admin:
      text = "on purpose, by an administrator or a health check";
      break;
    case CloseBy::Unknown:
    case CloseBy::Nobody:
      text = "by nobody that it names";
      break;
  }
  if (close.why == CloseWhy::Idle) text += ", after a time without traffic";
  if (close.why == CloseWhy::Age) text += ", for its age";
  if (close.why == CloseWhy::Silence) text += ", as one side no longer answered";
  if (close.why == CloseWhy::Limit) text += ", for a limit";
  if (!reason.empty()) text += fmt::format(" ({})", reason);
  return text;
}

}  // namespace

void add_clocks(const Case& c, std::vector<Statement>& out) {
  for (const ClockOffset& offset : c.diagnosis.clocks) {
    if (!offset.applied && !offset.ambiguous) continue;
    const bool device = offset.computer == kNoComputer;
    const std::string name = device ? device_name(c.evidence, offset.device, offset.source)
                                    : c.evidence.computers[offset.computer].name;
    Statement s;
    s.id = "clock";
    s.title = "Clocks";
    if (offset.ambiguous) {
      s.text = fmt::format(
          "The clocks of {} and of the computers may differ: several differences fit its closes "
          "and their losses equally well, so none is applied. A look at both clocks would settle "
          "it.",
          name);
      out.push_back(std::move(s));
      continue;
    }
    if (!offset.zone.empty()) {
      s.text = fmt::format(
          "The log of {} names no time zone; {} of {} losses meet a close in it when its times are "
          "read as {}. ",
          name, offset.pairs, offset.losses, offset.zone);
    }
    if (std::abs(offset.offset_s) > kClocksAgree_s || offset.drift_s_per_day) {
      s.text += fmt::format(
          "The clock of {} is {} (95 %: {} to {} s), by {} of {} losses that were seen as closes "
          "too",
          name, signed_length(offset.offset_s), std::lround(offset.low_s),
          std::lround(offset.high_s), offset.pairs, offset.losses);
      if (offset.drift_s_per_day) {
        s.text +=
            fmt::format(", and {} {:.1f} s a day", *offset.drift_s_per_day < 0 ? "loses" : "gains",
                        std::abs(*offset.drift_s_per_day));
      }
      s.text += offset.alone
                    ? "; with one computer only it is not known which of the two clocks is wrong. "
                    : ". ";
    }
    s.text += "Its times are set right here before they are compared.";
    s.probability = 1 - offset.chance;
    out.push_back(std::move(s));
  }
}

void add_closes(const Case& c, std::vector<Statement>& out) {
  const Matches& matches = c.diagnosis.matches;
  struct Tally {
    std::uint64_t losses = 0;
    std::uint64_t matched = 0;
    std::uint64_t computers = 0;
    double expected = 0;
    std::map<std::string, std::uint64_t> kinds;
    std::vector<std::uint32_t> events;
    std::uint32_t source = 0;
  };
  std::map<StringId, Tally> devices;
  for (const MatchCount& count : matches.counts) {
    if (count.losses == 0) continue;
    Tally& tally = devices[count.device];
    tally.losses += count.losses;
    tally.matched += count.matched;
    tally.expected += count.expected;
    ++tally.computers;
  }
  for (const LossMatch& match : matches.matches) {
    const Close& close = c.evidence.closes[match.close];
    Tally& tally = devices[close.device];
    ++tally.kinds[closed_by(close, c.evidence.strings.at(close.reason))];
    tally.source = close.source;
    if (tally.events.size() < kEventsShown) tally.events.push_back(match.event);
  }
  for (const auto& [device, tally] : devices) {
    if (tally.matched == 0) continue;
    std::vector<std::pair<std::string, std::uint64_t>> kinds(tally.kinds.begin(),
                                                             tally.kinds.end());
    std::stable_sort(kinds.begin(), kinds.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    std::string list;
    for (const auto& [kind, count] : kinds) {
      list += fmt::format("{}{} {}", list.empty() ? "" : "; ", count, kind);
    }
    Statement s;
    s.id = "closes";
    s.title = "Who closed it";
    s.text = fmt::format(
        "{} saw the close of {} of the {} that {} had while its log covers them (chance would give "
        "{:.1f}): {}.",
        device_name(c.evidence, device, tally.source), tally.matched,
        count_of(tally.losses, "loss", "losses"), count_of(tally.computers, "computer"),
        tally.expected, list);
    s.events = tally.events;
    s.events_total = tally.matched;
    out.push_back(std::move(s));
  }
}

}  // namespace dropscope
