#pragma once

// What was found, from whatever a user has of it: a result in JSON, a package, or evidence.

#include <optional>
#include <string>

#include "base/result.h"
#include "evidence/catalogue/catalogue.h"
#include "formats/diagnosis/document.h"

namespace dropscope::cli {

/// The result in the file; nothing when the path is no such file. Errors: as read_file() and
/// diagnosis_json::read().
[[nodiscard]] Result<std::optional<diagnosis_json::Document>> read_result(const std::string& path);

/// The same, and what diagnose says about anything else. Errors: NotFound without usable evidence.
[[nodiscard]] Result<diagnosis_json::Document> result_of(const std::string& path,
                                                         const Catalogue& catalogue,
                                                         unsigned threads, bool quiet);

}  // namespace dropscope::cli
