#include <fmt/format.h>
#include <png.h>
#include <turbojpeg.h>

#include <memory>
#include <type_traits>

#include "formats/picture/codec.h"

namespace dropscope::picture {
namespace {

struct PngDeleter {
  void operator()(png_image* image) const { png_image_free(image); }
};
struct TurboDeleter {
  void operator()(void* handle) const { tjDestroy(handle); }
};

auto broken(std::string_view kind, std::string_view why) {
  return fail(
      ErrorCode::Corrupt,
      fmt::format("a {} picture that cannot be decoded ({}); take the screen shot again, or "
                  "copy the file again",
                  kind, why));
}

std::size_t bytes_of(Size size) {
  return static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height) * 3;
}

}  // namespace

Result<Picture> decode_png(Bytes bytes, Size size) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  const std::unique_ptr<png_image, PngDeleter> owner(&image);
  if (png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()) == 0) {
    return broken("PNG", image.message);
  }
  if (image.width != static_cast<png_uint_32>(size.width) ||
      image.height != static_cast<png_uint_32>(size.height)) {
    return broken("PNG", "its size is not that of its header");
  }
  image.format = PNG_FORMAT_RGB;
  Picture out;
  out.size = size;
  out.rgb.resize(bytes_of(size));
  const png_color white{255, 255, 255};
  if (png_image_finish_read(&image, &white, out.rgb.data(), 0, nullptr) == 0) {
    return broken("PNG", image.message);
  }
  return out;
}

Result<Picture> decode_jpeg(Bytes bytes, Size size) {
  const std::unique_ptr<std::remove_pointer_t<tjhandle>, TurboDeleter> handle(tjInitDecompress());
  if (!handle) return broken("JPEG", "no memory");
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  int width = 0;
  int height = 0;
  int sampling = 0;
  int colours = 0;
  if (tjDecompressHeader3(handle.get(), data, static_cast<unsigned long>(bytes.size()), &width,
                          &height, &sampling, &colours) != 0) {
    return broken("JPEG", tjGetErrorStr2(handle.get()));
  }
  if (width != size.width || height != size.height) {
    return broken("JPEG", "its size is not that of its first frame");
  }
  Picture out;
  out.size = size;
  out.rgb.resize(bytes_of(size));
  // A progressive picture of some kilobytes can ask for hours of work: the number of scans is
  // limited.
  const int flags = TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS;
  const int failed = tjDecompress2(handle.get(), data, static_cast<unsigned long>(bytes.size()),
                                   out.rgb.data(), width, 0, height, TJPF_RGB, flags);
  if (failed != 0 && tjGetErrorCode(handle.get()) != TJERR_WARNING) {
    return broken("JPEG", tjGetErrorStr2(handle.get()));
  }
  return out;
}

Result<std::string> write_png(const Picture& picture, Box part) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(part.width());
  image.height = static_cast<png_uint_32>(part.height());
  image.format = PNG_FORMAT_RGB;
  const std::unique_ptr<png_image, PngDeleter> owner(&image);
  const std::size_t stride = static_cast<std::size_t>(picture.size.width) * 3;
  const std::uint8_t* begin = &picture.rgb[static_cast<std::size_t>(part.top) * stride +
                                           static_cast<std::size_t>(part.left) * 3];
  std::string out(PNG_IMAGE_PNG_SIZE_MAX(image), '\0');
  png_alloc_size_t size = out.size();
  if (png_image_write_to_memory(&image, out.data(), &size, 0, begin,
                                static_cast<png_int_32>(stride), nullptr) == 0) {
    return fail(ErrorCode::Io,
                fmt::format("a part of a picture could not be written as PNG ({})", image.message));
  }
  out.resize(size);
  return out;
}

}  // namespace dropscope::picture
