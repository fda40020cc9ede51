#pragma once

// Reads a text through the reader that recognises it, as the intake does.

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "evidence/intake/content_pass.h"
#include "evidence/intake/source_reader.h"
#include "formats/text/line_reader.h"

namespace dropscope {

inline const Catalogue& built_in_catalogue() {
  static const Catalogue kCatalogue = *Catalogue::load();
  return kCatalogue;
}

/// Kind of the reader that takes the bytes; empty when none does.
inline std::string kind_of_bytes(Bytes bytes, std::string_view name) {
  const Head head{bytes.first(std::min(bytes.size(), kHeadBytes)),
                  text::head_as_utf8(bytes, kHeadBytes), name, &built_in_catalogue()};
  for (const SourceReader& reader : source_readers()) {
    if (reader.recognises(head)) return std::string(reader.kind);
  }
  return {};
}

struct ReadOptions {
  std::optional<TimeZone> zone;
  std::optional<DateOrder> order;
};

inline SourceIntake read_bytes(Bytes bytes, std::string_view name,
                               const ReadOptions& options = {}) {
  const Catalogue& catalogue = built_in_catalogue();
  const EventMatcher matcher(catalogue);
  const ReadContext context{matcher, catalogue, 20, options.zone, options.order};
  const Head head{bytes.first(std::min(bytes.size(), kHeadBytes)),
                  text::head_as_utf8(bytes, kHeadBytes), name, &catalogue};
  Content content;
  content.name = std::string(name);
  content.bytes = bytes;
  // Blocks that end in the middle of most lines: nothing may be kept of a line that has passed.
  constexpr std::size_t kShortBlock = 100;
  ContentPass pass(bytes, nullptr, kShortBlock);
  content.pass = &pass;
  for (const SourceReader& reader : source_readers()) {
    if (!reader.recognises(head)) continue;
    SourceIntake out = reader.read(content, context);
    if (out.source.kind.empty()) out.source.kind = reader.kind;
    return out;
  }
  ADD_FAILURE() << name << " is not recognised";
  return {};
}

inline SourceIntake read_text(std::string_view text, const ReadOptions& options = {}) {
  return read_bytes(as_bytes(text), "evidence.txt", options);
}

}  // namespace dropscope
