// Any bytes as a log of a layout of data/layouts, which the last byte chooses so that one run does
// not pay for all of them (a line feed: of every one, as intake does it); and the first line as a
// pattern for the others. Checks that values lie in their line and that reading accounts for what
// it keeps.
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "evidence/intake/layout_log.h"
#include "evidence/intake/layout_match.h"
#include "formats/layout/pattern.h"
#include "formats/text/line_reader.h"
#include "fuzz/check_inside.h"

using namespace dropscope;

namespace {

/// The catalogue as it is, and then once with each layout alone.
std::vector<Catalogue> catalogues() {
  const Catalogue whole = *Catalogue::load();
  std::vector<Catalogue> out = {whole};
  for (const LogLayout& layout : whole.layouts) {
    out.push_back(whole);
    out.back().layouts = {layout};
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<Catalogue> kCatalogues = catalogues();
  static const EventMatcher kMatcher(kCatalogues.front());
  const bool all = size == 0 || data[size - 1] == '\n';
  const Catalogue& catalogue = kCatalogues[all ? 0 : 1 + data[size - 1] % (kCatalogues.size() - 1)];
  const Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  for (const LogLayout& layout : catalogue.layouts) {
    LayoutMatcher matcher(layout);
    text::LineReader lines(bytes);
    for (text::Line line; lines.next(line);) {
      if (matcher.look(line.text, syslog::parse(line.text)) != LineIs::Matched) continue;
      for (std::size_t role = 0; role < kLayoutRoles; ++role) {
        check_inside(line.text, matcher.value(static_cast<LayoutRole>(role)));
      }
    }
  }
  const std::vector<std::string> stamps = {"%d/%b/%Y:%H:%M:%S%z", "%x/%x/%Y %H:%M:%S", "%U"};
  std::optional<layout::Pattern> pattern;
  layout::Values values;
  text::LineReader lines(bytes);
  for (text::Line line; lines.next(line);) {
    if (!pattern) {
      const auto slot_of = [](std::string_view name) -> std::optional<std::size_t> {
        return name.size() % 4;
      };
      auto compiled = layout::Pattern::compile(line.text, slot_of);
      if (!compiled) break;
      pattern = std::move(*compiled);
      continue;
    }
    values.assign(4, {});
    std::size_t begin = 0;
    if (!pattern->match(line.text, stamps, values, begin)) continue;
    for (const std::string_view value : values) check_inside(line.text, value);
  }
  const ReadContext context{kMatcher, catalogue, 20, {}, DateOrder::DayFirst};
  Content content;
  content.bytes = bytes;
  const SourceIntake in = read_layout_log(content, context);
  check(in.closes.size() <= in.source.records, "more closes than lines");
  check(in.source.damage.size() <= 20, "more damages than are to be kept");
  return 0;
}
