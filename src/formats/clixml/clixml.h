#pragma once

// Objects of PowerShell as text (Export-Clixml), value by value. The page is FORMAT.md.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace dropscope::clixml {

struct Value {
  std::string_view path;  ///< "IPv4Address/IPAddress"; of the callback's time only.
  std::string_view name;  ///< Its last part; empty for the items of a list of values.
  std::string_view type;  ///< "S", "I32", "B", "DT" …
  std::string_view text;  ///< Decoded.
  std::uint64_t object = 0;
  std::uint64_t line = 0;
};

/// Calls `use` for each value, in order. Errors: Corrupt (no XML, or cut short: what came before
/// has been given), Limit, Unsupported in a build without an XML parser.
[[nodiscard]] Result<void> read(Bytes bytes, const std::function<void(const Value&)>& use);

/// Whether a text begins as Clixml does.
[[nodiscard]] bool looks_like(std::string_view head);

}  // namespace dropscope::clixml
