#include "formats/picture/codec.h"

namespace dropscope::picture {
namespace {

auto not_here() {
  return fail(
      ErrorCode::Unsupported,
      "a picture, which the Windows program does not read; paste the text instead: select the "
      "rows of the window, press Ctrl+C, and save them as a text file");
}

}  // namespace

Result<Picture> decode_png(Bytes, Size) {
  return not_here();
}

Result<Picture> decode_jpeg(Bytes, Size) {
  return not_here();
}

Result<std::string> write_png(const Picture&, Box) {
  return not_here();
}

}  // namespace dropscope::picture
