#pragma once

// What an escalation package holds: the file manifest.json at its front (FORMAT.md).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace dropscope::package {

inline constexpr std::string_view kManifestName = "manifest.json";
inline constexpr std::string_view kSchema = "dropscope.package/1";
/// Items below it are evidence; the others are made from it.
inline constexpr std::string_view kEvidenceFolder = "evidence/";

struct Item {
  std::string path;  ///< Relative, with '/'.
  std::string role;  ///< "evidence", "records", "report", "result", "table", "cover", "picture".
  std::string sha256;
  std::uint64_t bytes = 0;
};

/// A file that evidence of the package is made from.
struct Origin {
  std::string path;    ///< As the sender named it; redacted in a redacted package.
  std::string kind;    ///< Source::kind.
  std::string sha256;  ///< Of the sender's file; empty in a redacted package.
  std::uint64_t bytes = 0;
  std::uint64_t records = 0;
  std::uint64_t kept = 0;          ///< Records that are in the package.
  std::vector<std::string> items;  ///< What it became.
  std::string note;                ///< What was done with it; empty: taken over as it is.
};

struct LeftOut {
  std::string path;
  std::string reason;
};

struct Manifest {
  std::string version;  ///< Of the program that wrote it.
  bool redacted = false;
  std::vector<Item> items;
  std::vector<Origin> origins;
  std::vector<LeftOut> left_out;
  std::vector<std::string> asked_for;  ///< Evidence that is missing, with how to collect it.
};

[[nodiscard]] std::string write_manifest(const Manifest& manifest);

/// Whether a file of this name and content begins like a manifest; cheap, for a look at an archive.
[[nodiscard]] bool is_manifest(std::string_view name, std::string_view content);

/// Errors: Corrupt (no JSON, a member is missing or of another kind; says which), Unsupported (a
/// schema of another number), Limit (more than 64 MiB).
[[nodiscard]] Result<Manifest> read_manifest(std::string_view json);

}  // namespace dropscope::package
