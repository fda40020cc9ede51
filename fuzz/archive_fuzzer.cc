// Any bytes as an archive. Checks what archive.h promises: names are harmless, limits hold, and a
// second reading gives the same.
#include <cstdlib>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/utf16.h"
#include "formats/archive/archive.h"

namespace {

using dropscope::check;
using dropscope::archive::Member;

// Small, so that an input that unpacks to much costs little of the fuzzer's time.
constexpr dropscope::archive::Limits kLimits{
    .members = 64, .member_bytes = 1 << 20, .total_bytes = 4 << 20};

void check_member(const Member& member) {
  check(member.content.size() <= kLimits.member_bytes, "a member is larger than its limit");
  check(dropscope::is_utf8(member.name), "a name is not UTF-8");
  check(member.name.empty() || member.name.front() != '/', "a name is absolute");
  std::string_view rest = member.name;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('/'), rest.size());
    check(rest.substr(0, end) != "..", "a name climbs");
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  for (const char c : member.name) {
    check(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f, "a name holds a control character");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const dropscope::Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  std::vector<Member> first;
  std::uint64_t total = 0;
  const auto count = dropscope::archive::for_each_member(bytes, kLimits, [&](Member&& member) {
    check_member(member);
    total += member.content.size();
    first.push_back(std::move(member));
  });
  check(total <= kLimits.total_bytes, "the members are larger than their limit");
  check(first.size() <= kLimits.members + 2, "more members than their limit");
  std::size_t next = 0;
  const auto again = dropscope::archive::for_each_member(bytes, kLimits, [&](Member&& member) {
    check(next < first.size() && member.name == first[next].name &&
              member.content == first[next].content && member.problem == first[next].problem,
          "a second reading differs");
    ++next;
  });
  check(count.has_value() == again.has_value() && next == first.size(), "a second reading differs");
  return 0;
}
