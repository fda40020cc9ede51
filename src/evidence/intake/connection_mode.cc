// A script asks Outlook once a minute and writes time and number: an interruption log that does not
// rest on Outlook's alerts. Kept are the changes, each as a connection with its time and state.

#include "evidence/intake/connection_mode.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.h"
#include "evidence/intake/local_stamp.h"
#include "formats/text/line_reader.h"

namespace dropscope {
namespace {

// OlExchangeConnectionMode (Outlook object model).
constexpr std::array<ConnectionMode, 9> kModes = {{
    {0, "olNoExchange", "no Exchange account", false, ""},
    {100, "olOffline", "offline by choice", false, ""},
    {200, "olCachedOffline", "cached, offline by choice", false, "cached"},
    {300, "olDisconnected", "disconnected", false, "online"},
    {400, "olCachedDisconnected", "cached, disconnected", false, "cached"},
    {500, "olCachedConnectedHeaders", "cached, connected (headers)", true, "cached"},
    {600, "olCachedConnectedDrizzle", "cached, connected (headers, then full items)", true,
     "cached"},
    {700, "olCachedConnectedFull", "cached, connected", true, "cached"},
    {800, "olOnline", "online, connected", true, "online"},
}};

constexpr std::size_t kMostChanges = 1'000'000;

const ConnectionMode* mode_in(std::string_view text) {
  text = trim(text);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  if (const auto number = parse_int(text)) return connection_mode(*number);
  for (const ConnectionMode& mode : kModes) {
    if (equals_nocase_ascii(mode.name, text)) return &mode;
  }
  return nullptr;
}

struct Poll {
  std::string_view time;
  const ConnectionMode* mode = nullptr;
};

/// "time, value" with comma, semicolon, tab or spaces between: the value is the last cell.
std::optional<Poll> parse_poll(std::string_view line) {
  line = trim(line);
  const std::size_t at = line.find_last_of(",;\t ");
  if (at == line.npos || at == 0) return std::nullopt;
  Poll poll;
  poll.mode = mode_in(line.substr(at + 1));
  poll.time = trim(line.substr(0, at));
  while (!poll.time.empty() && (poll.time.back() == ',' || poll.time.back() == ';')) {
    poll.time = trim(poll.time.substr(0, poll.time.size() - 1));
  }
  if (poll.time.size() >= 2 && poll.time.front() == '"' && poll.time.back() == '"') {
    poll.time = poll.time.substr(1, poll.time.size() - 2);
  }
  const bool stamp = parse_utc(poll.time) || parse_local_stamp(poll.time, DateOrder::MonthFirst);
  if (poll.mode == nullptr || !stamp) return std::nullopt;
  return poll;
}

bool names_property(std::string_view line) {
  return to_lower_ascii(line).find("exchangeconnectionmode") != std::string::npos;
}

/// "ExchangeConnectionMode : 700" or a number alone.
const ConnectionMode* parse_single(std::string_view line) {
  const std::size_t at = line.find_last_of(":=");
  return mode_in(at == line.npos ? line : line.substr(at + 1));
}

}  // namespace

const ConnectionMode* connection_mode(std::int64_t value) {
  const auto found = std::find_if(kModes.begin(), kModes.end(),
                                  [&](const ConnectionMode& mode) { return mode.value == value; });
  return found == kModes.end() ? nullptr : &*found;
}

bool is_connection_mode(const Head& head) {
  std::string_view rest = head.text;
  int polls = 0;
  int others = 0;
  bool named = names_property(head.name);
  bool modes = false;
  const bool short_text = trim(rest).size() < 64;
  for (int line = 0; line < 20 && !rest.empty(); ++line) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view text = trim(rest.substr(0, std::min<std::size_t>(end, 512)));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (text.empty()) continue;
    const bool name = names_property(text) && text.size() < 200;
    named = named || name;
    if (const auto poll = parse_poll(text)) {
      ++polls;
      modes = modes || poll->mode->value >= 400;
    } else if (name || (short_text && named)) {
      if (parse_single(text) != nullptr) return true;
    } else {
      ++others;
    }
  }
  if (named && polls > 0) return others <= 2;
  // Times with hundreds could be anything else; all of them being modes, and one a usual one, not.
  return polls >= 3 && modes && others <= 1;
}

SourceIntake read_connection_mode(const Content& content, const ReadContext& context) {
  SourceIntake out;
  Source& source = out.source;
  const ConnectionMode* last = nullptr;
  std::uint64_t interruptions = 0;
  bool assumed_utc = false;
  bool ambiguous = false;
  text::LineReader lines(content.bytes);
  for (text::Line line; lines.next(line);) {
    const std::string_view text = trim(line.text);
    if (text.empty()) continue;
    Instant time{};
    const ConnectionMode* mode = nullptr;
    if (const auto poll = parse_poll(text)) {
      mode = poll->mode;
      if (const auto utc = parse_utc(poll->time)) {
        time = *utc;
      } else if (const auto stamp = parse_local_stamp(poll->time, context.date_order)) {
        ambiguous = ambiguous || stamp->ambiguous;
        const auto at = context.local_zone ? context.local_zone->from_local(stamp->time)
                                           : from_civil_utc(stamp->time);
        assumed_utc = assumed_utc || !context.local_zone;
        if (at) time = *at;
      }
    } else {
      mode = parse_single(text);
    }
    if (mode == nullptr) {
      if (source.records == 0) continue;  // A heading.
      add_damage(source, line.number,
                 fmt::format("line {}: expected a time and a mode, found \"{}\"", line.number,
                             printable(text.substr(0, 60))),
                 context.damage_kept);
      continue;
    }
    ++source.records;
    if (last != nullptr && last->connected && !mode->connected) ++interruptions;
    if (mode != last && out.connections.size() < kMostChanges) {
      RawConnection& row = out.connections.emplace_back();
      row.row.place = line.number;
      row.row.time = time;
      row.status = std::string(mode->words);
      row.type = "ExchangeConnectionMode";
      row.session_type = std::string(mode->name);
    }
    last = mode;
  }
  source.state = source.damage_count == 0 ? SourceState::Read : SourceState::Damaged;
  if (ambiguous) {
    out.connections.clear();
    source.state = SourceState::Unreadable;
    source.problem =
        "its dates can be read with the day or the month first; say which with --date-order";
    return out;
  }
  if (assumed_utc) out.assumptions.push_back("times have no zone; taken as UTC");
  if (last != nullptr) {
    out.attributes["connection_mode"] = std::string(last->name);
    for (const RawConnection& row : out.connections) {
      for (const ConnectionMode& mode : kModes) {
        if (row.session_type == mode.name && !mode.mode.empty()) {
          out.attributes["mode"] = std::string(mode.mode);
        }
      }
    }
  }
  if (source.records > 1) {
    out.attributes["connection_mode_interruptions"] = fmt::format("{}", interruptions);
  }
  return out;
}

}  // namespace dropscope
