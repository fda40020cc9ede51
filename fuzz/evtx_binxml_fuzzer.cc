// Any bytes as the BinXML of one record: past the headers at which most inputs of evtx_fuzzer fail,
// so that tokens, templates and values get all the attention. The bytes stand where the first
// record's BinXML stands in a real chunk, which is where the seeds' names and templates expect
// them.
#include <string>
#include <vector>

#include "base/result.h"
#include "base/utf16.h"
#include "formats/evtx/event.h"
#include "formats/evtx/xml.h"
#include "formats/evtx/xml_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using dropscope::check;
  using namespace dropscope::evtx;
  if (size > kChunkBytes - kChunkHeaderBytes) return 0;
  std::vector<std::byte> chunk(kChunkHeaderBytes);
  const auto* bytes = reinterpret_cast<const std::byte*>(data);
  chunk.insert(chunk.end(), bytes, bytes + size);
  BinXmlReader reader;
  reader.begin_chunk(chunk);
  // The second time, the templates are known already.
  std::string first;
  for (int i = 0; i < 2; ++i) {
    const auto fragment = reader.fragment(kChunkHeaderBytes, size);
    if (!fragment) {
      check(reader.error().what[0] != '\0', "an error without words");
      check(reader.error().offset <= chunk.size(), "an error outside the chunk");
      return 0;
    }
    const EventView event(reader, *fragment);
    for (std::size_t f = 0; f < kFieldCount; ++f) {
      check(dropscope::is_utf8(event.field(static_cast<Field>(f)).to_text()), "field is not UTF-8");
    }
    std::vector<EventView::Item> items;
    (void)event.data(items);
    for (const EventView::Item& item : items) {
      check(dropscope::is_utf8(item.name) && dropscope::is_utf8(item.text), "data is not UTF-8");
    }
    std::string xml;
    (void)append_xml(xml, reader, *fragment);
    std::string complaint;
    check(test::XmlCheck::parse(xml, &complaint).has_value(), complaint);
    check(i == 0 || xml == first, "a second reading differs");
    first = std::move(xml);
  }
  return 0;
}
