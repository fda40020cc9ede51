#include "formats/picture/picture.h"

#include <gtest/gtest.h>

#include <string>

namespace dropscope::picture {
namespace {

std::string big_endian(std::uint32_t value, int count) {
  std::string out;
  for (int i = count - 1; i >= 0; --i) out.push_back(static_cast<char>((value >> (8 * i)) & 0xff));
  return out;
}

std::string png_header(std::uint32_t width, std::uint32_t height) {
  return "\x89PNG\r\n\x1a\n" + big_endian(13, 4) + "IHDR" + big_endian(width, 4) +
         big_endian(height, 4) + std::string("\x08\x02\x00\x00\x00", 5);
}

std::string little(std::uint32_t value, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out.push_back(static_cast<char>((value >> (8 * i)) & 0xff));
  return out;
}

/// 2 x 2 pixels of 24 bits, the lower row first: blue, green; red, white.
std::string small_bmp() {
  const std::string pixels = std::string("\xff\x00\x00\x00\xff\x00\x00\x00", 8) +
                             std::string("\x00\x00\xff\xff\xff\xff\x00\x00", 8);
  return "BM" + little(54 + 16, 4) + little(0, 4) + little(54, 4) + little(40, 4) + little(2, 4) +
         little(2, 4) + little(1, 2) + little(24, 2) + little(0, 4) + little(16, 4) + little(0, 4) +
         little(0, 4) + little(0, 4) + little(0, 4) + pixels;
}

TEST(Picture, IsKnownByItsFirstBytes) {
  EXPECT_EQ(kind_of(as_bytes(png_header(1, 1))), Kind::Png);
  EXPECT_EQ(kind_of(as_bytes("\xff\xd8\xff\xe0")), Kind::Jpeg);
  EXPECT_EQ(kind_of(as_bytes(small_bmp())), Kind::Bmp);
  EXPECT_EQ(kind_of(as_bytes("GIF89a....")), Kind::Other);
  EXPECT_EQ(kind_of(as_bytes("BMW is the beginning of a text that is long enough")), Kind::None);
  EXPECT_EQ(kind_of(as_bytes("")), Kind::None);
}

TEST(Picture, RefusesWhatClaimsTooMuch) {
  EXPECT_EQ(size_of(as_bytes(png_header(16385, 1))).error().code, ErrorCode::Limit);
  EXPECT_EQ(size_of(as_bytes(png_header(16000, 16000))).error().code, ErrorCode::Limit);
  EXPECT_EQ(size_of(as_bytes(png_header(0xffffffff, 0xffffffff))).error().code, ErrorCode::Limit);
  EXPECT_EQ(size_of(as_bytes(png_header(0, 5))).error().code, ErrorCode::Corrupt);
  EXPECT_EQ(size_of(as_bytes("GIF89a")).error().code, ErrorCode::Unsupported);
  const auto good = size_of(as_bytes(png_header(1205, 166)));
  ASSERT_TRUE(good);
  EXPECT_EQ(good->width, 1205);
  EXPECT_EQ(good->height, 166);
}

TEST(Picture, FindsTheSizeOfAJpegBehindOtherMarkers) {
  const std::string app = "\xff\xe0" + big_endian(6, 2) + "JFIF";
  const std::string fill = "\xff";
  const std::string frame =
      "\xff\xc2" + big_endian(11, 2) + "\x08" + big_endian(20, 2) + big_endian(30, 2);
  const auto size = size_of(as_bytes("\xff\xd8" + app + fill + frame));
  ASSERT_TRUE(size);
  EXPECT_EQ(size->width, 30);
  EXPECT_EQ(size->height, 20);
  EXPECT_FALSE(size_of(as_bytes("\xff\xd8" + app)));
  // A length that is too short to hold itself would never end.
  EXPECT_FALSE(size_of(as_bytes("\xff\xd8\xff\xe0" + std::string(20, '\0'))));
}

TEST(Picture, ReadsBmp) {
  const auto picture = decode(as_bytes(small_bmp()));
  ASSERT_TRUE(picture) << picture.error().text();
  EXPECT_EQ(picture->rgb,
            (std::vector<std::uint8_t>{255, 0, 0, 255, 255, 255, 0, 0, 255, 0, 255, 0}));
  const Grey grey = to_grey(*picture);
  EXPECT_EQ(grey.at(1, 0), 255);
  EXPECT_LT(grey.at(0, 1), grey.at(1, 1)) << "blue is darker than green";
  const std::string cut = small_bmp().substr(0, 60);
  EXPECT_EQ(decode(as_bytes(cut)).error().code, ErrorCode::Corrupt);
}

#ifndef _WIN32
TEST(Picture, APartComesBackFromItsPng) {
  Picture picture;
  picture.size = {3, 2};
  for (std::uint8_t i = 0; i < 18; ++i) picture.rgb.push_back(static_cast<std::uint8_t>(i * 14));
  const auto png = encode_png(picture, {1, 0, 9, 9});
  ASSERT_TRUE(png);
  const auto part = decode(as_bytes(*png));
  ASSERT_TRUE(part) << part.error().text();
  EXPECT_EQ(part->size.width, 2);
  EXPECT_EQ(part->size.height, 2);
  EXPECT_EQ(part->rgb[0], picture.rgb[3]);
  EXPECT_EQ(encode_png(picture, {3, 0, 9, 9}).value(), "") << "a part without pixels";
  EXPECT_EQ(decode(as_bytes(png->substr(0, png->size() / 2))).error().code, ErrorCode::Corrupt);
}
#else
TEST(Picture, SaysThatItIsNotReadHere) {
  const auto read = decode(as_bytes(png_header(10, 10)));
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("paste the text"), std::string::npos);
}
#endif

}  // namespace
}  // namespace dropscope::picture
