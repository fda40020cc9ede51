#pragma once

// How lines of devices are laid out and what their words mean (data/layouts/*.toml), compiled.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/close.h"
#include "formats/layout/fields.h"
#include "formats/layout/pattern.h"

namespace dropscope {

/// What a part of a line is for.
enum class LayoutRole : std::uint8_t {
  Time,      ///< Of the line: the end for a line that ends a connection.
  Date,      ///< Put in front of Time, with a space.
  Zone,      ///< Put behind Time, with a space.
  Unix,      ///< Seconds since 1970 or a smaller unit; outweighs Time.
  Opened,    ///< Beginning of the connection.
  Ended,     ///< Its end, where Time is only when the line was written.
  Duration,  ///< In the layout's unit, or h:mm:ss.
  Client,
  ClientPort,
  Server,
  ServerPort,
  First,
  FirstPort,
  Second,
  SecondPort,  ///< Two ends; Direction or the ports tell the client.
  Direction,   ///< "inbound": First is the client; "outbound": Second.
  Behind,
  BehindPort,  ///< The server behind the device.
  BytesOut,
  BytesIn,
  User,
  Device,
  Protocol,
  ServerName,
  Reason,
  Id,  ///< The same in the lines of a connection's beginning and end.
};
inline constexpr std::size_t kLayoutRoles = static_cast<std::size_t>(LayoutRole::Id) + 1;
[[nodiscard]] std::string_view to_string(LayoutRole role);
[[nodiscard]] std::optional<LayoutRole> layout_role(std::string_view name);

enum class LayoutForm : std::uint8_t { Pattern, KeyValue, Cef, JsonMembers, Csv, Spaces };
[[nodiscard]] std::string_view to_string(LayoutForm form);

enum class LayoutUse : std::uint8_t {
  End,    ///< A connection or request ended.
  Begin,  ///< A connection began; found again by its Id.
  None,   ///< Of the product, and says nothing of ends.
};
[[nodiscard]] std::string_view to_string(LayoutUse use);

struct LayoutCondition {
  std::size_t slot = 0;
  std::vector<std::string> any_of;  ///< ASCII case does not matter.
};

struct LayoutLine {
  std::string name;
  LayoutForm form = LayoutForm::Pattern;
  LayoutUse use = LayoutUse::None;
  std::string contains;  ///< The line must contain this; empty = no condition.
  std::optional<layout::Pattern> pattern;
  std::vector<layout::Wanted> fields;
  std::vector<LayoutCondition> conditions;
  std::size_t slots = kLayoutRoles;  ///< Roles first, then fields that only conditions ask for.
  bool by_header = false;            ///< Columns by the names of a header line.
  std::string sample;
  std::string sample_header;
  std::vector<std::pair<LayoutRole, std::string>> expected;  ///< What the sample holds.
};

/// Sides that a reason can name; Inside and Outside are settled by the direction.
enum class LayoutSide : std::uint8_t {
  Unknown,
  Client,
  Server,
  Middlebox,
  Admin,
  Nobody,
  Inside,
  Outside
};
[[nodiscard]] std::string_view to_string(LayoutSide side);

struct LayoutReason {
  std::string text;     ///< Case counts only between two that differ by nothing else.
  bool prefix = false;  ///< Written with a "*" at the end.
  LayoutSide by = LayoutSide::Unknown;
  CloseWhy why = CloseWhy::Unknown;
  std::string source;
};

/// One product's log.
struct LogLayout {
  std::string id;     ///< Source::kind
  std::string title;  ///< For people: "Cisco ASA firewall log"
  std::string source;
  std::string confidence;
  std::vector<std::string> times;  ///< Shapes (formats/text/stamp.h).
  double duration_unit_s = 1;      ///< Of Duration without colons.
  bool times_are_utc = false;      ///< Where a time has no zone.
  bool quiet_lives = false;        ///< A time-out is only seen in lives that gather (nginx stream).
  bool of_packets = false;         ///< Lines are of packets: what repeats is one end.
  std::vector<std::string> marks;  ///< A line with one of these is of the product.
  std::vector<LayoutLine> lines;
  std::vector<LayoutReason> reasons;
};

}  // namespace dropscope
