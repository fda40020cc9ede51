#pragma once

// Writers of what evidence there is.

#include <string>

#include "present/present.h"
#include "verdict/stock.h"

namespace dropscope {

struct StockInput {
  const Evidence& evidence;
  const Catalogue& catalogue;
  const Stock& stock;
  TimeZone zone;               ///< The zone that is shown; JSON is UTC.
  bool all_computers = false;  ///< Text: every computer of a large fleet.
  bool files = false;          ///< Text: what was understood of each file, and nothing else.
};

[[nodiscard]] std::string render_stock_terminal(const StockInput& input,
                                                const TerminalStyle& style);
/// docs/schemas/inventory.schema.json
[[nodiscard]] std::string render_stock_json(const StockInput& input);

}  // namespace dropscope
