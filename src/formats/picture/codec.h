#pragma once

// The decoders behind decode(), one per kind. Each is given bytes whose kind and size have been
// looked at.

#include <string>

#include "formats/picture/picture.h"

namespace dropscope::picture {

// codec_posix.cc: libpng and libjpeg-turbo. codec_win32.cc: Unsupported, as Debian has neither for
// MinGW.
[[nodiscard]] Result<Picture> decode_png(Bytes bytes, Size size);
[[nodiscard]] Result<Picture> decode_jpeg(Bytes bytes, Size size);
/// `part` lies inside the picture and is not empty.
[[nodiscard]] Result<std::string> write_png(const Picture& picture, Box part);

/// Uncompressed, 24 or 32 bits a pixel: what Windows' own programs write.
[[nodiscard]] Result<Picture> decode_bmp(Bytes bytes, Size size);

}  // namespace dropscope::picture
