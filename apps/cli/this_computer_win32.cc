#include <array>

#include "apps/cli/this_computer.h"
#include "base/bytes.h"
#include "base/utf16.h"
#include "base/windows_api.h"

namespace dropscope::cli {
namespace {

std::string utf8_of(const wchar_t* text, std::size_t units) {
  const auto* bytes = reinterpret_cast<const std::byte*>(text);
  return to_utf8(Utf16View(Bytes(bytes, units * sizeof(wchar_t))));
}

}  // namespace

std::string computer_name() {
  std::array<wchar_t, 256> name{};
  auto units = static_cast<DWORD>(name.size());
  if (GetComputerNameExW(ComputerNameDnsHostname, name.data(), &units) == 0) return {};
  return utf8_of(name.data(), units);
}

std::string zone_of_computer() {
  DYNAMIC_TIME_ZONE_INFORMATION zone{};
  if (GetDynamicTimeZoneInformation(&zone) == TIME_ZONE_ID_INVALID) return {};
  std::size_t units = 0;
  while (units < std::size(zone.TimeZoneKeyName) && zone.TimeZoneKeyName[units] != 0) ++units;
  return utf8_of(static_cast<const wchar_t*>(zone.TimeZoneKeyName), units);
}

}  // namespace dropscope::cli
