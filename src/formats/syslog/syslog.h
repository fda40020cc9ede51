#pragma once

// What stands before the message in a line that went through syslog. FORMAT.md has the shapes.
//
// Headers are as their senders please, so nothing is required: what is not recognised is message.

#include <cstdint>
#include <string_view>

#include "formats/text/stamp.h"

namespace dropscope::syslog {

struct Header {
  int priority = -1;  ///< Facility * 8 + severity; -1 when there is none.
  bool has_stamp = false;
  text::Stamp stamp;         ///< Year 0 in the form of RFC 3164.
  std::string_view host;     ///< Of the sender; empty when not told.
  std::string_view program;  ///< "haproxy" of "haproxy[123]:"; APP-NAME of RFC 5424.
  std::string_view process;  ///< "123"
  std::string_view message;  ///< The rest of the line, without spaces before it.
};

/// Views point into `line`.
[[nodiscard]] Header parse(std::string_view line);

/// Which year a stamp without one is in, counted from the first of its log: months only go on,
/// except that lines of several senders overlap at the turn of a year.
class YearCounter {
 public:
  /// Years since the first stamp; -1 for a line of December behind one of January.
  int add(int month);

 private:
  int year_ = 0;
  int month_ = 0;
};

}  // namespace dropscope::syslog
