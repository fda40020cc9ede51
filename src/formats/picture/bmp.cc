#include "formats/picture/codec.h"

#include <fmt/format.h>

namespace dropscope::picture {
namespace {

// BITMAPFILEHEADER and BITMAPINFOHEADER (wingdi.h); all little-endian.
constexpr std::size_t kPixelsOffset = 10;
constexpr std::size_t kHeightOffset = 22;
constexpr std::size_t kBitsOffset = 28;
constexpr std::size_t kCompressionOffset = 30;
constexpr std::uint32_t kUncompressed = 0;  // BI_RGB
constexpr std::uint32_t kBitFields = 3;  // BI_BITFIELDS; of 32 bits it is blue, green, red as well.

}  // namespace

Result<Picture> decode_bmp(Bytes bytes, Size size) {
  if (!fits(bytes, 0, kCompressionOffset + 4)) {
    return fail(ErrorCode::Corrupt, "a BMP picture that ends in its header; copy the file again");
  }
  const auto begin = load_le<std::uint32_t>(&bytes[kPixelsOffset]);
  const bool top_down = load_le<std::int32_t>(&bytes[kHeightOffset]) < 0;
  const auto bits = load_le<std::uint16_t>(&bytes[kBitsOffset]);
  const auto compression = load_le<std::uint32_t>(&bytes[kCompressionOffset]);
  const bool known = (bits == 24 && compression == kUncompressed) ||
                     (bits == 32 && (compression == kUncompressed || compression == kBitFields));
  if (!known) {
    return fail(ErrorCode::Unsupported,
                fmt::format("a BMP picture of {} bits with compression {}; 24 and 32 bits without "
                            "are read: save it as PNG",
                            bits, compression));
  }
  const std::size_t step = bits / 8u;
  const auto width = static_cast<std::size_t>(size.width);
  const auto height = static_cast<std::size_t>(size.height);
  const std::size_t stride = (width * step + 3) / 4 * 4;  // Rows begin at multiples of four bytes.
  if (!fits(bytes, begin, stride * height)) {
    return fail(
        ErrorCode::Corrupt,
        fmt::format("a BMP picture that is cut off: expected {} bytes of pixels from offset "
                    "{}, found {} bytes in all; copy the file again",
                    stride * height, begin, bytes.size()));
  }
  Picture out;
  out.size = size;
  out.rgb.resize(width * height * 3);
  for (std::size_t y = 0; y < height; ++y) {
    const std::size_t row = begin + stride * (top_down ? y : height - 1 - y);
    for (std::size_t x = 0; x < width; ++x) {
      for (std::size_t c = 0; c < 3; ++c) {
        out.rgb[(y * width + x) * 3 + c] =
            std::to_integer<std::uint8_t>(bytes[row + x * step + 2 - c]);
      }
    }
  }
  return out;
}

}  // namespace dropscope::picture
