#pragma once

// Events as text, fast: one renderer for all records of a log.
//
//   Renderer renderer(TextFormat::Xml);
//   TextBuffer text;
//   while (reader.next(record)) {
//     if (record.event) renderer.append(text, record);
//   }
//
// XML is byte for byte what append_xml() in xml.h gives, which is the rule; this is the way to get
// it at the speed of copying (text_plan.h). JSON lines follow docs/cli.md, "JSON
// lines".

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/text_buffer.h"
#include "formats/evtx/event.h"
#include "formats/evtx/reader.h"
#include "formats/evtx/text_plan.h"
#include "formats/evtx/value_text.h"

namespace dropscope::evtx {

enum class TextFormat : std::uint8_t { Xml, JsonLines };

/// Keeps what it has made of a chunk's templates while the records of that chunk are rendered. Not
/// for concurrent use; each thread has its own.
class Renderer {
 public:
  explicit Renderer(TextFormat format) : format_(format) {}

  /// Appends the record's event and a line feed. With JSON lines, `members` are put in front: JSON
  /// members without braces, such as "\"file\":\"a.evtx\"". Returns false if a part of the event
  /// could not be read; what could be is there, and the text is well-formed. A record without an
  /// event gives nothing.
  bool append(TextBuffer& out, const LogRecord& record, std::string_view members = {});

 private:
  struct Plans {
    std::uint64_t generation = 0;
    TextPlan plan;
  };
  using PlanTable = std::vector<std::unique_ptr<Plans>>;

  bool append_xml_event(TextBuffer& out, const EventView& event);
  bool append_json_event(TextBuffer& out, const LogRecord& record, std::string_view members);

  const TextPlan& plan_of(const Fragment& fragment, JsonPlace place, int depth);
  /// False when the walk has to do it.
  [[nodiscard]] bool run(const Fragment& fragment, JsonPlace place, int depth);
  bool other(const Step& step, const TextPlan& plan, const ValueView& value, JsonPlace place,
             int depth);
  bool leaf(const Step& step, const TextPlan& plan, const ValueView& value, int depth);
  bool leaf_once(const Step& step, const TextPlan& plan, const ValueView& value, int depth);
  bool nested(const ValueView& value, JsonPlace place, int depth);
  [[nodiscard]] static ValueView special_value(const Step& step, const TextPlan& plan,
                                               const ValueView& value);
  bool number(const Step& step, const TextPlan& plan, const ValueView& value);

  /// Room for `count` bytes at `at_`.
  void need(std::size_t count) {
    if (static_cast<std::size_t>(room_end_ - at_) < count) grow(count);
  }
  void grow(std::size_t count);
  /// Copies text of the plan, which is long enough to be read beyond the piece (kPlanSlack). Most
  /// pieces are shorter than a call of memcpy() takes.
  void copy_piece(const char* from, std::size_t size) {
    need(size + kPlanSlack);
    put_piece(from, size);
  }
  void put_piece(const char* from, std::size_t size) {
    char* const end = at_ + size;
    if (size > 4 * kPlanSlack) {
      std::memcpy(at_, from, size);
    } else {
      for (; at_ < end; at_ += kPlanSlack, from += kPlanSlack) std::memcpy(at_, from, kPlanSlack);
    }
    at_ = end;
  }
  void copy(const char* from, std::size_t size) {
    need(size);
    std::memcpy(at_, from, size);
    at_ += size;
  }
  void copy(std::string_view text) { copy(text.data(), text.size()); }
  void comma() {
    if (at_[-1] == '[') return;
    need(1);
    *at_++ = ',';
  }
  /// Takes from what the record may cost; false when that is used up.
  [[nodiscard]] bool spend(std::size_t amount) {
    if (amount > left_) return false;
    left_ -= amount;
    return true;
  }

  TextFormat format_;
  ValueWriter values_;
  std::array<PlanTable, 3> plans_;  // By JsonPlace; XML uses the first.
  std::array<TextPlan, BinXmlReader::kMaxFragments> inline_plans_;
  std::uint64_t generation_ = 0;  // Of the chunk that the current record is of.
  std::string scratch_;

  // While one event is written.
  BinXmlReader* reader_ = nullptr;
  const LogRecord* record_ = nullptr;
  TextBuffer* out_ = nullptr;
  char* at_ = nullptr;
  char* room_end_ = nullptr;
  std::size_t left_ = 0;
  bool whole_ = true;
};

}  // namespace dropscope::evtx
