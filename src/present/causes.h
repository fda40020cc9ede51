#pragma once

// Writers of the catalogue of causes.

#include <string>

#include "evidence/catalogue/catalogue.h"
#include "present/present.h"

namespace dropscope {

[[nodiscard]] std::string render_causes_terminal(const Catalogue& catalogue,
                                                 const TerminalStyle& style);
/// docs/schemas/causes.schema.json
[[nodiscard]] std::string render_causes_json(const Catalogue& catalogue);

}  // namespace dropscope
