#pragma once

// What the fields of an event are called by those who write them, for JSON and for tables.

#include <cstdint>
#include <optional>
#include <string_view>

namespace dropscope::event_export {

enum class FieldKind : std::uint8_t {
  Provider,
  EventId,
  Channel,
  Computer,
  Time,     ///< The event's own.
  Receipt,  ///< A time that may be the event's own or that of its receipt.
  RecordId,
  Level,
  User,
  Message,
  DataXml,  ///< The data as XML.
};
inline constexpr std::size_t kFieldKinds = static_cast<std::size_t>(FieldKind::DataXml) + 1;

struct FieldName {
  FieldKind kind = FieldKind::Provider;
  /// Of several fields of one kind in one event, the lowest counts.
  std::uint8_t rank = 0;
};

/// By path or column, in lower case.
[[nodiscard]] std::optional<FieldName> field_name(std::string_view path);

}  // namespace dropscope::event_export
