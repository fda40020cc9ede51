#pragma once

// Bytes in memory, given block by block.

#include <algorithm>
#include <cstddef>
#include <span>

#include "base/byte_source.h"
#include "base/bytes.h"
#include "base/result.h"

namespace dropscope {

class BytesInBlocks final : public ByteSource {
 public:
  BytesInBlocks(Bytes bytes, std::size_t block_bytes) : bytes_(bytes), block_bytes_(block_bytes) {}

  [[nodiscard]] std::size_t size() const override { return bytes_.size(); }
  [[nodiscard]] std::size_t block_bytes() const override { return block_bytes_; }
  void read(std::size_t offset, std::span<std::byte> to) override {
    check(fits(bytes_, offset, to.size()), "more is asked for than there is");
    check(offset == next_, "not read from front to back");
    next_ = offset + to.size();
    most_ = std::max(most_, to.size());
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), to.size(), to.begin());
  }

  /// The most that was asked for at once.
  [[nodiscard]] std::size_t most() const { return most_; }

 private:
  Bytes bytes_;
  std::size_t block_bytes_;
  std::size_t next_ = 0;
  std::size_t most_ = 0;
};

}  // namespace dropscope
