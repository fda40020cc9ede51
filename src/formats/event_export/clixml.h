#pragma once

// Event records that PowerShell wrote with Export-Clixml ([MS-PSRP] 2.2.5 names the elements).
//
// A file holds objects of any kind, one behind the other or in lists. Only objects whose type is an
// event record are taken; a type is spelled out once (TN) and referred to afterwards (TNRef).

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "formats/event_export/field_mapping.h"
#include "formats/event_export/record.h"
#include "formats/text/text_window.h"

namespace dropscope::event_export {

/// Not for concurrent use.
class ClixmlReader {
 public:
  /// `bytes` must outlive the reader.
  explicit ClixmlReader(Bytes bytes) : window_(bytes) {}

  /// False at the end.
  bool next(Record& record, TimeKind& time_kind);

  /// Has `report` called for each damaged place.
  void on_trouble(std::function<void(const Trouble&)> report) { report_ = std::move(report); }

  [[nodiscard]] text::TextWindow& window() { return window_; }

 private:
  text::TextWindow window_;
  std::function<void(const Trouble&)> report_;
  std::set<std::string, std::less<>> event_types_;  // By RefId.
};

enum class ClixmlKind : std::uint8_t {
  None,      ///< No Clixml, or of other objects.
  Events,    ///< Records of Get-WinEvent or Get-EventLog.
  Settings,  ///< Of logs (Get-WinEvent -ListLog): no events.
};

/// By the beginning of a file.
[[nodiscard]] ClixmlKind clixml_kind(std::string_view head);

/// Decodes character data as Clixml writes it: XML's entities, then _x000A_ for characters that XML
/// cannot hold.
[[nodiscard]] std::string clixml_text(std::string_view raw);

}  // namespace dropscope::event_export
