#pragma once

// The scalars of one line of JSON with the keys that lead to them. Nothing is required of the line:
// what is no JSON gives what was found up to there.

#include <functional>
#include <string>
#include <string_view>

namespace dropscope::logwrap {

/// A scalar, or an array of numbers as a whole.
struct Scalar {
  std::string_view key;     ///< As written, without quotes.
  std::string_view parent;  ///< Key of the object that holds it; empty at the top.
  std::string_view above;   ///< Key of the object around that.
  int depth = 0;            ///< 1 at the top.
  std::string_view value;   ///< Between the quotes; of others as written.
  bool text = false;        ///< Had quotes.
};

/// Calls `use` for each in order. Objects below `kMostDepth` and arrays of objects are passed over.
void for_each_scalar(std::string_view json, const std::function<void(const Scalar&)>& use);
inline constexpr int kMostDepth = 3;

/// Appends what stands between quotes with its escapes resolved (RFC 8259, section 7). Control
/// characters become spaces, as the result is one line.
void append_unescaped(std::string& out, std::string_view quoted);

}  // namespace dropscope::logwrap
