#pragma once

// Goes along with the reading of one content from front to back: what has been read is added to the
// digest while it is still in the processor's caches, and the pages of a map are given back.
//
// A reader takes the content from here block by block, or reads the content's bytes and tells how
// far it has come.

#include <cstddef>
#include <span>
#include <string>

#include "base/byte_source.h"
#include "base/bytes.h"
#include "base/mapped_file.h"
#include "base/sha256.h"

namespace dropscope {

class ContentPass : public ByteSource {
 public:
  /// Fits a cache of the second level, with room for what the reader itself uses.
  static constexpr std::size_t kBlockBytes = std::size_t{256} << 10;

  /// `map` is the one that `bytes` is the whole of, or null. Both must outlive the pass.
  ContentPass(Bytes bytes, const MappedFile* map, std::size_t block_bytes = kBlockBytes)
      : bytes_(bytes), map_(map), block_bytes_(block_bytes), next_(block_bytes) {}

  [[nodiscard]] std::size_t size() const override { return bytes_.size(); }
  [[nodiscard]] std::size_t block_bytes() const override { return block_bytes_; }
  void read(std::size_t offset, std::span<std::byte> to) override;

  /// To be called by a reader of the content's bytes, as often as it likes: what lies before
  /// `offset` has been read.
  void reached(std::size_t offset) {
    if (offset >= next_) advance(offset);
  }

  /// Of all bytes, also of those that no reader reached. To be called once, at the end.
  [[nodiscard]] std::string sha256();

 private:
  /// What of a large file is resident stays below this.
  static constexpr std::size_t kReleaseBytes = std::size_t{64} << 20;

  void advance(std::size_t offset);
  void add(Bytes piece);

  Bytes bytes_;
  const MappedFile* map_;
  std::size_t block_bytes_;
  Sha256 digest_;
  std::size_t next_;  ///< Where reached() has something to do again.
  std::size_t hashed_ = 0;
  std::size_t released_ = 0;
};

}  // namespace dropscope
