#include "formats/archive/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstring>
#include <vector>

#include "formats/archive/name.h"

namespace dropscope::archive {
namespace {

struct File {
  std::string name;
  std::string content;
  std::string link_to = {};
};

enum class Kind : std::uint8_t { Zip, Tar, TarGz };

/// Packs with libarchive's writer.
std::string pack(Kind kind, const std::vector<File>& files, bool stored = false) {
  // Names that are not ASCII must not be converted through the machine's locale.
  const Utf8Names names;
  ::archive* out = archive_write_new();
  if (kind == Kind::Zip) {
    archive_write_set_format_zip(out);
    if (stored) archive_write_zip_set_compression_store(out);
    archive_write_set_format_option(out, "zip", "hdrcharset", "UTF-8");
  } else {
    archive_write_set_format_ustar(out);
    if (kind == Kind::TarGz) archive_write_add_filter_gzip(out);
  }
  std::string bytes(64 << 20, '\0');
  std::size_t used = 0;
  archive_write_open_memory(out, bytes.data(), bytes.size(), &used);
  for (const File& file : files) {
    ::archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname_utf8(entry, file.name.c_str());
    const bool folder = file.name.ends_with('/');
    archive_entry_set_filetype(entry, folder ? AE_IFDIR : AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, static_cast<la_int64_t>(file.content.size()));
    if (!file.link_to.empty()) {
      archive_entry_set_filetype(entry, AE_IFLNK);
      archive_entry_set_symlink(entry, file.link_to.c_str());
    }
    EXPECT_EQ(archive_write_header(out, entry), ARCHIVE_OK) << archive_error_string(out);
    archive_write_data(out, file.content.data(), file.content.size());
    archive_entry_free(entry);
  }
  archive_write_close(out);
  archive_write_free(out);
  bytes.resize(used);
  return bytes;
}

struct Seen {
  std::vector<Member> members;
  Result<std::uint64_t> count;
};

Seen unpack(const std::string& bytes, const Limits& limits = {}) {
  Seen seen{{}, std::uint64_t{0}};
  seen.count = for_each_member(as_bytes(bytes), limits,
                               [&](Member&& member) { seen.members.push_back(std::move(member)); });
  return seen;
}

/// Text that deflate can hardly shrink, so that damage in the middle hits data.
std::string noise(std::size_t size, std::uint32_t seed) {
  std::string out;
  for (std::size_t i = 0; i < size; ++i) {
    seed = seed * 1664525u + 1013904223u;  // Numerical Recipes' generator; any would do.
    out += static_cast<char>(seed >> 24);
  }
  return out;
}

TEST(Archive, ReadsEveryKindInOrder) {
  const std::vector<File> files = {
      {"logs/", ""}, {"logs/PC01.evtx", noise(300'000, 1)}, {"empty.txt", ""}, {"b.csv", "x"}};
  for (const Kind kind : {Kind::Zip, Kind::Tar, Kind::TarGz}) {
    const std::string bytes = pack(kind, files);
    EXPECT_TRUE(is_archive(as_bytes(bytes)));
    const Seen seen = unpack(bytes);
    ASSERT_TRUE(seen.count) << seen.count.error().text();
    EXPECT_EQ(*seen.count, 3u);
    ASSERT_EQ(seen.members.size(), 3u);  // Without the folder.
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_EQ(seen.members[i].name, files[i + 1].name);
      EXPECT_EQ(seen.members[i].content, files[i + 1].content);
      EXPECT_EQ(seen.members[i].problem, "");
    }
  }
}

TEST(Archive, AnEmptyZipHasNoMembers) {
  const Seen seen = unpack(std::string("PK\x05\x06", 4) + std::string(18, '\0'));
  ASSERT_TRUE(seen.count) << seen.count.error().text();
  EXPECT_EQ(*seen.count, 0u);
}

TEST(Archive, KnowsArchivesByContent) {
  EXPECT_FALSE(is_archive({}));
  EXPECT_FALSE(is_archive(as_bytes("PK")));
  EXPECT_FALSE(is_archive(as_bytes("ElfFile")));
  const Seen seen = unpack("no archive");
  ASSERT_FALSE(seen.count);
  EXPECT_EQ(seen.count.error().code, ErrorCode::Corrupt);
}

TEST(Archive, ReadsOneFilePackedAlone) {
  // gzip of "hello" with its name, by the gzip program (RFC 1952: flag 8 is the name).
  const std::string bytes(
      "\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\x03\x61\x2e\x74\x78\x74\x00\xcb\x48\xcd\xc9\xc9\x07\x00"
      "\x86\xa6\x10\x36\x05\x00\x00\x00",
      31);
  const Seen seen = unpack(bytes);
  ASSERT_TRUE(seen.count) << seen.count.error().text();
  ASSERT_EQ(seen.members.size(), 1u);
  EXPECT_EQ(seen.members[0].content, "hello");
  EXPECT_FALSE(seen.members[0].name.empty());
}

TEST(Archive, NamesAreLabelsThatLeadNowhere) {
  EXPECT_EQ(label("../../etc/passwd"), "__/__/etc/passwd");
  EXPECT_EQ(label("/etc/passwd"), "etc/passwd");
  EXPECT_EQ(label("C:\\logs\\.\\a.evtx"), "logs/a.evtx");
  EXPECT_EQ(label("a\x1b[2Jb\n"), "a\\x1b[2Jb\\x0a");
  EXPECT_EQ(label("\xc2\x9bx"), "\\xc2\\x9bx");  // C1 control: not well taken by terminals.
  EXPECT_EQ(label("caf\xe9"), "caf\\xe9");
  EXPECT_EQ(label("J\xc3\xb6rg/\xf0\x9f\x93\x81"), "J\xc3\xb6rg/\xf0\x9f\x93\x81");
  EXPECT_EQ(label("\xf0\x9f"), "\\xf0\\x9f");
  EXPECT_EQ(label("//"), "");
}

/// A zip of one stored member, made by hand: libarchive's writer cannot write a name outside the
/// code page on Windows. `flags` are the general purpose flags (APPNOTE 4.4.4; bit 11 says UTF-8).
std::string zip_of_one(const std::string& name, const std::string& content, std::uint16_t flags) {
  const auto number = [](std::uint64_t value, int bytes) {
    std::string out;
    for (int i = 0; i < bytes; ++i) out += static_cast<char>((value >> (8 * i)) & 0xff);
    return out;
  };
  const auto crc = ::crc32(0, reinterpret_cast<const unsigned char*>(content.data()),
                           static_cast<unsigned>(content.size()));
  const std::string common = number(20, 2) + number(flags, 2) + number(0, 2) + number(0, 4) +
                             number(crc, 4) + number(content.size(), 4) +
                             number(content.size(), 4) + number(name.size(), 2) + number(0, 2);
  const std::string local = "PK\x03\x04" + common + name + content;
  const std::string directory = "PK\x01\x02" + number(20, 2) + common + number(0, 2) +
                                number(0, 2) + number(0, 2) + number(0, 4) + number(0, 4) + name;
  const std::string end = "PK\x05\x06" + number(0, 4) + number(1, 2) + number(1, 2) +
                          number(directory.size(), 4) + number(local.size(), 4) + number(0, 2);
  return local + directory + end;
}

TEST(Archive, KeepsNamesThatAreNotAscii) {
  const std::string name = "B\xc3\xbcro/\xe6\x97\xa5.evtx";
  const Seen zip = unpack(zip_of_one(name, "x", 1 << 11));
  ASSERT_EQ(zip.members.size(), 1u);
  EXPECT_EQ(zip.members[0].name, name);
  EXPECT_EQ(zip.members[0].content, "x");
#ifndef _WIN32
  const Seen tar = unpack(pack(Kind::TarGz, {{name, "x"}}));
  ASSERT_EQ(tar.members.size(), 1u);
  EXPECT_EQ(tar.members[0].name, name);
#endif
}

TEST(Archive, ANameOfUnknownEncodingDoesNotHideItsMember) {
  const Seen seen = unpack(zip_of_one("caf\xe9.evtx", "x", 0));
  ASSERT_EQ(seen.members.size(), 1u);
  EXPECT_EQ(seen.members[0].content, "x");
  EXPECT_TRUE(seen.members[0].name.ends_with(".evtx")) << seen.members[0].name;
}

TEST(Archive, HostileNamesComeOutHarmlessAndAreRefused) {
  const Seen seen = unpack(pack(Kind::Tar, {{"../up.evtx", "x"}, {"a/../../b.evtx", "x"}}));
  ASSERT_EQ(seen.members.size(), 2u);
  EXPECT_EQ(seen.members[0].name, "__/up.evtx");
  EXPECT_EQ(seen.members[0].content, "");
  EXPECT_NE(seen.members[0].problem.find("is refused"), std::string::npos);
  EXPECT_NE(seen.members[1].problem.find("is refused"), std::string::npos);
}

TEST(Archive, OnlyAWholeComponentLeadsOut) {
  using archive::leads_out;
  EXPECT_TRUE(leads_out(".."));
  EXPECT_TRUE(leads_out("a\\..\\b"));
  EXPECT_TRUE(leads_out("a/.."));
  EXPECT_FALSE(leads_out("a..b/..c/d.."));
  EXPECT_FALSE(leads_out("/var/log/x.log"));
}

TEST(Archive, LinksArePassedOver) {
  const Seen seen = unpack(pack(Kind::Tar, {{"a", "", "/etc/passwd"}, {"b", "x"}}));
  ASSERT_TRUE(seen.count);
  EXPECT_EQ(*seen.count, 1u);
  ASSERT_EQ(seen.members.size(), 2u);
  EXPECT_NE(seen.members[0].problem, "");
  EXPECT_EQ(seen.members[1].content, "x");
}

TEST(Archive, EncryptedMembersAreNamedAndTheRestIsRead) {
  std::string bytes = pack(Kind::Zip, {{"a.evtx", "secret"}, {"b.evtx", "open"}}, true);
  // Bit 0 of the general purpose flags (APPNOTE 4.4.4): at 6 in a local header, at 8 in the
  // directory.
  bytes[6] = static_cast<char>(bytes[6] | 1);
  const std::size_t directory = bytes.find(std::string("PK\x01\x02", 4));
  ASSERT_NE(directory, std::string::npos);
  bytes[directory + 8] = static_cast<char>(bytes[directory + 8] | 1);
  const Seen seen = unpack(bytes);
  ASSERT_TRUE(seen.count) << seen.count.error().text();
  ASSERT_EQ(seen.members.size(), 2u);
  EXPECT_EQ(seen.members[0].name, "a.evtx");
  EXPECT_NE(seen.members[0].problem.find("encrypted"), std::string::npos);
  EXPECT_EQ(seen.members[0].content, "");
  EXPECT_EQ(seen.members[1].content, "open");
  EXPECT_EQ(seen.members[1].problem, "");
}

TEST(Archive, ABrokenMemberOfAZipDoesNotHideTheOthers) {
  const std::vector<File> files = {
      {"a", noise(200'000, 1)}, {"b", std::string(200'000, 'b')}, {"c", noise(1000, 3)}};
  std::string bytes = pack(Kind::Zip, files);
  const std::size_t second = bytes.find(std::string("PK\x03\x04", 4), 4);
  ASSERT_NE(second, std::string::npos);
  // A block type that deflate does not have (RFC 1951 3.2.3: 11 is reserved), behind header and
  // name.
  const auto name_size = static_cast<unsigned char>(bytes[second + 26]);
  const auto extra_size = static_cast<unsigned char>(bytes[second + 28]);
  bytes[second + 30 + name_size + extra_size] = '\x07';
  const Seen seen = unpack(bytes);
  ASSERT_TRUE(seen.count) << seen.count.error().text();
  ASSERT_EQ(seen.members.size(), 3u);
  EXPECT_EQ(*seen.count, 2u);
  EXPECT_EQ(seen.members[0].content, files[0].content);
  EXPECT_EQ(seen.members[1].name, "b");
  EXPECT_NE(seen.members[1].problem, "");
  EXPECT_EQ(seen.members[2].content, files[2].content);
}

TEST(Archive, AWrongChecksumIsSaid) {
  std::string bytes = pack(Kind::Zip, {{"a", "hello, hello"}, {"b", "x"}}, true);
  const std::size_t at = bytes.find("hello");
  ASSERT_NE(at, std::string::npos);
  bytes[at] = 'j';
  const Seen seen = unpack(bytes);
  ASSERT_EQ(seen.members.size(), 2u);
  EXPECT_NE(seen.members[0].problem.find("CRC"), std::string::npos) << seen.members[0].problem;
  EXPECT_EQ(seen.members[0].content, "jello, hello");
  EXPECT_EQ(seen.members[1].problem, "");
}

TEST(Archive, ACutArchiveGivesWhatIsThere) {
  const std::vector<File> files = {{"a", noise(100'000, 1)}, {"b", noise(100'000, 2)}};
  for (const Kind kind : {Kind::Zip, Kind::Tar, Kind::TarGz}) {
    std::string bytes = pack(kind, files);
    bytes.resize(150'000);
    const Seen seen = unpack(bytes);
    ASSERT_TRUE(seen.count) << seen.count.error().text();
    EXPECT_EQ(*seen.count, 1u);
    ASSERT_GE(seen.members.size(), 2u);
    EXPECT_EQ(seen.members[0].content, files[0].content);
    EXPECT_EQ(seen.members[0].problem, "");
    const Member& cut = seen.members[1];
    EXPECT_EQ(cut.name, "b");
    EXPECT_NE(cut.problem, "");
    EXPECT_EQ(cut.content, files[1].content.substr(0, cut.content.size()));
  }
}

TEST(Archive, KeepsToItsLimits) {
  const std::vector<File> files = {
      {"a", std::string(500'000, 'a')}, {"b", "b"}, {"c", std::string(500'000, 'c')}};
  for (const Kind kind : {Kind::Zip, Kind::TarGz}) {
    const std::string bytes = pack(kind, files);
    Limits limits;
    limits.member_bytes = 1000;
    const Seen small = unpack(bytes, limits);
    ASSERT_TRUE(small.count);
    ASSERT_FALSE(small.members.empty());
    for (const Member& member : small.members) EXPECT_LE(member.content.size(), 1000u);
    EXPECT_NE(small.members[0].problem, "");
    // A zip can be entered behind the large member, a tar.gz cannot without unpacking it.
    EXPECT_EQ(*small.count, kind == Kind::Zip ? 1u : 0u);

    limits = {};
    limits.total_bytes = 600'000;
    const Seen total = unpack(bytes, limits);
    EXPECT_EQ(*total.count, 2u);
    EXPECT_NE(total.members.back().problem, "");

    limits = {};
    limits.members = 2;
    const Seen few = unpack(bytes, limits);
    EXPECT_EQ(*few.count, 2u);
    EXPECT_EQ(few.members.back().name, "");
    EXPECT_NE(few.members.back().problem, "");
  }
}

TEST(Archive, AMissingFileIsNotFound) {
  const auto count = for_each_member(std::filesystem::path("no such.zip"), {}, [](Member&&) {});
  ASSERT_FALSE(count);
  EXPECT_EQ(count.error().code, ErrorCode::NotFound);
}

}  // namespace
}  // namespace dropscope::archive
