#include "apps/cli/result_input.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "apps/cli/evidence_input.h"
#include "base/files.h"
#include "base/mapped_file.h"
#include "evidence/intake/intake.h"
#include "present/present.h"

namespace dropscope::cli {

namespace fs = std::filesystem;

Result<std::optional<diagnosis_json::Document>> read_result(const std::string& path) {
  std::error_code ignored;
  if (!fs::is_regular_file(path_from_utf8(path), ignored)) return std::nullopt;
  const auto file = MappedFile::open(path_from_utf8(path));
  // What cannot be opened is told by whoever reads it as evidence.
  if (!file || !diagnosis_json::is_document(file->bytes())) return std::nullopt;
  auto document = diagnosis_json::read(as_text(file->bytes()));
  if (const auto fault = file->fault()) return fail(*fault);
  if (!document) {
    Error error = document.error();
    error.where = path;
    return fail(std::move(error));
  }
  return std::optional<diagnosis_json::Document>(std::move(*document));
}

Result<diagnosis_json::Document> result_of(const std::string& path, const Catalogue& catalogue,
                                           unsigned threads, bool quiet) {
  auto known = read_result(path);
  if (!known) return fail(known.error());
  if (*known) return std::move(**known);
  IntakeOptions intake;
  intake.threads = threads;
  const auto [evidence, clocks] = read_corrected({path}, catalogue, intake, quiet);
  const bool usable =
      std::any_of(evidence.sources.begin(), evidence.sources.end(), [](const Source& source) {
        return source.state == SourceState::Read || source.state == SourceState::Damaged;
      });
  if (!usable) {
    return fail(ErrorCode::NotFound,
                "is neither a result of diagnose in JSON, nor a package, nor evidence", path);
  }
  DiagnoseOptions options;
  options.clocks = clocks;
  const auto diagnosis = diagnose(evidence, catalogue, options);
  if (!diagnosis) return fail(diagnosis.error());
  return diagnosis_json::read(render_json({evidence, catalogue, *diagnosis, "", false}));
}

}  // namespace dropscope::cli
