#include "formats/picture/text_reader.h"

namespace dropscope::picture {

struct TextReader::State {};

TextReader::TextReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
TextReader::TextReader(TextReader&&) noexcept = default;
TextReader& TextReader::operator=(TextReader&&) noexcept = default;
TextReader::~TextReader() = default;

Result<TextReader> TextReader::open() {
  return fail(
      ErrorCode::Unsupported,
      "a picture, which the Windows program does not read; paste the text instead: select the "
      "rows of the window, press Ctrl+C, and save them as a text file");
}

Reading TextReader::read_line(const Grey&, std::string_view) {
  return {};
}

}  // namespace dropscope::picture
