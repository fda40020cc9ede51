#include "formats/picture/text_reader.h"

#include <algorithm>

namespace dropscope::picture {

std::string Reading::text() const {
  std::string out;
  for (const Word& word : words) out += (out.empty() ? "" : " ") + word.text;
  return out;
}

double Reading::confidence() const {
  double least = words.empty() ? 0.0 : 1.0;
  for (const Word& word : words) least = std::min(least, word.confidence);
  return least;
}

}  // namespace dropscope::picture
