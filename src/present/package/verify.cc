#include "present/package/verify.h"

#include <fmt/format.h>

#include <map>

#include "base/sha256.h"
#include "formats/archive/archive.h"

namespace dropscope::package {
namespace {

struct Found {
  std::string sha256;
  std::uint64_t bytes = 0;
};

}  // namespace

Result<Verification> verify(Bytes zip) {
  Verification out;
  std::map<std::string, Found> found;
  std::string manifest;
  bool has_manifest = false;
  const auto members =
      archive::for_each_member(zip, archive::Limits{}, [&](archive::Member&& member) {
        if (!member.problem.empty()) {
          out.problems.push_back(fmt::format(
              "{}: {}", member.name.empty() ? "the archive" : member.name, member.problem));
        }
        if (member.name.empty()) return;
        if (member.name == kManifestName && !has_manifest) {
          has_manifest = true;
          out.manifest_sha256 = sha256_hex(as_bytes(member.content));
          manifest = std::move(member.content);
          return;
        }
        const auto [at, is_new] = found.try_emplace(
            member.name, Found{sha256_hex(as_bytes(member.content)), member.content.size()});
        if (!is_new || member.name == kManifestName) {
          out.problems.push_back(fmt::format("{}: is in the package twice", member.name));
        }
      });
  if (!members) return fail(members.error());
  if (!has_manifest) {
    return fail(ErrorCode::Corrupt,
                "is no escalation package: expected a member manifest.json and found none");
  }
  auto read = read_manifest(manifest);
  if (!read) return fail(read.error());
  out.manifest = std::move(*read);
  for (const Item& item : out.manifest.items) {
    const auto at = found.find(item.path);
    if (at == found.end()) {
      out.problems.push_back(
          fmt::format("{}: missing; the manifest lists it with {} bytes", item.path, item.bytes));
      continue;
    }
    if (at->second.sha256 != item.sha256 || at->second.bytes != item.bytes) {
      out.problems.push_back(
          fmt::format("{}: changed: expected {} bytes with SHA-256 {}, found {} bytes with {}",
                      item.path, item.bytes, item.sha256, at->second.bytes, at->second.sha256));
    }
    found.erase(at);
  }
  for (const auto& [name, what] : found) {
    out.problems.push_back(
        fmt::format("{}: not listed in the manifest ({} bytes)", name, what.bytes));
  }
  return out;
}

}  // namespace dropscope::package
