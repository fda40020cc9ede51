#pragma once

// Events as JSON objects: Winlogbeat and Elastic Agent, NXLog, Fluent Bit, Wazuh, Log Analytics,
// Get-WinEvent and Get-EventLog through ConvertTo-Json, evtx_dump, and dropscope's own lines.
//
// Objects come one a line, in an array, one behind the other, spread over many lines, inside a page
// of prose. So objects are looked for, and each is parsed for itself. Which field is which is told
// by name: shippers agree on few names, but no two use one name for different things.
//
// The computer is the one that wrote the event. Fields that name the collector (host.name, agent,
// beat) are not taken for it.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "formats/event_export/field_mapping.h"
#include "formats/event_export/record.h"
#include "formats/text/text_window.h"

namespace dropscope::event_export {

struct JsonEvent {
  Record record;
  TimeKind time_kind = TimeKind::Own;
  bool assumed_code_page = false;  ///< Was not UTF-8 and has been read as Windows-1252.
};

/// Not for concurrent use.
class EventJsonReader {
 public:
  /// `bytes` must outlive the reader.
  explicit EventJsonReader(Bytes bytes) : window_(bytes) {}

  /// False at the end.
  bool next(JsonEvent& event);

  /// Has `report` called for each damaged place.
  void on_trouble(std::function<void(const Trouble&)> report) { report_ = std::move(report); }

  /// Objects that are no events.
  [[nodiscard]] std::uint64_t others() const { return others_; }
  [[nodiscard]] text::TextWindow& window() { return window_; }

 private:
  text::TextWindow window_;
  std::function<void(const Trouble&)> report_;
  std::uint64_t others_ = 0;
};

/// Whether a text, which may be the beginning of a longer one, holds an event in JSON.
[[nodiscard]] bool holds_event_json(std::string_view text);

}  // namespace dropscope::event_export
