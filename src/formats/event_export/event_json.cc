#include "formats/event_export/event_json.h"

#include <algorithm>
#include <utility>

#include "base/utf16.h"
#include "formats/event_export/field_mapping.h"
#include "formats/event_export/json_object.h"

namespace dropscope::event_export {
namespace {

/// A shipper's object repeats the event's texts; far below this all the same.
constexpr std::size_t kMaxObjectBytes = std::size_t{8} << 20;
/// How many objects of a file's beginning are looked at.
constexpr int kProbedObjects = 32;

/// Where to go on behind an object that broke: at the first line in it that begins an object, since
/// an object cut after a name takes its neighbour for the value; else where it broke.
std::size_t after_broken(std::string_view broken) {
  for (std::size_t at = broken.find('\n'); at != std::string_view::npos;
       at = broken.find('\n', at + 1)) {
    const std::size_t next = broken.find_first_not_of(" \t\r", at + 1);
    if (next != std::string_view::npos && broken[next] == '{') return next;
  }
  return broken.size() < 2 ? 1 : broken.size() - 1;
}

/// Elasticsearch wraps what it stored, alone or in the answer to a search: where in `object` that
/// begins, behind the first byte. npos: it is no such wrapper.
std::size_t wrapped_document(std::string_view object) {
  const std::size_t at = object.find("\"_source\"");
  return at == 0 ? std::string_view::npos : at;
}

}  // namespace

bool EventJsonReader::next(JsonEvent& event) {
  for (;;) {
    const std::size_t at = find_json_object(window_.view());
    if (at == std::string_view::npos) {
      window_.pass(window_.view().size());
      if (!window_.extend()) return false;
      continue;
    }
    window_.pass(at);
    JsonObject object = read_json_object(window_.view().substr(0, kMaxObjectBytes));
    while (object.end == JsonEnd::Cut && window_.view().size() < kMaxObjectBytes &&
           window_.extend()) {
      object = read_json_object(window_.view().substr(0, kMaxObjectBytes));
    }
    // JSON is UTF-8; a line of an old code page stops the library at its first letter of it.
    std::size_t size = object.size;
    event.assumed_code_page = false;
    if (object.end == JsonEnd::Broken) {
      const std::string_view view = window_.view();
      const std::string_view line = view.substr(0, std::min(view.find('\n'), kMaxObjectBytes));
      if (size < line.size() && !is_utf8(line)) {
        std::string converted;
        append_windows_1252(converted, line);
        JsonObject again = read_json_object(converted);
        if (again.end == JsonEnd::Whole) {
          object = std::move(again);
          size = line.size();
          event.assumed_code_page = true;
        }
      }
    }
    const bool is_event = event_of_fields(object.fields, event.record, event.time_kind);
    if (object.end == JsonEnd::Whole) {
      event.record.place = window_.offset();
      if (!is_event) {
        const std::size_t inside = wrapped_document(window_.view().substr(0, size));
        if (inside != std::string_view::npos) {
          window_.pass(inside);
          continue;
        }
      }
      window_.pass(size);
      if (is_event) return true;
      ++others_;
      continue;
    }
    // Prose has braces too; what has the fields of an event was one.
    if (is_event || object.fields.size() >= 3) {
      if (report_) report_({window_.offset(), window_.line(), 1, object.problem});
    }
    window_.pass(after_broken(window_.view().substr(0, size)));
  }
}

bool holds_event_json(std::string_view text) {
  std::size_t at = 0;
  for (int i = 0; i < kProbedObjects; ++i) {
    at = find_json_object(text, at);
    if (at == std::string_view::npos) return false;
    const JsonObject object = read_json_object(text.substr(at));
    Record record;
    TimeKind kind{};
    if (event_of_fields(object.fields, record, kind)) return true;
    const std::size_t inside = wrapped_document(text.substr(at, object.size));
    at += inside != std::string_view::npos ? inside : std::max<std::size_t>(1, object.size);
  }
  return false;
}

}  // namespace dropscope::event_export
