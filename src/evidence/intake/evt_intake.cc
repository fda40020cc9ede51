#include "evidence/intake/evt_intake.h"

#include <fmt/format.h>

#include <utility>

#include "base/text.h"
#include "formats/evt/evt.h"

namespace dropscope {
namespace {

/// Records do not say which log they stand in; the names that Windows gives its files do:
/// AppEvent.Evt, SysEvent.Evt, SecEvent.Evt. Event Viewer proposes none, so people write
/// Application.evt. Empty: any channel's rules fit.
std::string_view channel_of(std::string_view path) {
  const std::size_t slash = path.find_last_of("/\\");
  const std::string name =
      to_lower_ascii(slash == std::string_view::npos ? path : path.substr(slash + 1));
  if (name.find("app") != std::string::npos) return "Application";
  if (name.find("sys") != std::string::npos) return "System";
  if (name.find("sec") != std::string::npos) return "Security";
  return {};
}

}  // namespace

bool is_legacy_log(const Head& head) {
  return evt::is_evt(head.bytes);
}

SourceIntake read_legacy_log(const Content& content, const ReadContext& context) {
  SourceIntake out;
  Source& source = out.source;
  source.kind = "evt";
  auto reader = evt::LogReader::open(content.bytes);
  if (!reader) {
    source.state = SourceState::Unreadable;
    source.problem = reader.error().message;
    return out;
  }
  reader->on_damage([&](const evt::Damage& damage) {
    source.records_damaged += damage.lost_records;
    add_damage(source, damage.offset, damage.what, context.damage_kept);
    if (source.damage.size() == source.damage_count) {
      source.damage.back().lost_records = damage.lost_records;
    }
  });
  const std::string_view channel = channel_of(content.name);
  EventCollector collector(context.matcher, out);
  evt::Record record;
  std::vector<DataItem> items;
  while (reader->next(record)) {
    ++source.records;
    items.clear();
    for (std::string& text : record.strings) items.push_back({{}, std::move(text)});
    EventRecord event;
    event.time = record.generated;
    event.record_id = record.number;
    event.place = record.offset;
    event.event_id = static_cast<std::uint16_t>(record.event_id & 0xffff);
    event.provider = record.source;
    event.channel = channel;
    event.computer = record.computer;
    collector.add(event, items);
  }
  collector.finish();
  source.dirty = reader->dirty();
  source.state = source.damage_count == 0 ? SourceState::Read : SourceState::Damaged;
  if (!channel.empty()) {
    out.assumptions.push_back(
        fmt::format("taken for the log {} by the file's name; its records do not tell", channel));
  }
  return out;
}

}  // namespace dropscope
