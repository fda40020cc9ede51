// One table. Sources: the samples named in FORMAT.md, and the field references of the programs:
// Winlogbeat 6 and 7 exported fields, ECS, NXLog im_msvistalog, Fluent Bit winevtlog, Wazuh
// eventchannel, Azure Monitor's tables Event, SecurityEvent and WindowsEvent, .NET's EventLogRecord
// and EventLogEntry (Get-WinEvent, Get-EventLog), omerbenamram/evtx, Velociraptor parse_evtx.

#include "formats/event_export/field_names.h"

#include <algorithm>
#include <array>

namespace dropscope::event_export {
namespace {

struct Entry {
  std::string_view path;
  FieldKind kind;
  std::uint8_t rank;
};

constexpr std::array kNames = {
    Entry{"winlog.provider_name", FieldKind::Provider, 0},
    Entry{"event.system.provider.#attributes.name", FieldKind::Provider, 1},
    Entry{"event.system.provider.name", FieldKind::Provider, 1},
    Entry{"event.system.provider.@name", FieldKind::Provider, 1},
    Entry{"system.provider.name", FieldKind::Provider, 1},
    Entry{"data.win.system.providername", FieldKind::Provider, 1},
    Entry{"win.system.providername", FieldKind::Provider, 1},
    Entry{"source_name", FieldKind::Provider, 2},
    Entry{"providername", FieldKind::Provider, 2},
    Entry{"provider", FieldKind::Provider, 3},
    Entry{"sourcename", FieldKind::Provider, 3},
    Entry{"eventsourcename", FieldKind::Provider, 4},
    Entry{"source", FieldKind::Provider, 5},
    Entry{"event.provider", FieldKind::Provider, 6},

    Entry{"winlog.event_id", FieldKind::EventId, 0},
    Entry{"event.system.eventid", FieldKind::EventId, 1},
    Entry{"event.system.eventid.#text", FieldKind::EventId, 1},
    Entry{"system.eventid.value", FieldKind::EventId, 1},
    Entry{"system.eventid", FieldKind::EventId, 1},
    Entry{"data.win.system.eventid", FieldKind::EventId, 1},
    Entry{"win.system.eventid", FieldKind::EventId, 1},
    Entry{"event_id", FieldKind::EventId, 2},
    Entry{"eventid", FieldKind::EventId, 2},
    Entry{"event id", FieldKind::EventId, 2},
    Entry{"eventcode", FieldKind::EventId, 3},
    Entry{"event.code", FieldKind::EventId, 4},
    Entry{"id", FieldKind::EventId, 5},
    Entry{"instanceid", FieldKind::EventId, 6},

    Entry{"winlog.channel", FieldKind::Channel, 0},
    Entry{"event.system.channel", FieldKind::Channel, 1},
    Entry{"system.channel", FieldKind::Channel, 1},
    Entry{"data.win.system.channel", FieldKind::Channel, 1},
    Entry{"win.system.channel", FieldKind::Channel, 1},
    Entry{"log_name", FieldKind::Channel, 2},
    Entry{"logname", FieldKind::Channel, 2},
    Entry{"log name", FieldKind::Channel, 2},
    Entry{"channel", FieldKind::Channel, 2},
    Entry{"eventlog", FieldKind::Channel, 3},
    Entry{"containerlog", FieldKind::Channel, 4},

    // A collector's own name is last, for shippers that run on the computer itself.
    Entry{"winlog.computer_name", FieldKind::Computer, 0},
    Entry{"event.system.computer", FieldKind::Computer, 1},
    Entry{"system.computer", FieldKind::Computer, 1},
    Entry{"data.win.system.computer", FieldKind::Computer, 1},
    Entry{"win.system.computer", FieldKind::Computer, 1},
    Entry{"computer_name", FieldKind::Computer, 2},
    Entry{"computername", FieldKind::Computer, 2},
    Entry{"machinename", FieldKind::Computer, 2},
    Entry{"computer", FieldKind::Computer, 2},
    Entry{"hostname", FieldKind::Computer, 3},
    Entry{"host.name", FieldKind::Computer, 9},

    Entry{"event.system.timecreated.#attributes.systemtime", FieldKind::Time, 0},
    Entry{"event.system.timecreated.systemtime", FieldKind::Time, 0},
    Entry{"event.system.timecreated.@systemtime", FieldKind::Time, 0},
    Entry{"system.timecreated.systemtime", FieldKind::Time, 0},
    Entry{"data.win.system.systemtime", FieldKind::Time, 0},
    Entry{"win.system.systemtime", FieldKind::Time, 0},
    Entry{"winlog.time_created", FieldKind::Time, 0},
    Entry{"timecreated", FieldKind::Time, 1},
    Entry{"timecreated.value", FieldKind::Time, 1},
    Entry{"timecreatedutc", FieldKind::Time, 1},
    Entry{"eventtime", FieldKind::Time, 2},
    Entry{"timegenerated", FieldKind::Time, 3},
    Entry{"timegenerated.value", FieldKind::Time, 3},
    Entry{"timegenerated [utc]", FieldKind::Time, 3},
    Entry{"date and time", FieldKind::Time, 3},
    Entry{"timewritten", FieldKind::Time, 5},
    Entry{"@timestamp", FieldKind::Receipt, 0},
    Entry{"time", FieldKind::Receipt, 1},
    Entry{"timestamp", FieldKind::Receipt, 1},
    Entry{"event.created", FieldKind::Receipt, 2},

    Entry{"winlog.record_id", FieldKind::RecordId, 0},
    Entry{"event.system.eventrecordid", FieldKind::RecordId, 1},
    Entry{"system.eventrecordid", FieldKind::RecordId, 1},
    Entry{"data.win.system.eventrecordid", FieldKind::RecordId, 1},
    Entry{"win.system.eventrecordid", FieldKind::RecordId, 1},
    Entry{"record_number", FieldKind::RecordId, 2},
    Entry{"recordnumber", FieldKind::RecordId, 2},
    Entry{"recordid", FieldKind::RecordId, 2},
    Entry{"record_id", FieldKind::RecordId, 2},
    Entry{"eventrecordid", FieldKind::RecordId, 2},
    Entry{"index", FieldKind::RecordId, 3},

    Entry{"event.system.level", FieldKind::Level, 0},
    Entry{"system.level", FieldKind::Level, 0},
    Entry{"level", FieldKind::Level, 1},

    Entry{"winlog.user.identifier", FieldKind::User, 0},
    Entry{"user.identifier", FieldKind::User, 1},
    Entry{"userid", FieldKind::User, 1},
    Entry{"userid.value", FieldKind::User, 1},
    Entry{"user_sid", FieldKind::User, 1},
    Entry{"accountname", FieldKind::User, 2},
    Entry{"username", FieldKind::User, 3},

    Entry{"message", FieldKind::Message, 0},
    Entry{"data.win.system.message", FieldKind::Message, 1},
    Entry{"win.system.message", FieldKind::Message, 1},
    Entry{"event.renderinginfo.message", FieldKind::Message, 1},
    Entry{"rendereddescription", FieldKind::Message, 1},

    Entry{"eventdata", FieldKind::DataXml, 0},
    Entry{"parameterxml", FieldKind::DataXml, 1},
};

constexpr auto sorted() {
  auto names = kNames;
  std::sort(names.begin(), names.end(),
            [](const Entry& a, const Entry& b) { return a.path < b.path; });
  return names;
}

}  // namespace

std::optional<FieldName> field_name(std::string_view path) {
  static constexpr auto kSorted = sorted();
  const auto found = std::lower_bound(
      kSorted.begin(), kSorted.end(), path,
      [](const Entry& entry, std::string_view wanted) { return entry.path < wanted; });
  if (found == kSorted.end() || found->path != path) return std::nullopt;
  return FieldName{found->kind, found->rank};
}

}  // namespace dropscope::event_export
