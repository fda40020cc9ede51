#pragma once

// Events as XML: what `wevtutil qe`, Event Viewer, Get-WinEvent's ToXml() and forwarders write.
//
// An export comes as one document, as a stream of <Event> elements without a root, one event in a
// line of some other log, or copied from Event Viewer's XML view with its tree marks. So nothing is
// asked of what stands between events: a reader looks for the beginning of an event, which is an
// element Event whose first child is System, and reads to that element's end.
//
// What lies between the two has to nest and to be text. An event that does not (a file cut in the
// middle, a block overwritten) is reported and not used: half of it may belong to another event.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "formats/event_export/record.h"
#include "formats/text/code_page.h"
#include "formats/text/text_window.h"

namespace dropscope::event_export {

/// One event. Views are of the reader's window and are valid until its next call; they are
/// undecoded where a comment says so.
struct XmlEvent {
  /// Name and content of a data element, both undecoded (decode_text()).
  struct RawItem {
    std::string_view name;
    std::string_view text;
  };
  std::string_view provider;
  std::string_view channel;
  std::string_view computer;  ///< The originating one; a collector is not named in an event.
  std::string_view user_id;
  std::string_view message;  ///< Of RenderingInfo, undecoded.
  Instant time{};
  std::uint64_t record_id = 0;
  std::uint64_t offset = 0;
  std::uint16_t event_id = 0;
  int level = -1;
  bool assumed_code_page = false;  ///< Was not UTF-8; see EventXmlReader::code_page().
  bool assumed_zone = false;       ///< Its time is written without one; events' XML is in UTC.
  std::vector<RawItem> items;
};

/// Not for concurrent use.
class EventXmlReader {
 public:
  /// `bytes` must outlive the reader.
  explicit EventXmlReader(Bytes bytes) : window_(bytes) {}

  /// False at the end. The event's vector is used again, so that reading allocates nothing.
  bool next(XmlEvent& event);

  /// Has `report` called for each damaged place.
  void on_trouble(std::function<void(const Trouble&)> report) { report_ = std::move(report); }

  [[nodiscard]] text::TextWindow& window() { return window_; }
  /// What events that are not UTF-8 have been read as.
  [[nodiscard]] text::CodePage code_page() const { return code_page_; }

 private:
  /// Moves the window to the next beginning of an event; false when there is none.
  bool find_event();
  void trouble(std::uint64_t lost, std::string what);
  [[nodiscard]] bool is_text(std::string_view span) const;

  text::TextWindow window_;
  std::function<void(const Trouble&)> report_;
  bool after_damage_ = false;
  bool any_ = false;
  std::size_t pending_ = 0;  // Of the window: the event that was given last.
  text::CodePage code_page_ = text::CodePage::Windows1252;
  std::string converted_;
  std::string provider_;
  std::string channel_;
  std::string computer_;
};

/// Whether a text holds the beginning of an event.
[[nodiscard]] bool holds_event_xml(std::string_view text);

/// The data items of a fragment: "<EventData>…", "<DataItem><EventData>…", "<Param>…" as Log
/// Analytics keeps them. Stops where the fragment no longer nests; what came before stays.
void data_of_fragment(std::string_view xml, std::vector<Item>& items);

/// Name and text of the items, decoded; elements whose name is "Binary" included.
void decode_items(const XmlEvent& event, std::vector<Item>& items);

}  // namespace dropscope::event_export
