#pragma once

// Whether a package is what its sender made.

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "formats/package/manifest.h"

namespace dropscope::package {

struct Verification {
  Manifest manifest;
  std::string manifest_sha256;        ///< For the sender to compare, over another way.
  std::vector<std::string> problems;  ///< "report.html: changed: expected SHA-256 …, found …".
  [[nodiscard]] bool sound() const { return problems.empty(); }
};

/// Compares every member with the manifest: hash, size, missing, not listed, given twice. Errors:
/// Corrupt when the bytes are no archive or it has no manifest; Unsupported for a schema of
/// another number.
[[nodiscard]] Result<Verification> verify(Bytes zip);

}  // namespace dropscope::package
