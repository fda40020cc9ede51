#pragma once

// Pictures as people attach them: screen shots as PNG, JPEG and BMP. The page is FORMAT.md.
//
// What a picture is and how large it claims to be is read from its first bytes on every system,
// before any library is asked: a few hundred bytes can claim to be gigabytes. Decoding is the
// system's part.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace dropscope::picture {

enum class Kind : std::uint8_t {
  None,  ///< Not a picture that is known.
  Png,
  Jpeg,
  Bmp,
  Other,  ///< A picture of a kind that is not read: GIF, TIFF, WebP.
};

/// By the first bytes alone.
[[nodiscard]] Kind kind_of(Bytes bytes);
/// "PNG", "JPEG" …; empty for None.
[[nodiscard]] std::string_view name_of(Kind kind);

struct Size {
  int width = 0;   ///< Pixels, at least 1.
  int height = 0;  ///< Pixels, at least 1.
};

/// A picture is refused beyond these. Screens have up to 7680 x 4320 pixels (8K UHD, ITU-R
/// BT.2020); twice that in either direction is several of them side by side.
inline constexpr int kLargestSide = 16384;
inline constexpr std::int64_t kMostPixels = std::int64_t{7680} * 4320 * 2;

/// What the header claims. Corrupt: there is no such header; Limit: beyond the bounds above;
/// Unsupported: a kind that is not read.
[[nodiscard]] Result<Size> size_of(Bytes bytes);

struct Picture {
  Size size;
  std::vector<std::uint8_t> rgb;  ///< Three bytes a pixel, row by row, no padding.
};

/// Transparent parts come out white. Errors as of size_of(), and Corrupt when the pixels cannot be
/// read; Unsupported where this build does not decode the kind.
[[nodiscard]] Result<Picture> decode(Bytes bytes);

/// Brightness, row by row: 0 black, 255 white.
struct Grey {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> pixels;

  Grey() = default;
  Grey(int w, int h, std::uint8_t value)
      : width(w),
        height(h),
        pixels(static_cast<std::size_t>(w) * static_cast<std::size_t>(h), value) {}
  [[nodiscard]] std::uint8_t at(int x, int y) const { return pixels[index(x, y)]; }
  [[nodiscard]] std::uint8_t& at(int x, int y) { return pixels[index(x, y)]; }

 private:
  [[nodiscard]] std::size_t index(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
           static_cast<std::size_t>(x);
  }
};
[[nodiscard]] Grey to_grey(const Picture& picture);

/// [left, right) by [top, bottom), in pixels.
struct Box {
  int left = 0;
  int top = 0;
  int right = 0;
  int bottom = 0;
  [[nodiscard]] int width() const { return right - left; }
  [[nodiscard]] int height() const { return bottom - top; }
};

/// A part as PNG file, for showing; the box is clipped to the picture. Empty where it holds no
/// pixel. Unsupported where this build has no encoder.
[[nodiscard]] Result<std::string> encode_png(const Picture& picture, Box part);

}  // namespace dropscope::picture
