#include "present/package/verify.h"

#include <gtest/gtest.h>

#include "base/sha256.h"
#include "formats/archive/zip_writer.h"

namespace dropscope::package {
namespace {

using Members = std::vector<std::pair<std::string, std::string>>;

std::string zip_of(const Members& members) {
  archive::ZipWriter zip(Instant{});
  for (const auto& [name, content] : members) {
    EXPECT_TRUE(zip.add(name, as_bytes(content)).has_value());
  }
  return zip.finish();
}

std::string manifest_of(const Members& members) {
  Manifest manifest;
  manifest.version = "0.1.0";
  for (const auto& [name, content] : members) {
    manifest.items.push_back({name, "evidence", sha256_hex(as_bytes(content)), content.size()});
  }
  return write_manifest(manifest);
}

std::vector<std::string> problems_of(Members members, const std::string& manifest) {
  members.insert(members.begin(), {std::string(kManifestName), manifest});
  const auto found = verify(as_bytes(zip_of(members)));
  EXPECT_TRUE(found.has_value()) << found.error().text();
  return found ? found->problems : std::vector<std::string>{};
}

TEST(VerifyPackage, TellsEveryDifference) {
  const Members sound = {{"a", "one"}, {"b", "two"}};
  const std::string manifest = manifest_of(sound);
  EXPECT_TRUE(problems_of(sound, manifest).empty());
  const auto only = [&](const Members& members) {
    const auto problems = problems_of(members, manifest);
    EXPECT_EQ(problems.size(), 1u);
    return problems.empty() ? std::string() : problems[0];
  };
  EXPECT_TRUE(only({{"a", "one"}, {"b", "tw0"}}).starts_with("b: changed"));
  EXPECT_TRUE(only({{"a", "one"}}).starts_with("b: missing"));
  EXPECT_TRUE(only({{"a", "one"}, {"b", "two"}, {"c", ""}}).starts_with("c: not listed"));
  EXPECT_TRUE(only({{"a", "one"}, {"b", "two"}, {"a", "one"}}).starts_with("a: is in"));
  EXPECT_TRUE(
      only({{"a", "one"}, {"b", "two"}, {"manifest.json", "{}"}}).starts_with("manifest.json: is"));
}

TEST(VerifyPackage, OtherArchivesAreNone) {
  EXPECT_EQ(verify(as_bytes(zip_of({{"a", "one"}}))).error().code, ErrorCode::Corrupt);
  EXPECT_EQ(verify({}).error().code, ErrorCode::Corrupt);
  EXPECT_EQ(verify(as_bytes(zip_of({{"manifest.json", R"({"schema":"dropscope.package/9"})"}})))
                .error()
                .code,
            ErrorCode::Unsupported);
}

}  // namespace
}  // namespace dropscope::package
