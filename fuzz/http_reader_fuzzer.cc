// Any bytes as the answer of a server of HTTP: in one piece and in pieces the result is the same,
// and what is no answer has a sentence.
#include <algorithm>
#include <string_view>

#include "base/result.h"
#include "probe/http_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using dropscope::probe::HttpReader;
  if (size == 0) return 0;
  const std::size_t piece = data[0] % 32 + 1;
  std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  HttpReader whole;
  const HttpReader::State state = whole.add(rest);
  HttpReader pieces;
  HttpReader::State last = HttpReader::State::Reading;
  while (!rest.empty()) {
    last = pieces.add(rest.substr(0, piece));
    rest.remove_prefix(std::min(piece, rest.size()));
  }
  dropscope::check(last == state, "the pieces change how far the answer is");
  dropscope::check((state == HttpReader::State::Broken) != whole.problem().empty(),
                   "no answer, and no sentence, or a sentence about one");
  if (state == HttpReader::State::Done) {
    dropscope::check(whole.answer() == pieces.answer(), "the pieces change the answer");
    dropscope::check(whole.answer().status >= 200 && whole.answer().status <= 599,
                     "a status that is none");
  }
  return 0;
}
