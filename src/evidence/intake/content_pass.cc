#include "evidence/intake/content_pass.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace dropscope {

void ContentPass::read(std::size_t offset, std::span<std::byte> to) {
  if (to.empty()) return;
  if (map_ != nullptr) {
    map_->read(offset, to);
  } else {
    std::memcpy(to.data(), bytes_.data() + offset, to.size());
  }
  // What comes again has been counted; a reader that skips something leaves the rest to sha256().
  const std::size_t end = offset + to.size();
  if (offset <= hashed_ && hashed_ < end) add(to.last(end - hashed_));
}

void ContentPass::advance(std::size_t offset) {
  offset = std::min(offset, bytes_.size());
  if (offset > hashed_) add(bytes_.subspan(hashed_, offset - hashed_));
  next_ = hashed_ + block_bytes_;
}

void ContentPass::add(Bytes piece) {
  digest_.add(piece);
  hashed_ += piece.size();
  if (map_ == nullptr || hashed_ - released_ < kReleaseBytes) return;
  map_->release_pages();
  released_ = hashed_;
}

std::string ContentPass::sha256() {
  std::vector<std::byte> block(std::min(kBlockBytes, bytes_.size() - hashed_));
  while (hashed_ < bytes_.size()) {
    read(hashed_, std::span(block).first(std::min(block.size(), bytes_.size() - hashed_)));
  }
  return digest_.hex();
}

}  // namespace dropscope
