#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "apps/cli/this_computer.h"

namespace dropscope::cli {

std::string computer_name() {
  // POSIX allows names of 255 bytes.
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return {};
  return name.data();
}

std::string zone_of_computer() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody changes the environment.
  if (const char* named = std::getenv("TZ"); named != nullptr && *named != '\0') {
    return *named == ':' ? named + 1 : named;
  }
  // The file is a link into the folder of zones, whose names follow.
  std::error_code error;
  const std::string link = std::filesystem::read_symlink("/etc/localtime", error).string();
  const std::string folder = "zoneinfo/";
  const std::size_t at = link.find(folder);
  return at == std::string::npos ? std::string() : link.substr(at + folder.size());
}

}  // namespace dropscope::cli
