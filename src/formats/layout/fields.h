#pragma once

// Lines of devices taken apart by a description that is data: which parts a line has, and which of
// them are wanted. FORMAT.md describes the forms.
//
// A wanted part has a slot, a number that the caller gives meaning to. Nothing is copied: values
// point into the line.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dropscope::layout {

/// Values by slot; empty where the line has none.
using Values = std::vector<std::string_view>;

/// A part by name, or by position from 1.
struct Wanted {
  std::string name;  ///< Key; name of a column; empty when `position` counts.
  std::size_t position = 0;
  std::size_t slot = 0;
};

/// key=value, key="value" and key:"value"; anything else between is passed over. Returns how many
/// of the wanted were found. The first of two equal keys counts.
std::size_t read_key_values(std::string_view line, std::span<const Wanted> wanted, Values& values);

/// An event in CEF (Common Event Format 0.1 to 1.2) or LEEF (Log Event Extended Format 1.0, 2.0),
/// with whatever stands before it: parts of its header by position from 1 (CEF: version, vendor,
/// product, device version, class, name, severity; LEEF: without the last two), members by key. A
/// value of CEF may hold spaces and ends where " key=" follows; one of LEEF ends at its delimiter.
/// Zero for a line that is neither.
std::size_t read_cef(std::string_view line, std::span<const Wanted> wanted, Values& values);

/// One line of JSON: scalar values by key, at whatever depth; the first of two equal keys counts.
std::size_t read_json(std::string_view line, std::span<const Wanted> wanted, Values& values);

/// The columns of one row: separated by `delimiter`, with quotes as in CSV. A run of delimiters is
/// one where `runs` says so.
void split_row(std::string_view line, char delimiter, bool runs,
               std::vector<std::string_view>& columns);

/// For columns: positions as given, or by the names of `header`.
std::size_t read_columns(std::span<const std::string_view> columns,
                         std::span<const std::string> header, std::span<const Wanted> wanted,
                         Values& values);

}  // namespace dropscope::layout
