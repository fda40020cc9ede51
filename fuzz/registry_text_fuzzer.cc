// Any bytes as a registry export. Checks what reg_text.h promises: places are lines that ascend,
// names and paths are UTF-8, every value has its key, and the same bytes give the same twice.
#include <fmt/format.h>

#include <string>

#include "base/result.h"
#include "base/utf16.h"
#include "formats/registry/reg_text.h"

namespace {

using dropscope::check;
using namespace dropscope::registry;

struct Account : Visitor {
  std::string text;
  std::uint64_t line = 0;
  bool in_key = false;
  Counts counts;

  void note(std::string_view what, std::uint64_t place) {
    check(dropscope::is_utf8(what), "a name is not UTF-8");
    text += fmt::format("{}:{}\n", place, what);
  }
  void ascend(std::uint64_t place) {
    check(place >= line, "lines do not ascend");
    line = place;
  }
  void key(std::string_view path, std::uint64_t place) override {
    ascend(place);
    check(!path.empty(), "a key without a name");
    in_key = true;
    ++counts.keys;
    note(path, place);
  }
  void value(const Value& value) override {
    ascend(value.place);
    check(in_key, "a value without a key");
    ++counts.values;
    note(value.name, value.place);
    note(text_of(value.data), value.data.size());
    (void)texts_of(value.data);
    (void)number_of(value.type, value.data);
  }
  void key_deleted(std::string_view path, std::uint64_t place) override {
    ascend(place);
    in_key = false;
    note(path, place);
  }
  void value_deleted(std::string_view name, std::uint64_t place) override {
    ascend(place);
    check(in_key, "a value without a key");
    note(name, place);
  }
  void damage(std::uint64_t place, std::string what) override {
    check(place > 0 && !what.empty(), "damage without a place");
    note(what, place);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const dropscope::Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  Account first;
  const TextSummary summary = read_text(bytes, first);
  check(summary.counts.keys == first.counts.keys, "the number of keys differs");
  check(summary.counts.values == first.counts.values, "the number of values differs");
  Account second;
  (void)read_text(bytes, second);
  check(first.text == second.text, "the same bytes gave another text");
  return 0;
}
