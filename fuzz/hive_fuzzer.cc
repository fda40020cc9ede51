// Any bytes as a hive, and as the transaction log of itself. Checks what hive.h promises: no more
// keys and values than there is room for, paths below the root, and the same twice.
#include <string>
#include <vector>

#include "base/result.h"
#include "base/utf16.h"
#include "formats/registry/hive.h"
#include "formats/registry/hive_log.h"

namespace {

using dropscope::Bytes;
using dropscope::check;
using namespace dropscope::registry;

struct Account : Visitor {
  Counts counts;
  std::uint64_t bytes = 0;
  std::uint64_t damages = 0;

  void key(std::string_view path, std::uint64_t) override {
    check(path.starts_with("R"), "a key outside of the root");
    check(dropscope::is_utf8(path), "a path is not UTF-8");
    ++counts.keys;
  }
  void value(const Value& value) override {
    check(dropscope::is_utf8(value.name), "a name is not UTF-8");
    ++counts.values;
    bytes += value.data.size();
    // Every byte is there.
    for (const std::byte b : value.data) bytes += b == std::byte{0} ? 0 : 1;
  }
  void key_deleted(std::string_view, std::uint64_t) override { check(false, "a hive deletes"); }
  void value_deleted(std::string_view, std::uint64_t) override { check(false, "a hive deletes"); }
  void damage(std::uint64_t, std::string what) override {
    check(!what.empty(), "damage without a sentence");
    ++damages;
  }
};

void read(Bytes bytes) {
  const auto hive = Hive::open(bytes);
  if (!hive) {
    check(!hive.error().message.empty(), "an error without a sentence");
    return;
  }
  Account first;
  const Counts counts = hive->walk("R", first);
  check(counts.values == first.counts.values, "the number of values differs");
  // The records of a key and of a value have 80 and 24 bytes with the size of their cell.
  check(first.counts.keys * 80 + counts.values * 24 <= bytes.size() + 80,
        "more than there is room");
  Account second;
  (void)hive->walk("R", second);
  check(first.bytes == second.bytes && first.damages == second.damages, "another answer");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  read(bytes);
  // The first two bytes say where the log begins; checksums of entries are beyond a fuzzer.
  if (size < 2) return 0;
  const std::size_t cut = dropscope::load_le<std::uint16_t>(bytes.data()) % size;
  const Recovery recovery = apply_logs(bytes.first(cut), {bytes.subspan(cut)});
  check(recovery.hive.size() <= bytes.size(), "a hive larger than all there was");
  if (!recovery.hive.empty()) read(recovery.hive);
  return 0;
}
