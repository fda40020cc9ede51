#include "formats/event_export/clixml.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include "base/utf16.h"
#include "formats/event_export/xml_scanner.h"

namespace dropscope::event_export {
namespace {

constexpr std::string_view kObject = "<Obj ";
/// One record with its texts; PowerShell repeats the message, no more.
constexpr std::size_t kMaxObjectBytes = std::size_t{8} << 20;
constexpr std::size_t kMaxDepth = 48;
constexpr std::size_t kMaxFields = 16384;

/// Of .NET: what Get-WinEvent and Get-EventLog give, also after it was read from Clixml before.
bool is_event_type(std::string_view type) {
  constexpr std::string_view kAgain = "Deserialized.";
  if (type.starts_with(kAgain)) type.remove_prefix(kAgain.size());
  return type == "System.Diagnostics.Eventing.Reader.EventLogRecord" ||
         type.starts_with("System.Diagnostics.EventLogEntry");
}

enum class End : std::uint8_t { Whole, Cut, Broken, OtherType };

struct Walk {
  End end = End::Broken;
  std::size_t size = 0;
};

/// Follows one object from its "<Obj", with which the text begins.
class ObjectWalk {
 public:
  ObjectWalk(std::string_view text, std::set<std::string, std::less<>>& event_types,
             std::vector<FlatField>& fields)
      : scanner_(text), event_types_(event_types), fields_(fields) {}

  Walk run() {
    Tag tag;
    bool known = false;
    for (;;) {
      const TagKind kind = scanner_.next(tag);
      if (kind == TagKind::End || kind == TagKind::Cut) return {End::Cut, tag.begin};
      if (kind == TagKind::Bad) return {End::Broken, tag.begin};
      if (kind == TagKind::Close) {
        if (open_.empty() || open_.back().name != tag.name) return {End::Broken, tag.begin};
        const Element closed = open_.back();
        open_.pop_back();
        if (closed.name == "T" && open_.size() == 2 && !known) {
          known = true;
          const std::string id(attribute(open_.back().attributes, "RefId").value_or(""));
          if (!is_event_type(scanner_.between(closed.begin, tag.begin))) return {End::OtherType, 0};
          event_types_.insert(id);
        }
        if (leaf_ && closed.name != "T" && closed.name != "ToString") {
          add(closed, scanner_.between(closed.begin, tag.begin));
        }
        leaf_ = false;
        if (open_.empty()) return {End::Whole, tag.end};
        continue;
      }
      if (!known && tag.name == "TNRef" && open_.size() == 1) {
        known = true;
        if (!event_types_.contains(attribute(tag.attributes, "RefId").value_or(""))) {
          return {End::OtherType, 0};
        }
      }
      // An object without a type is none that we look for.
      if (!known && open_.size() == 1 && tag.name != "TN") return {End::OtherType, 0};
      leaf_ = kind == TagKind::Open;
      if (kind == TagKind::Empty) continue;
      if (open_.size() == kMaxDepth) return {End::Broken, tag.begin};
      open_.push_back({tag.name, tag.attributes, tag.end});
    }
  }

 private:
  struct Element {
    std::string_view name;
    std::string_view attributes;
    std::size_t begin = 0;  ///< Of its content.
  };

  /// The names on the way to a value are its path; elements of lists have none.
  void add(const Element& leaf, std::string_view content) {
    if (fields_.size() == kMaxFields) return;
    FlatField field;
    const auto append = [&](const Element& element) {
      const auto name = attribute(element.attributes, "N");
      if (!name) return;
      if (!field.path.empty()) field.path += '.';
      field.path += *name;
    };
    for (const Element& element : open_) append(element);
    append(leaf);
    if (field.path.empty()) return;
    field.value = clixml_text(content);
    fields_.push_back(std::move(field));
  }

  XmlScanner scanner_;
  std::set<std::string, std::less<>>& event_types_;
  std::vector<FlatField>& fields_;
  std::vector<Element> open_;
  bool leaf_ = false;
};

}  // namespace

bool ClixmlReader::next(Record& record, TimeKind& time_kind) {
  std::vector<FlatField> fields;
  for (;;) {
    const std::size_t at = window_.view().find(kObject);
    if (at == std::string_view::npos) {
      const std::size_t size = window_.view().size();
      window_.pass(size - std::min(size, kObject.size() - 1));
      if (!window_.extend()) return false;
      continue;
    }
    window_.pass(at);
    const auto run = [&] {
      fields.clear();
      return ObjectWalk(window_.view().substr(0, kMaxObjectBytes), event_types_, fields).run();
    };
    Walk walk = run();
    while (walk.end == End::Cut && window_.view().size() < kMaxObjectBytes && window_.extend()) {
      walk = run();
    }
    const std::uint64_t place = window_.offset();
    const std::uint64_t line = window_.line();
    if (walk.end == End::Whole) {
      window_.pass(walk.size);
      if (event_of_fields(fields, record, time_kind)) {
        record.place = place;
        return true;
      }
      if (report_) report_({place, line, 1, "an event record without id, provider or time"});
      continue;
    }
    if (walk.end != End::OtherType && report_) {
      report_({place, line, 1,
               walk.end == End::Cut ? "expected the end of the object, found the end of the file"
                                    : "expected elements that nest, found something else"});
    }
    window_.pass(kObject.size());
  }
}

ClixmlKind clixml_kind(std::string_view head) {
  if (head.find("<Objs ") == std::string_view::npos) return ClixmlKind::None;
  constexpr std::array<std::string_view, 2> kRecords = {
      "System.Diagnostics.Eventing.Reader.EventLogRecord</T>", "System.Diagnostics.EventLogEntry"};
  for (const std::string_view type : kRecords) {
    if (head.find(type) != std::string_view::npos) return ClixmlKind::Events;
  }
  constexpr std::string_view kSettings =
      "System.Diagnostics.Eventing.Reader.EventLogConfiguration</T>";
  return head.find(kSettings) != std::string_view::npos ? ClixmlKind::Settings : ClixmlKind::None;
}

std::string clixml_text(std::string_view raw) {
  std::string text;
  decode_text(text, raw);
  std::string out;
  std::size_t at = 0;
  for (;;) {
    const std::size_t mark = text.find("_x", at);
    if (mark == std::string::npos || mark + 7 > text.size()) break;
    std::uint16_t unit = 0;
    const char* const digits = text.data() + mark + 2;
    const auto [stop, error] = std::from_chars(digits, digits + 4, unit, 16);
    if (error == std::errc{} && stop == digits + 4 && text[mark + 6] == '_') {
      out.append(text, at, mark - at);
      append_code_point(out, char32_t{unit});
      at = mark + 7;
    } else {
      out.append(text, at, mark + 2 - at);
      at = mark + 2;
    }
  }
  out.append(text, at);
  return out;
}

}  // namespace dropscope::event_export
