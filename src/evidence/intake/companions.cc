#include "evidence/intake/companions.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include "base/files.h"
#include "base/text.h"
#include "formats/archive/archive.h"

namespace dropscope {
namespace {

namespace fs = std::filesystem;

/// A hive's logs are smaller than the hive; Windows keeps them below some tens of megabytes.
constexpr std::uint64_t kLargestBytes = 256u << 20;
constexpr std::string_view kMemberMark = "!/";

std::string without_packing(std::string name) {
  for (const std::string_view suffix : {".xz", ".gz"}) {
    if (name.ends_with(suffix)) return name.substr(0, name.size() - suffix.size());
  }
  return name;
}

/// "NTUSER.DAT.xz", unlike "PC01.tar.xz".
bool is_one_packed_file(std::string_view name) {
  const std::string lower = to_lower_ascii(name);
  const std::string plain = without_packing(lower);
  return plain != lower && !plain.ends_with(".tar");
}

std::string file_name_of(std::string_view path) {
  const std::size_t slash = path.find_last_of("/\\");
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

/// The content, unpacked when it is one packed file; nothing when it cannot be read.
std::optional<std::string> unpacked(std::string content) {
  if (!archive::is_archive(as_bytes(content))) return content;
  std::optional<std::string> out;
  archive::Limits limits;
  limits.members = 1;
  limits.member_bytes = kLargestBytes;
  limits.total_bytes = kLargestBytes;
  const auto members =
      archive::for_each_member(as_bytes(content), limits, [&](archive::Member&& member) {
        if (member.problem.empty() && !out) out = std::move(member.content);
      });
  return members ? out : std::nullopt;
}

class Search {
 public:
  Search(std::string_view name, const std::vector<std::string_view>& suffixes)
      : stem_(without_packing(to_lower_ascii(file_name_of(name)))), suffixes_(suffixes) {}

  [[nodiscard]] bool wants(std::string_view name) const { return rank_of(name).has_value(); }

  void take(std::string_view name, std::string content) {
    const auto rank = rank_of(name);
    if (!rank) return;
    if (auto plain = unpacked(std::move(content))) {
      found_.emplace(*rank, Companion{file_name_of(name), std::move(*plain)});
    }
  }

  [[nodiscard]] std::vector<Companion> results() && {
    std::vector<Companion> out;
    for (auto& [rank, companion] : found_) out.push_back(std::move(companion));
    return out;
  }

 private:
  [[nodiscard]] std::optional<std::size_t> rank_of(std::string_view name) const {
    const std::string plain = without_packing(to_lower_ascii(file_name_of(name)));
    for (std::size_t i = 0; i < suffixes_.size(); ++i) {
      if (plain == stem_ + std::string(suffixes_[i])) return i;
    }
    return std::nullopt;
  }

  std::string stem_;
  const std::vector<std::string_view>& suffixes_;
  std::map<std::size_t, Companion> found_;
};

}  // namespace

std::vector<Companion> find_companions(const Content& content,
                                       const std::vector<std::string_view>& suffixes) {
  const std::size_t mark = content.name.find(kMemberMark);
  const std::string outer = content.name.substr(0, mark);
  const bool in_folder = mark == std::string::npos || is_one_packed_file(outer);
  Search search(in_folder ? outer : content.name, suffixes);
  if (in_folder) {
    std::error_code error;
    fs::path folder = path_from_utf8(outer).parent_path();
    if (folder.empty()) folder = ".";
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
      const std::string name = path_to_utf8(it->path().filename());
      if (!search.wants(name)) continue;
      if (auto read = read_file(it->path(), kLargestBytes)) search.take(name, std::move(*read));
    }
    return std::move(search).results();
  }
  // A member: the archive is gone through again, which only hives in need of their logs cost.
  const std::string inside = content.name.substr(mark + kMemberMark.size());
  const std::string folder = inside.substr(0, inside.size() - file_name_of(inside).size());
  if (folder.find(kMemberMark) != std::string::npos) return {};
  (void)archive::for_each_member(path_from_utf8(outer), {}, [&](archive::Member&& member) {
    const std::string name = file_name_of(member.name);
    const bool same_folder = member.name == folder + name;
    if (same_folder && member.problem.empty() && search.wants(name)) {
      search.take(name, std::move(member.content));
    }
  });
  return std::move(search).results();
}

}  // namespace dropscope
