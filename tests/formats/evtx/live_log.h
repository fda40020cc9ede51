#pragma once

// A log as the service writes it, step by step: it grows, runs full and overwrites its oldest
// chunk, is cleared and archived. Every record has a serial number that no other record ever has;
// it is stored as the record's time, so that a reader's answer can be compared whatever the ids do.

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <vector>

#include "formats/evtx/binxml_bytes.h"
#include "formats/evtx/format.h"

namespace dropscope::evtx::test {

class LiveLog {
 public:
  struct Record {
    std::uint64_t id = 0;
    std::uint64_t serial = 0;
  };

  explicit LiveLog(std::filesystem::path path, std::size_t max_chunks = 4,
                   std::size_t chunk_records = 5)
      : path_(std::move(path)), max_chunks_(max_chunks), chunk_records_(chunk_records) {
    save();
  }

  void append(std::size_t count = 1) {
    for (std::size_t i = 0; i < count; ++i) {
      if (chunks_.empty()) {
        chunks_.emplace_back();
      } else if (chunks_[current_].size() == chunk_records_) {
        current_ = chunks_.size() < max_chunks_ ? chunks_.size() : (current_ + 1) % max_chunks_;
        if (current_ == chunks_.size()) chunks_.emplace_back();
        chunks_[current_].clear();
      }
      chunks_[current_].push_back({next_id_++, ++serial_});
    }
    save();
  }

  /// In place, or with a new file under the name.
  void clear(bool new_file, bool ids_restart) {
    begin_again(ids_restart);
    if (new_file) drop_file();
    save();
  }

  /// Another log takes the name of this one.
  void replace_by(const std::filesystem::path& other) const {
    drop_file();
    std::filesystem::rename(other, path_);
  }

  void archive(bool ids_restart) {
    std::filesystem::path target = path_;
    target += ".archived-" + std::to_string(serial_) + "-" + std::to_string(++archives_);
    std::filesystem::rename(path_, target);
    begin_again(ids_restart);
    save();
  }

  /// Serial numbers of the records that are in the file.
  [[nodiscard]] std::vector<std::uint64_t> serials() const {
    std::vector<std::uint64_t> out;
    for (const auto& chunk : chunks_) {
      for (const Record& record : chunk) out.push_back(record.serial);
    }
    std::sort(out.begin(), out.end());
    return out;
  }
  [[nodiscard]] std::uint64_t written() const { return serial_; }
  [[nodiscard]] std::size_t current() const { return current_; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  [[nodiscard]] std::vector<std::byte> bytes() const {
    std::vector<std::vector<std::byte>> chunks;
    for (const auto& records : chunks_) chunks.push_back(chunk_bytes(records));
    if (chunks.empty()) chunks.push_back(chunk_bytes({}));
    return BinXmlBytes::file(chunks);
  }

  /// The same file is emptied and written again, as the service has it open all the time.
  void save() const { write(bytes()); }
  void write(const std::vector<std::byte>& content) const {
    std::ofstream stream(path_, std::ios::binary | std::ios::trunc);
    stream.write(reinterpret_cast<const char*>(content.data()),
                 static_cast<std::streamsize>(content.size()));
  }

  static std::vector<std::byte> chunk_bytes(const std::vector<Record>& records) {
    BinXmlBytes b;
    for (const Record& record : records) {
      b.begin_record(record.id, record.serial).header().open(u"Event").close();
      b.open(u"System").close().open(u"EventID").close().text(u"26").end().end().end().eof();
      b.end_record();
    }
    std::vector<std::byte> chunk(b.bytes().begin(), b.bytes().end());
    const auto end = static_cast<std::uint32_t>(chunk.size());
    chunk.resize(kChunkBytes);
    const std::uint64_t none = ~std::uint64_t{0};
    const std::uint64_t first = records.empty() ? none : records.front().id;
    const std::uint64_t last = records.empty() ? none : records.back().id;
    for (const std::size_t at : {8u, 24u}) store_le(chunk.data() + at, first);
    for (const std::size_t at : {16u, 32u}) store_le(chunk.data() + at, last);
    BinXmlBytes::seal(chunk, end);
    return chunk;
  }

 private:
  /// Windows keeps the name of a deleted file for as long as somebody has it open, so it is given
  /// another before.
  void drop_file() const {
    std::filesystem::path old = path_;
    old += ".old";
    std::filesystem::rename(path_, old);
    std::filesystem::remove(old);
  }

  void begin_again(bool ids_restart) {
    chunks_.clear();
    current_ = 0;
    if (ids_restart) next_id_ = 1;
  }

  std::filesystem::path path_;
  std::size_t max_chunks_;
  std::size_t chunk_records_;
  std::vector<std::vector<Record>> chunks_;
  std::size_t current_ = 0;
  std::uint64_t next_id_ = 1;
  std::uint64_t serial_ = 0;
  std::uint64_t archives_ = 0;
};

}  // namespace dropscope::evtx::test
