#pragma once

// The escalation package: what a vendor asks for, cut to what matters, in one archive that the same
// evidence always gives the same.
//
// The evidence is cut and redacted first, and then read and judged as the receiver will: report and
// result in the package are about the evidence in the package, so that no name can come into them
// by another way, and everything that they refer to is there.

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "evidence/catalogue/catalogue.h"
#include "evidence/intake/intake.h"
#include "formats/package/manifest.h"
#include "present/redact/key.h"
#include "present/redact/leak_check.h"
#include "verdict/verdict.h"

namespace dropscope::package {

struct PackageOptions {
  IntakeOptions intake;
  DiagnoseOptions diagnose;
  /// For the report's foot: what was asked for, without paths, which hold names.
  std::string command_line = "dropscope escalate";
  bool redact = false;
  /// Of an earlier package; nothing: a new one, whose secret is made from the evidence.
  std::optional<redact::Key> key;
  /// Pictures go into a redacted package as they are: somebody has looked at them.
  bool pictures_confirmed = false;
  /// Words that are no names here, in lower case.
  std::set<std::string> keep;
};

struct Package {
  std::string zip;
  Manifest manifest;
  std::string manifest_sha256;
  std::optional<redact::Key> key;     ///< Of a redacted package.
  std::vector<redact::Leak> leaks;    ///< Of a redacted package; the archive may not be given away.
  std::vector<std::string> ordinary;  ///< Names that were left where they stand alone.
  std::vector<std::string> unread;    ///< "PATH: problem" of inputs that could not be read.
  std::string headline;               ///< Of the verdict in the package.
};

/// Errors: NotFound when no input is evidence that can be packed; as diagnose(), as ZipWriter.
[[nodiscard]] Result<Package> make_package(const std::vector<std::filesystem::path>& inputs,
                                           const Catalogue& catalogue, PackageOptions options);

}  // namespace dropscope::package
