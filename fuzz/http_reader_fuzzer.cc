// Any bytes as the answer of a server of HTTP: in one piece and in pieces the result is the same,
// and what is no answer has a sentence. As a request of a client, it asks for a long poll of a
// possible length, or for none.
#include <algorithm>
#include <string_view>

#include "base/result.h"
#include "probe/http_reader.h"
#include "probe/long_poll.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using dropscope::probe::HttpReader;
  if (size == 0) return 0;
  const std::size_t piece = data[0] % 32 + 1;
  std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  namespace probe = dropscope::probe;
  if (const auto every = probe::poll_every(rest)) {
    dropscope::check(*every >= probe::kShortestPoll && *every <= probe::kLongestPoll,
                     "a length out of bounds");
  }
  dropscope::check(probe::poll_state(rest) != probe::PollState::Asked ||
                       probe::poll_state(rest.substr(0, rest.size() / 8)) != probe::PollState::Not,
                   "a request whose beginning is none");
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
