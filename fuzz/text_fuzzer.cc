// Any bytes as text: lines, cells, times and syslog headers. Checks what line_reader.h,
// row_splitter.h, stamp.h and syslog.h promise, and that lines do not depend on the size of blocks.
#include <string>

#include "base/bytes_in_blocks.h"
#include "base/result.h"
#include "base/utf16.h"
#include "formats/syslog/syslog.h"
#include "formats/text/line_reader.h"
#include "formats/text/row_splitter.h"
#include "formats/text/stamp.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dropscope;
  const Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  text::LineReader lines(bytes);
  BytesInBlocks blocks(bytes, 1 + (size > 0 ? std::to_integer<std::size_t>(bytes.back()) : 0));
  text::LineReader in_blocks(blocks);
  std::uint64_t number = 0;
  std::uint64_t offset = 0;
  for (text::Line line; lines.next(line);) {
    text::Line other;
    check(in_blocks.next(other) && other.text == line.text && other.number == line.number &&
              other.offset == line.offset && other.assumed == line.assumed &&
              other.cut == line.cut && in_blocks.offset() == lines.offset(),
          "another line when read in blocks");
    check(line.number == number + 1, "lines are not numbered one by one");
    check(number == 0 || line.offset > offset, "lines do not ascend");
    check(line.offset <= size && lines.offset() <= size, "a line outside of the text");
    check(is_utf8(line.text), "a line is no UTF-8");
    check(line.text.find('\n') == std::string_view::npos, "a line holds the end of another");
    number = line.number;
    offset = line.offset;
    for (const text::Separator separator : text::kSeparators) {
      check(text::split_row(line.text, separator).size() <= text::kMaxRowCells, "too many cells");
    }
    for (const char* pattern : {"%d/%b/%Y:%H:%M:%S%f%z", "%x.%x.%Y %H:%M:%S %p", "%b%_%d %H:%M:%S",
                                "%Y-%m-%dT%H:%M:%S%f%z", "%U"}) {
      std::size_t used = 0;
      const auto stamp = text::read_stamp(line.text, pattern, used);
      if (!stamp) continue;
      check(used <= line.text.size(), "a time is longer than its line");
      (void)text::to_instant(*stamp);
    }
    const syslog::Header header = syslog::parse(line.text);
    check(header.priority >= -1, "a priority below none");
    const std::string_view text = line.text;
    check(header.message.empty() ||
              (header.message.data() >= text.data() &&
               header.message.data() + header.message.size() <= text.data() + text.size()),
          "a message leaves its line");
  }
  text::Line none;
  check(!in_blocks.next(none), "a line too many when read in blocks");
  (void)text::head_as_utf8(bytes, 4096);
  return 0;
}
