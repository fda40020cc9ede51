// Any bytes as lines inside of what collected them. Checks that each gives one line, that an
// unwrapped one is not unwrapped again into nothing, and that the same line gives the same.
#include <string>

#include "base/result.h"
#include "formats/logwrap/json_strings.h"
#include "formats/logwrap/unwrap.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dropscope;
  const Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  logwrap::LogLines lines(bytes);
  text::LineReader plain(bytes);
  std::string buffer;
  text::Line line;
  for (text::Line raw; plain.next(raw);) {
    check(lines.next(line), "a line is missing");
    check(line.number == raw.number && line.offset == raw.offset, "a line stands elsewhere");
    check(line.text == logwrap::unwrap(raw.text, buffer), "the same line gives another");
    logwrap::for_each_scalar(raw.text, [&](const logwrap::Scalar& scalar) {
      for (const std::string_view part : {scalar.key, scalar.value, scalar.parent, scalar.above}) {
        check(part.empty() || (part.data() >= raw.text.data() &&
                               part.data() + part.size() <= raw.text.data() + raw.text.size()),
              "a view leaves its line");
      }
      check(scalar.depth >= 1 && scalar.depth <= logwrap::kMostDepth, "a depth outside its range");
    });
  }
  check(!lines.next(line), "a line too many");
  return 0;
}
