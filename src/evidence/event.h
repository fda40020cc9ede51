#pragma once

// What dropscope knows: events with their provenance, and the computers and files they come from.
//
// Names and texts are interned (StringPool), so that an event of a fleet of ten thousand computers
// takes 64 bytes.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "evidence/client_facts.h"
#include "evidence/close.h"
#include "evidence/path_probe.h"
#include "evidence/picture_reading.h"
#include "evidence/strings.h"
#include "evidence/topology.h"

namespace dropscope {

/// What an event means for the connection. The first group comes from an application profile
/// (data/profiles), the second from the computer (data/event_map).
enum class Meaning : std::uint8_t {
  Lost,         ///< The application reports that the connection was lost.
  Restored,     ///< … that it is back.
  Started,      ///< The application started.
  Stopped,      ///< The application ended in order.
  Crashed,      ///< The application crashed or hung.
  Unavailable,  ///< Supports an interruption ("the connection is unavailable"), is none by itself.
  Authentication,  ///< A prompt for credentials: out of scope, counted.
  OtherAlert,      ///< An alert with another known text: out of scope, counted.
  Unclassified,    ///< An alert whose text is unknown: counted and shown, never guessed.

  Sleep,       ///< The computer goes to sleep.
  Resume,      ///< … wakes up.
  Shutdown,    ///< … shuts down in order.
  PowerLoss,   ///< … reports at start that it had not shut down in order.
  Boot,        ///< … starts.
  LogCleared,  ///< A log was cleared.
  ClockStep,   ///< The clock was set; `value` is the step in ticks (new minus old).
  ZoneReport,  ///< The computer names its time zone (text).
  Context,     ///< Other events near a loss that a profile lists (link down, VPN ended, …).
};

/// What a Context event says (data/event_map).
enum class ContextKind : std::uint8_t {
  None,           ///< Not told by the rule.
  LinkDown,       ///< The network adapter's link is down.
  LinkUp,         ///< … is up.
  AdapterEvent,   ///< The adapter was reset or reports something of its driver.
  WifiDown,       ///< Wi-Fi disconnected.
  WifiUp,         ///< … connected.
  WifiFailed,     ///< … failed to connect, or a step of it did.
  WifiSecurity,   ///< A step of connecting that did not fail, or whose outcome the event does not
                  ///< tell.
  NetworkDown,    ///< Windows lost a network.
  NetworkUp,      ///< … found one.
  NetworkState,   ///< … identifies it.
  NoInternet,     ///< Windows believes that there is no internet access.
  Internet,       ///< … that there is.
  InternetState,  ///< … finds out.
  GatewayLost,    ///< The gateway was not resolved.
  ConnectionPolicy,   ///< The connection manager prefers, parks or softly disconnects an interface.
  DhcpLost,           ///< No address, or its lease was lost.
  DhcpService,        ///< The DHCP client started or stopped.
  AddressConflict,    ///< Another computer has the address.
  PortsExhausted,     ///< No free port.
  NameFailed,         ///< A name was not resolved.
  DomainUnreachable,  ///< No domain controller.
  TlsFailed,          ///< A TLS connection failed.
  Policy,             ///< Group Policy was applied.
  TimeService,        ///< The time service reports.
  VpnUp,              ///< A VPN was established.
  VpnEnd,             ///< … ended.
  VpnFailed,          ///< … failed.
  ProgramChanged,     ///< The program was installed or updated.
  ServerService,      ///< A service of the server ended.
  ServerRecycle,      ///< A worker process of the server was recycled.
  ServerLimit,        ///< A limit of the server was reached.
};
inline constexpr std::size_t kContextKindCount = 32;

/// How sure the classification is (docs/methods/classification.md).
enum class Recognition : std::uint8_t {
  Id,           ///< Provider and id alone decide.
  Exact,        ///< Text found in the table.
  Stem,         ///< The product's name and a stem of the language.
  Alternation,  ///< Two unknown texts that strictly alternate.
  None,
};

struct Event {
  Instant time{};
  std::uint64_t record_id = 0;
  std::uint64_t offset = 0;    ///< Byte offset of the record in its source.
  std::int64_t value = 0;      ///< ClockStep: ticks. Otherwise 0.
  std::uint32_t source = 0;    ///< Index into Evidence::sources.
  std::uint32_t computer = 0;  ///< Index into Evidence::computers.
  StringId provider = 0;
  StringId channel = 0;
  StringId text = 0;  ///< The data strings, joined by " | "; never the rendered message.
  std::uint16_t event_id = 0;
  std::uint16_t profile =
      0;  ///< Index into the catalogue's profiles; meaningful for the first group.
  Meaning meaning = Meaning::Unclassified;
  Recognition recognition = Recognition::None;
  ContextKind context = ContextKind::None;  ///< Of Meaning::Context.
  bool doubtful = false;  ///< Read from a damaged place, such as a chunk with a wrong CRC.
};

/// Something unreadable or out of order in a source.
struct Damage {
  std::uint64_t offset = 0;
  std::uint64_t record_id = 0;     ///< 0 when no record is concerned.
  std::string what;                ///< What was expected and what was found.
  std::uint64_t lost_records = 0;  ///< Records known to be lost here; 0 if none or unknown.
};

enum class SourceState : std::uint8_t {
  Read,        ///< Whole.
  Damaged,     ///< Read with a damage list.
  Unreadable,  ///< Could not be opened, or is not what it claims to be.
  Ignored,     ///< Not evidence of a known kind; listed.
};

/// One input file (or archive member).
struct Source {
  std::string path;    ///< As the user would find it; members as "archive.zip!/folder/file".
  std::string kind;    ///< "evtx", "inventory", "" …
  std::string sha256;  ///< 64 hex digits; of the member's bytes for archive members.
  std::uint64_t bytes = 0;
  SourceState state = SourceState::Ignored;
  std::string problem;        ///< For Unreadable and Ignored: what was found and what to do.
  std::uint64_t records = 0;  ///< Records read.
  std::uint64_t records_damaged = 0;  ///< Records known to exist that could not be read.
  std::uint64_t damage_count = 0;     ///< All damages; `damage` keeps the first few.
  std::vector<Damage> damage;
  bool dirty = false;       ///< Log not closed by its writer.
  bool local_time = false;  ///< Its times are of a zone it does not name; read as UTC.
  /// What had to be taken for granted to read it: a zone, a year, a code page.
  std::vector<std::string> assumptions;
};

/// Facts about a computer from an inventory (clients.csv), settings or options. Empty = unknown.
struct Attributes {
  std::map<std::string, std::string> values;  ///< Keys: user, office, segment, version, mode,
                                              ///< protocol, server, timezone … (docs/evidence.md)
  /// Where each value is from: "clients.csv", "PC01/connection-status.txt". Same keys.
  std::map<std::string, std::string> origins;
  /// Values that sources contradict: "protocol: RPC/TCP in clients.csv, MAPI/HTTP in …".
  std::vector<std::string> conflicts;
  [[nodiscard]] std::string get(const std::string& key) const {
    auto found = values.find(key);
    return found == values.end() ? std::string() : found->second;
  }
  /// Replaces what is there, and notes a contradiction.
  void set(const std::string& key, const std::string& value, const std::string& origin);
};

struct Computer {
  std::string
      name;  ///< As first seen; two spellings that differ in case or domain are one computer.
  std::string time_zone;         ///< IANA name when known from evidence, else empty.
  std::string time_zone_source;  ///< "event 6013 …", "inventory", "option".
  Attributes attributes;
};

/// The span that one log of one computer covers: without it, silence means nothing.
struct Coverage {
  std::uint32_t computer = 0;
  std::uint32_t source = 0;
  StringId channel = 0;
  Instant first{};
  Instant last{};
  std::uint64_t records = 0;
  std::uint64_t first_record_id = 0;
  std::uint64_t last_record_id = 0;
};

/// Everything that was read, ready to be judged. Built by intake, immutable afterwards.
struct Evidence {
  StringPool strings;
  std::vector<Source> sources;      ///< In input order.
  std::vector<Computer> computers;  ///< Sorted by name.
  std::vector<Event> events;  ///< Sorted by computer, time, channel, record id; duplicates removed.
  std::vector<Coverage> coverage;                   ///< Sorted by computer, channel, first.
  std::vector<Close> closes;                        ///< Sorted by time, source, place.
  std::vector<Setting> settings;                    ///< In the order of the sources.
  std::vector<AbsentSetting> absent_settings = {};  ///< In the order of the sources.
  std::vector<ConnectionRow> connections;           ///< In the order of the sources.
  std::vector<AddressUse> addresses;                ///< In the order of the sources.
  std::vector<PictureReading> pictures;             ///< In the order of the sources.
  std::vector<PathProbe> probes;                    ///< In the order of the sources.
  std::vector<ClientIdentity> clients;              ///< Sorted by computer, user.
  std::vector<std::uint32_t> unowned;  ///< Sources about a client that could not be told.
  Topology topology;                   ///< Of the site; empty when no table tells it.
  std::uint64_t records_seen = 0;      ///< All records of all logs, relevant or not.
  std::uint64_t duplicates = 0;        ///< Relevant events that were given more than once.
  std::uint64_t out_of_order = 0;  ///< Records whose time is before that of the record before them.
};

[[nodiscard]] std::string_view to_string(Meaning meaning);
[[nodiscard]] std::string_view to_string(ContextKind kind);  ///< "wifi-down"
[[nodiscard]] std::string_view to_string(Recognition recognition);
[[nodiscard]] std::string_view to_string(SourceState state);

}  // namespace dropscope
