#pragma once

// What one source gave, before strings are interned and names of computers are settled: what every
// reader of this folder returns.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "evidence/client_facts.h"
#include "evidence/event.h"
#include "evidence/intake/close_list.h"
#include "evidence/path_probe.h"
#include "evidence/picture_reading.h"

namespace dropscope {

/// An event with its strings.
struct RawEvent {
  Event event;  ///< provider, channel, text and computer are set later.
  std::string provider;
  std::string channel;
  std::string computer;
  std::string text;
};

struct RawCoverage {
  std::string computer;
  std::string channel;
  Instant first{};
  Instant last{};
  std::uint64_t records = 0;
  std::uint64_t first_record_id = 0;
  std::uint64_t last_record_id = 0;
};

struct RawSetting {
  Setting setting;  ///< The flags only.
  std::string user;
  std::string profile;
  std::string id;
  std::string path;
  std::string value;
  std::string meaning;
};

struct RawConnection {
  ConnectionRow row;  ///< Numbers, times and endpoints only.
  std::string user;
  std::string mailbox;
  std::string server;
  std::string proxy;
  std::string status;
  std::string protocol;
  std::string type;
  std::string session_type;
  std::string adapter;
  std::string version;
  std::string process;
};

struct RawAddress {
  AddressUse use;
  std::string computer;  ///< Empty: the source's owner.
  std::string user;
  std::string reason;
};

/// Whose evidence a source is, as far as its own content tells; empty = it does not.
struct Owner {
  std::string computer;
  std::string computer_reason;  ///< "Hostname in Tcpip\\Parameters", "host name in ipconfig".
  std::string user;
  std::string user_reason;
};

/// A row of an inventory: facts about one computer, by column.
struct InventoryRow {
  std::string computer;
  std::vector<std::pair<std::string, std::string>>
      values;  ///< Column in lower case, value; empty values left out.
};

/// A row of networks.csv or servers.csv; columns in lower case, empty values left out.
struct SiteRow {
  std::map<std::string, std::string> values;
  std::uint64_t line = 0;
};

/// What one source gave.
struct SourceIntake {
  Source source;
  Owner owner;
  std::vector<RawEvent> events;
  std::vector<RawCoverage> coverage;
  CloseList closes;
  std::vector<RawSetting> settings;
  /// Ids of settings that the source would show if they were set; so their defaults hold.
  std::vector<std::string> absent_settings;
  std::vector<RawConnection> connections;
  std::vector<RawAddress> addresses;
  std::vector<InventoryRow> inventory;
  std::vector<SiteRow> networks;
  std::vector<SiteRow> servers;
  /// Facts about the source's owner by attribute name ("version", "mode", "protocol", "timezone").
  std::map<std::string, std::string> attributes;
  /// What the reader took for granted and a reader of the report should know: "times have no zone;
  /// taken as UTC", "the year is not in the lines; taken from the file's date".
  std::vector<std::string> assumptions;
  std::uint64_t out_of_order = 0;
  /// The window in a picture. Its connections and facts follow when all sources are read, as their
  /// names help to read it (picture_intake.h).
  std::optional<PictureReading> picture;
  std::optional<PathProbe> probe;  ///< `source` is set later.
};

}  // namespace dropscope
