#pragma once

// Runs a reader of logs on a text, for the tests of the intake.

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "base/files.h"
#include "base/mapped_file.h"
#include "evidence/intake/source_reader.h"
#include "formats/text/line_reader.h"

namespace dropscope::test_logs {

inline const Catalogue& catalogue() {
  static const Catalogue kCatalogue = Catalogue::load().value_or(Catalogue{});
  return kCatalogue;
}

/// The name of the kind that takes a file of this content; empty when none does.
inline std::string kind_of(std::string_view text, std::string_view name = "log.txt") {
  const Bytes bytes = as_bytes(text);
  const Bytes begin = bytes.first(std::min(bytes.size(), kHeadBytes));
  const Head head{begin, text::head_as_utf8(begin, kHeadBytes), name, &catalogue()};
  for (const SourceReader& reader : source_readers()) {
    if (reader.recognises(head)) return std::string(reader.kind);
  }
  return {};
}

/// What the reader of that kind makes of it.
inline SourceIntake read_text(std::string_view text, std::string_view name = "log.txt",
                              std::optional<TimeZone> zone = {},
                              std::optional<DateOrder> order = {}) {
  static const EventMatcher matcher(catalogue());
  const ReadContext context{matcher, catalogue(), 20, std::move(zone), order};
  Content content;
  content.name = name;
  content.bytes = as_bytes(text);
  const std::string kind = kind_of(text, name);
  for (const SourceReader& reader : source_readers()) {
    if (reader.kind != kind) continue;
    SourceIntake out = reader.read(content, context);
    if (out.source.kind.empty()) out.source.kind = reader.kind;
    return out;
  }
  SourceIntake out;
  out.source.state = SourceState::Ignored;
  return out;
}

/// Content of a file of the corpus below evidence/ or cases/; nothing when there is no corpus.
inline std::optional<std::string> corpus_text(const std::string& relative) {
  auto content = read_file(path_from_utf8(DROPSCOPE_CORPUS_DIR) / path_from_utf8(relative),
                           std::uint64_t{64} << 20);
  if (!content) return std::nullopt;
  return std::move(*content);
}

}  // namespace dropscope::test_logs
