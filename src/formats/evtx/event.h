#pragma once

// A record's event: System fields without walking, its data, and whether it could be read.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/evtx/binxml.h"
#include "formats/evtx/chunk.h"

namespace dropscope::evtx {

/// One event of a chunk. Valid until the reader that made it reads the next record.
class EventView {
 public:
  EventView(BinXmlReader& reader, const Fragment& fragment)
      : reader_(&reader), fragment_(fragment) {}

  /// The value of a System field; type Null when the event has none.
  [[nodiscard]] ValueView field(Field field) const;

  /// Number of a field, or `otherwise` when it is absent or no number.
  [[nodiscard]] std::uint64_t number(Field field, std::uint64_t otherwise = 0) const;

  [[nodiscard]] Utf16View provider() const { return field(Field::ProviderName).as_utf16(); }
  [[nodiscard]] std::uint16_t event_id() const {
    return static_cast<std::uint16_t>(number(Field::EventId));
  }
  [[nodiscard]] std::optional<Instant> time_created() const {
    return field(Field::TimeCreated).as_instant();
  }

  /// Name and text of every Data element of EventData, in order; of other payloads (UserData) every
  /// element that holds text, by its own name. A Binary element is given as "Binary" in hex.
  /// Returns false if a part of it could not be read; what could be is there.
  struct Item {
    std::string name;
    std::string text;
  };
  bool data(std::vector<Item>& out) const;

  [[nodiscard]] const Fragment& fragment() const { return fragment_; }
  [[nodiscard]] BinXmlReader& reader() const { return *reader_; }

 private:
  BinXmlReader* reader_;
  Fragment fragment_;
};

/// The texts of data items in one line: joined by " | ", CR left out, LF and tab made spaces.
[[nodiscard]] std::string data_text(const std::vector<EventView::Item>& items);
/// Appends one of these texts.
void append_data_text(std::string& out, std::string_view text);

}  // namespace dropscope::evtx
