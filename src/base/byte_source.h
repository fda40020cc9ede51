#pragma once

// Bytes that are read as they are needed. A map is read where it stands, but each of its pages
// costs a fault when it is first touched; of a text that is read once, from front to back, reading
// blocks takes a quarter of the time.

#include <cstddef>
#include <span>

namespace dropscope {

class ByteSource {
 public:
  virtual ~ByteSource() = default;

  [[nodiscard]] virtual std::size_t size() const = 0;
  /// How much is best read at once; at least 1.
  [[nodiscard]] virtual std::size_t block_bytes() const = 0;
  /// Fills `to` with what stands from `offset` on; offset + to.size() is at most size(). Never
  /// fails: what cannot be read is zeros, and its owner knows.
  virtual void read(std::size_t offset, std::span<std::byte> to) = 0;

 protected:
  ByteSource() = default;
  ByteSource(const ByteSource&) = default;
  ByteSource& operator=(const ByteSource&) = default;
};

}  // namespace dropscope
