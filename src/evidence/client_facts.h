#pragma once

// What is known of one client besides its event logs: settings, connections, addresses.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/ip_address.h"
#include "base/time.h"
#include "evidence/close.h"

namespace dropscope {

inline constexpr std::uint32_t kNoComputer = ~std::uint32_t{0};

/// One value from a registry, read with data/settings.
struct Setting {
  std::uint32_t source = 0;              ///< Index into Evidence::sources.
  std::uint32_t computer = kNoComputer;  ///< Index into Evidence::computers.
  StringId user = 0;
  StringId profile = 0;  ///< Name of the application's profile; 0 for what holds for all.
  StringId id = 0;       ///< "outlook-anywhere-flags"; see data/settings.
  StringId path = 0;     ///< Key and value name as found.
  StringId value = 0;    ///< As people write it: "0x0000000b".
  StringId meaning = 0;  ///< What this value does, in words.
  bool is_default = false;
  bool matters = false;  ///< Differs from the default in a way that bears on lost connections.
};

/// A setting that is not set: the registry that was read holds the place where it would stand. What
/// an export leaves out is not known, and is no such setting.
struct AbsentSetting {
  std::uint32_t source = 0;
  std::uint32_t computer = kNoComputer;
  StringId id = 0;
};

/// A connection that the client or its computer listed at one moment: a row of the Connection
/// Status window, of netstat, of Get-NetTCPConnection.
struct ConnectionRow {
  std::uint32_t source = 0;
  std::uint32_t computer = kNoComputer;
  std::uint64_t place = 0;  ///< Line; row of a picture.
  Instant time{};           ///< Of the listing; default when unknown.
  StringId user = 0;
  StringId mailbox = 0;  ///< SMTP address.
  StringId server = 0;   ///< Name or URL.
  StringId proxy = 0;
  StringId status = 0;        ///< "Established"
  StringId protocol = 0;      ///< Text that protocol_from_text() understands; empty when unknown.
  StringId type = 0;          ///< "Exchange Mail"
  StringId session_type = 0;  ///< "Cache", "Foreground" …
  StringId adapter = 0;
  StringId version = 0;
  StringId process = 0;
  IpEndpoint local;
  IpEndpoint remote;
  std::optional<std::uint32_t> requests;
  std::optional<std::uint32_t> failures;
  std::optional<double> response_ms;    ///< Average, whole way and back.
  std::optional<double> processing_ms;  ///< Of it, the server's share.
  /// Of the least sure cell, for a picture; 1 for text.
  double confidence = 1;
};

/// An address that a computer or user had for a while, and how that is known.
struct AddressUse {
  std::uint32_t source = 0;
  std::uint32_t computer = kNoComputer;
  StringId user = 0;
  IpAddress address;
  Instant from{};  ///< Default: unknown, so any time.
  Instant to{};
  StringId reason = 0;  ///< "inventory", "ipconfig", "DHCP event", "HttpProxy log".
};

/// Why a source is taken to be about a client.
struct ClientLink {
  std::uint32_t source = 0;
  StringId reason = 0;  ///< "in the folder of its logs", "user u001 in clients.csv".
};

/// One user on one computer: what loses its server. The user is empty where nothing names one, as
/// Outlook's events do not.
struct ClientIdentity {
  std::uint32_t computer = kNoComputer;
  StringId user = 0;
  StringId mailbox = 0;           ///< SMTP address; 0 unknown.
  std::vector<ClientLink> links;  ///< In the order of the sources.
};

}  // namespace dropscope
