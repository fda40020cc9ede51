#include "base/shared_file.h"

#include <utility>

namespace dropscope {

SharedFile::SharedFile(SharedFile&& other) noexcept
    : file_(std::exchange(other.file_, -1)),
      identity_(other.identity_),
      path_(std::move(other.path_)) {}

SharedFile& SharedFile::operator=(SharedFile&& other) noexcept {
  std::swap(file_, other.file_);
  std::swap(identity_, other.identity_);
  std::swap(path_, other.path_);
  return *this;
}

}  // namespace dropscope
