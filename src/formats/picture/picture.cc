#include "formats/picture/picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "formats/picture/codec.h"

namespace dropscope::picture {
namespace {

constexpr std::string_view kPngMagic = "\x89PNG\r\n\x1a\n";

std::uint32_t big_endian(Bytes bytes, std::size_t offset, std::size_t count) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    value = (value << 8) | std::to_integer<std::uint32_t>(bytes[offset + i]);
  }
  return value;
}

struct Claim {
  std::int64_t width = 0;
  std::int64_t height = 0;
};

std::optional<Claim> png_claim(Bytes bytes) {
  if (!fits(bytes, 16, 8) || as_text(bytes.subspan(12, 4)) != "IHDR") return std::nullopt;
  return Claim{big_endian(bytes, 16, 4), big_endian(bytes, 20, 4)};
}

/// Walks the markers up to the first start of frame.
std::optional<Claim> jpeg_claim(Bytes bytes) {
  std::size_t at = 2;
  while (fits(bytes, at, 4)) {
    if (bytes[at] != std::byte{0xff}) return std::nullopt;
    const auto marker = std::to_integer<unsigned>(bytes[at + 1]);
    if (marker == 0xff) {  // A fill byte.
      ++at;
      continue;
    }
    // Without length: TEM and RST0 to RST7.
    if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
      at += 2;
      continue;
    }
    const std::size_t length = big_endian(bytes, at + 2, 2);
    if (length < 2) return std::nullopt;
    // SOF0 to SOF15 without DHT (C4), JPG (C8) and DAC (CC).
    const bool frame =
        marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    if (frame) {
      if (!fits(bytes, at + 5, 4)) return std::nullopt;
      return Claim{big_endian(bytes, at + 7, 2), big_endian(bytes, at + 5, 2)};
    }
    at += 2 + length;
  }
  return std::nullopt;
}

std::optional<Claim> bmp_claim(Bytes bytes) {
  if (!fits(bytes, 18, 8)) return std::nullopt;
  const std::int64_t height = load_le<std::int32_t>(&bytes[22]);
  return Claim{load_le<std::int32_t>(&bytes[18]), height < 0 ? -height : height};
}

}  // namespace

Kind kind_of(Bytes bytes) {
  const std::string_view text = as_text(bytes.first(std::min<std::size_t>(bytes.size(), 16)));
  if (text.starts_with(kPngMagic)) return Kind::Png;
  if (text.starts_with("\xff\xd8\xff")) return Kind::Jpeg;
  // "BM" alone begins many a text; the reserved fields are zero and the header has one of few
  // sizes.
  if (text.starts_with("BM") && fits(bytes, 0, 26) && load_le<std::uint32_t>(&bytes[6]) == 0) {
    const auto header = load_le<std::uint32_t>(&bytes[14]);
    if (header == 40 || header == 52 || header == 56 || header == 108 || header == 124) {
      return Kind::Bmp;
    }
  }
  if (text.starts_with("GIF87a") || text.starts_with("GIF89a")) return Kind::Other;
  if (text.starts_with(std::string_view("II*\0", 4)) ||
      text.starts_with(std::string_view("MM\0*", 4))) {
    return Kind::Other;
  }
  if (text.starts_with("RIFF") && text.substr(std::min<std::size_t>(8, text.size()), 4) == "WEBP") {
    return Kind::Other;
  }
  return Kind::None;
}

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::Png:
      return "PNG";
    case Kind::Jpeg:
      return "JPEG";
    case Kind::Bmp:
      return "BMP";
    case Kind::Other:
      return "GIF, TIFF or WebP";
    case Kind::None:
      break;
  }
  return {};
}

Result<Size> size_of(Bytes bytes) {
  const Kind kind = kind_of(bytes);
  std::optional<Claim> claim;
  switch (kind) {
    case Kind::Png:
      claim = png_claim(bytes);
      break;
    case Kind::Jpeg:
      claim = jpeg_claim(bytes);
      break;
    case Kind::Bmp:
      claim = bmp_claim(bytes);
      break;
    case Kind::Other:
      return fail(ErrorCode::Unsupported,
                  "a picture of a kind that is not read (GIF, TIFF or WebP); save it as PNG");
    case Kind::None:
      return fail(ErrorCode::Unsupported, "not a picture: expected PNG, JPEG or BMP");
  }
  if (!claim || claim->width < 1 || claim->height < 1) {
    return fail(
        ErrorCode::Corrupt,
        fmt::format("a {} picture whose header is cut off or holds no size; take the screen "
                    "shot again, or copy the file again",
                    name_of(kind)));
  }
  if (claim->width > kLargestSide || claim->height > kLargestSide ||
      claim->width * claim->height > kMostPixels) {
    return fail(ErrorCode::Limit,
                fmt::format("a picture of {} x {} pixels; up to {} x {} and {} million in all are "
                            "read: cut out the window and save that",
                            claim->width, claim->height, kLargestSide, kLargestSide,
                            kMostPixels / 1'000'000));
  }
  return Size{static_cast<int>(claim->width), static_cast<int>(claim->height)};
}

Result<Picture> decode(Bytes bytes) {
  const auto size = size_of(bytes);
  if (!size) return fail(size.error());
  switch (kind_of(bytes)) {
    case Kind::Png:
      return decode_png(bytes, *size);
    case Kind::Jpeg:
      return decode_jpeg(bytes, *size);
    default:
      return decode_bmp(bytes, *size);
  }
}

Grey to_grey(const Picture& picture) {
  Grey grey(picture.size.width, picture.size.height, 0);
  for (std::size_t i = 0; i < grey.pixels.size(); ++i) {
    const std::uint8_t* p = &picture.rgb[i * 3];
    // Luma of ITU-R BT.601 in 1/256.
    grey.pixels[i] = static_cast<std::uint8_t>((77u * p[0] + 150u * p[1] + 29u * p[2]) >> 8);
  }
  return grey;
}

Result<std::string> encode_png(const Picture& picture, Box part) {
  part.left = std::clamp(part.left, 0, picture.size.width);
  part.right = std::clamp(part.right, part.left, picture.size.width);
  part.top = std::clamp(part.top, 0, picture.size.height);
  part.bottom = std::clamp(part.bottom, part.top, picture.size.height);
  if (part.width() == 0 || part.height() == 0) return std::string();
  return write_png(picture, part);
}

}  // namespace dropscope::picture
