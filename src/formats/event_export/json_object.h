#pragma once

// One JSON object as a flat list of its values, each with the path of names that leads to it.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "formats/event_export/field_mapping.h"

namespace dropscope::event_export {

enum class JsonEnd : std::uint8_t {
  Whole,
  Cut,     ///< The text ends inside of the object.
  Broken,  ///< Is no JSON, nests too deeply, or has too many values.
};

struct JsonObject {
  std::vector<FlatField> fields;  ///< What was read, in order; also when the object is not whole.
  JsonEnd end = JsonEnd::Broken;
  /// Bytes read: the object's length, or where it broke.
  std::size_t size = 0;
  std::string problem;
};

/// Reads the object with which `text` begins. What stands behind it does not matter.
[[nodiscard]] JsonObject read_json_object(std::string_view text);

/// Where in `text` from `at` on an object may begin: a brace before a quote. npos: nowhere.
[[nodiscard]] std::size_t find_json_object(std::string_view text, std::size_t at = 0);

}  // namespace dropscope::event_export
