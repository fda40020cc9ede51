#pragma once

// Writes one JSON document piece by piece.
//
// A document object model of a large fleet's episodes would take several times the memory of the
// evidence itself. So the frame of objects and arrays is streamed, and only small leaves are
// nlohmann values, which know how to write strings (broken UTF-8 becomes U+FFFD) and numbers.

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace dropscope {

using Json = nlohmann::ordered_json;

class JsonStream {
 public:
  JsonStream& begin_object();
  JsonStream& end_object();
  JsonStream& begin_array();
  JsonStream& end_array();
  /// The name of the next value; inside an object only.
  JsonStream& key(std::string_view name);
  /// A leaf, on one line.
  JsonStream& value(const Json& leaf);
  JsonStream& member(std::string_view name, const Json& leaf) { return key(name).value(leaf); }

  /// The document with a line feed at its end; everything is closed.
  [[nodiscard]] std::string take();

 private:
  void before_value();
  void line();
  void end(char bracket);

  struct Level {
    bool empty = true;
  };
  std::string out_;
  std::vector<Level> levels_;
  bool after_key_ = false;
};

}  // namespace dropscope
