#include "evidence/intake/settings_intake.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <utility>

#include "base/files.h"
#include "base/text.h"
#include "evidence/intake/inventory.h"

namespace dropscope {
namespace {

namespace fs = std::filesystem;

class Settings : public testing::Test {
 protected:
  Settings() : catalogue_(*Catalogue::load()), matcher_(catalogue_) {}

  SourceIntake read_text(const std::string& text, const std::string& name = "a.reg") {
    Content content;
    content.name = name;
    content.bytes = as_bytes(text);
    return read_registry_text(content, context());
  }
  SourceIntake read_file_of(const fs::path& path) {
    std::optional<SourceIntake> out;
    InputFile file;
    file.path = path;
    file.name = path_to_utf8(path);
    for_each_content(file, [&](const Content& content) {
      const Bytes begin = content.bytes.first(std::min(content.bytes.size(), kHeadBytes));
      const Head head{begin, std::string(as_text(begin)), content.name};
      if (is_hive(head)) out = read_hive(content, context());
      if (!out && content.opened) out = read_registry_text(content, context());
    });
    return std::move(out).value_or(SourceIntake());
  }
  [[nodiscard]] ReadContext context() const { return {matcher_, catalogue_, 20, {}, {}}; }

  Catalogue catalogue_;
  EventMatcher matcher_;
};

const std::string kFive = "Windows Registry Editor Version 5.00\n\n";
const std::string kOld =
    "HKEY_CURRENT_USER\\Software\\Microsoft\\Windows NT\\CurrentVersion\\Windows Messaging "
    "Subsystem\\Profiles\\";
const std::string kNew =
    "HKEY_CURRENT_USER\\Software\\Microsoft\\Office\\16.0\\Outlook\\Profiles\\";
const std::string kExchange = "13dbb0c8aa05101a9bb000aa002fc45a";

const RawSetting* find(const SourceIntake& source, std::string_view id) {
  for (const RawSetting& setting : source.settings) {
    if (setting.id == id) return &setting;
  }
  return nullptr;
}

std::string attribute(const SourceIntake& source, const std::string& name) {
  const auto found = source.attributes.find(name);
  return found == source.attributes.end() ? std::string() : found->second;
}

bool is_absent(const SourceIntake& source, std::string_view id) {
  return std::count(source.absent_settings.begin(), source.absent_settings.end(), id) != 0;
}

TEST_F(Settings, OnlyWhatTheExportHoldsCanBeAbsent) {
  const std::string tcpip = "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\Tcpip";
  const SourceIntake with = read_text(kFive + tcpip + "\\Parameters]\n\"Hostname\"=\"PC01\"\n");
  EXPECT_TRUE(is_absent(with, "tcp-keep-alive-time"));
  EXPECT_FALSE(is_absent(with, "computer-hostname"));
  EXPECT_FALSE(is_absent(with, "rpc-minimum-connection-timeout"));
  // A key above is exported with all that is below it; one beside it tells nothing.
  EXPECT_TRUE(is_absent(read_text(kFive + tcpip + "]\n"), "tcp-keep-alive-time"));
  EXPECT_FALSE(is_absent(read_text(kFive + tcpip + "\\Linkage]\n"), "tcp-keep-alive-time"));
  EXPECT_FALSE(is_absent(read_text(kFive + tcpip + "6]\n"), "tcp-keep-alive-time"));
  // What could not be read may be the setting.
  EXPECT_FALSE(is_absent(read_text(kFive + tcpip + "\\Parameters]\n\"KeepAliveTime\"=dword:x\n"),
                         "tcp-keep-alive-time"));
}

TEST_F(Settings, APolicyThatWasNotReadMayHaveSetIt) {
  const std::string user = "[HKEY_CURRENT_USER\\Software\\";
  const std::string own = user + "Microsoft\\Office\\16.0\\Outlook\\RPC]\n";
  const std::string policies = user + "Policies\\Microsoft]\n";
  EXPECT_FALSE(is_absent(read_text(kFive + own), "rpc-tcp-fallback"));
  EXPECT_TRUE(is_absent(read_text(kFive + own + policies), "rpc-tcp-fallback"));
}

TEST_F(Settings, AProfileWithoutAValueHasItsDefault) {
  const SourceIntake out = read_text(kFive + "[" + kNew + "Outlook\\" + kExchange +
                                     "]\n\"00036601\"=hex:84,01,00,00\n"
                                     "\"001f6602\"=hex:65,00,00,00\n");
  EXPECT_TRUE(is_absent(out, "outlook-anywhere-flags"));
  EXPECT_FALSE(is_absent(out, "cached-mode"));
  EXPECT_FALSE(is_absent(read_text(kFive + "[" + kNew + "Outlook]\n"), "outlook-anywhere-flags"));
}

TEST_F(Settings, EveryFlagOfOutlookAnywhereIsTold) {
  const SourceIntake out =
      read_text(kFive + "[" + kOld + "Outlook\\" + kExchange + "]\n\"00036623\"=hex:2f,00,00,00\n");
  const RawSetting* flags = find(out, "outlook-anywhere-flags");
  ASSERT_NE(flags, nullptr);
  EXPECT_EQ(flags->value, "0x0000002f");
  EXPECT_EQ(flags->profile, "Outlook");
  EXPECT_TRUE(flags->setting.matters);
  EXPECT_FALSE(flags->setting.is_default);
  EXPECT_EQ(flags->meaning,
            "RPC over HTTP is used; only over SSL; the proxy must prove its name (mutual "
            "authentication); HTTP first, then TCP/IP, on fast networks; HTTP first, then TCP/IP, "
            "on slow networks; so HTTP is used also in the office");
  EXPECT_EQ(attribute(out, "protocol"), "RPC/HTTP");
}

TEST_F(Settings, FlagsDecideTheProtocolOnlyWhereNothingElseCan) {
  const auto protocol = [&](const std::string& root, const std::string& flags,
                            const std::string& more) {
    return attribute(read_text(kFive + "[" + root + "Outlook\\" + kExchange +
                               "]\n\"00036623\"=hex:" + flags + ",00,00,00\n" + more),
                     "protocol");
  };
  const std::string off =
      "[HKEY_CURRENT_USER\\Software\\Microsoft\\Exchange]\n\"MapiHttpDisabled\"=dword:1\n";
  EXPECT_EQ(protocol(kOld, "00", ""), "RPC/TCP");
  EXPECT_EQ(protocol(kOld, "0b", ""), "RPC/HTTP");
  EXPECT_EQ(protocol(kOld, "23", ""), "");  // HTTP first on slow networks only.
  EXPECT_EQ(protocol(kNew, "0b", ""), "");
  EXPECT_EQ(protocol(kNew, "0b", off), "RPC/HTTP");
  EXPECT_EQ(protocol(kNew, "00", off), "RPC/TCP");
}

TEST_F(Settings, CachedModeIsReadFromTheExchangeSectionOnly) {
  const std::string book = "[" + kNew + "Outlook\\0123456789abcdef0123456789abcdef]\n" +
                           "\"00036601\"=hex:01,00,00,00\n\"001e6600\"=\"pab\"\n";
  const auto mode = [&](const std::string& flags) {
    return attribute(read_text(kFive + book + "[" + kNew + "Outlook\\fedc]\n\"00036601\"=hex:" +
                               flags + "\n\"001f6602\"=\"EX01\"\n"),
                     "mode");
  };
  EXPECT_EQ(mode("84,01,00,00"), "cached");
  EXPECT_EQ(mode("80,00,00,00"), "cached");
  EXPECT_EQ(mode("04,00,00,00"), "online");
  EXPECT_EQ(mode("04,04,00,00"), "online");
  const SourceIntake alone = read_text(kFive + book);
  EXPECT_TRUE(alone.settings.empty());
  EXPECT_EQ(attribute(alone, "mode"), "");
  ASSERT_EQ(alone.assumptions.size(), 1u);
  EXPECT_NE(alone.assumptions[0].find("no Exchange account"), std::string::npos);
}

TEST_F(Settings, OwnerVersionServerAndZone) {
  const SourceIntake out = read_text(
      kFive + "[" + kOld + "Outlook\\" + kExchange +
      "]\n\"001e6602\"=hex:45,58,30,32,00\n\"001e6603\"=\"/o=Firm/ou=Site/cn=Recipients/"
      "cn=anna\"\n" +
      "[HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001\\Services\\Tcpip\\Parameters]\n"
      "\"Hostname\"=\"pc01\"\n\"KeepAliveTime\"=dword:000493e0\n"
      "[HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001\\Control\\TimeZoneInformation]\n"
      "\"TimeZoneKeyName\"=\"W. Europe Standard Time\"\n"
      "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Wow6432Node\\Microsoft\\Office\\ClickToRun\\Configuration]\n"
      "\"VersionToReport\"=\"16.0.17328.20162\"\n"
      "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Office\\14.0\\Outlook\\InstallRoot]\n"
      "\"Path\"=\"C:\\\\\"\n");
  EXPECT_EQ(out.owner.computer, "pc01");
  EXPECT_EQ(out.owner.computer_reason,
            "Hostname in SYSTEM\\ControlSet001\\Services\\Tcpip\\Parameters");
  EXPECT_EQ(out.owner.user, "anna");
  EXPECT_EQ(attribute(out, "server"), "EX02");
  EXPECT_EQ(attribute(out, "timezone"), "W. Europe Standard Time");
  EXPECT_EQ(attribute(out, "version"), "16.0.17328.20162");
  const RawSetting* keep_alive = find(out, "tcp-keep-alive-time");
  ASSERT_NE(keep_alive, nullptr);
  EXPECT_EQ(keep_alive->value, "300000");
  EXPECT_TRUE(keep_alive->setting.matters);
  EXPECT_NE(keep_alive->meaning.find("after 5 min of silence"), std::string::npos);
}

TEST_F(Settings, TheControlSetInUseCounts) {
  const auto set = [](int number, const std::string& name) {
    return "[HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet00" + std::to_string(number) +
           "\\Services\\Tcpip\\Parameters]\n\"Hostname\"=\"" + name + "\"\n";
  };
  const std::string select = "[HKEY_LOCAL_MACHINE\\SYSTEM\\Select]\n\"Current\"=dword:2\n";
  EXPECT_EQ(read_text(kFive + set(1, "old") + set(2, "new") + select).owner.computer, "new");
  const SourceIntake unknown = read_text(kFive + set(1, "one") + set(2, "two"));
  EXPECT_EQ(unknown.owner.computer, "one");
  EXPECT_EQ(unknown.settings.size(), 1u);
  EXPECT_EQ(unknown.assumptions.size(), 1u);
}

TEST_F(Settings, TheNewestProfileThatOutlookOpensCounts) {
  const SourceIntake out = read_text(
      kFive + "[" + kOld + "Left\\" + kExchange + "]\n\"001f6602\"=\"OLD\"\n[" + kNew + "A\\" +
      kExchange + "]\n\"001f6602\"=\"NOT\"\n[" + kNew + "B\\" + kExchange +
      "]\n\"001f6602\"=\"YES\"\n[HKEY_CURRENT_USER\\Software\\Microsoft\\Office\\16.0\\Outlook]\n" +
      "\"DefaultProfile\"=\"b\"\n");
  EXPECT_EQ(attribute(out, "server"), "YES");
  EXPECT_EQ(attribute(out, "version"), "16.0");
}

TEST_F(Settings, WhatIsTakenAwayIsGone) {
  const SourceIntake out =
      read_text(kFive + "[" + kNew + "A\\x]\n\"00036623\"=dword:b\n\"001f6602\"=\"EX\"\n[" + kNew +
                "A\\x]\n\"00036623\"=-\n[-" + kNew + "B]\n");
  EXPECT_EQ(find(out, "outlook-anywhere-flags"), nullptr);
  EXPECT_NE(find(out, "home-server"), nullptr);
}

TEST_F(Settings, DamageHasItsLine) {
  const SourceIntake out = read_text(kFive + "[" + kNew + "A\\x]\n\"00036623\"=hex:zz\n");
  EXPECT_EQ(out.source.state, SourceState::Damaged);
  ASSERT_EQ(out.source.damage.size(), 1u);
  EXPECT_TRUE(out.source.damage[0].what.starts_with("line 4: "));
}

// --- Published hives and example cases ---

fs::path corpus(const char* part) {
  return fs::path(DROPSCOPE_CORPUS_DIR) / part;
}

TEST_F(Settings, HivesOfTheCorpus) {
  const fs::path folder = corpus("evidence/registry");
  if (!fs::exists(folder)) GTEST_SKIP() << "no corpus at " << folder;
  const SourceIntake pop3 = read_file_of(folder / "NTUSER-WIN7.DAT");
  EXPECT_EQ(pop3.source.state, SourceState::Read);
  EXPECT_EQ(pop3.source.records, 5470u);
  EXPECT_EQ(attribute(pop3, "mode"), "");
  EXPECT_EQ(attribute(pop3, "server"), "");
  EXPECT_EQ(find(pop3, "cached-mode"), nullptr);

  const SourceIntake refused = read_file_of(folder / "USER.DAT");
  EXPECT_EQ(refused.source.state, SourceState::Unreadable);
  EXPECT_NE(refused.source.problem.find("Windows 95"), std::string::npos);
  const SourceIntake damaged = read_file_of(folder / "SAMBadHBinHeader");
  EXPECT_EQ(damaged.source.state, SourceState::Damaged);
}

#ifndef _WIN32
TEST_F(Settings, PackedHivesOfTheCorpus) {
  const fs::path folder = corpus("evidence/registry");
  if (!fs::exists(folder)) GTEST_SKIP() << "no corpus at " << folder;
  const SourceIntake system = read_file_of(folder / "SYSTEM_2.xz");
  EXPECT_EQ(system.owner.computer, "sensei");
  EXPECT_EQ(attribute(system, "timezone"), "Pacific Standard Time");
  ASSERT_NE(find(system, "network-probe"), nullptr);
  EXPECT_EQ(find(system, "network-probe")->value, "1");
  EXPECT_TRUE(find(system, "network-probe")->setting.is_default);

  const SourceIntake dirty = read_file_of(folder / "transactions_NTUSER.DAT.xz");
  EXPECT_TRUE(dirty.source.dirty);
  EXPECT_EQ(dirty.source.records, 4695u);
  ASSERT_FALSE(dirty.assumptions.empty());
  EXPECT_NE(dirty.assumptions[0].find("23 entries with 132 pages were applied"), std::string::npos)
      << dirty.assumptions[0];
}
#endif

/// What clients.csv of the case says of the computer; empty when it is not listed.
std::map<std::string, std::string> inventory_of(const fs::path& file, const std::string& computer) {
  std::map<std::string, std::string> out;
  const auto content = read_file(file);
  if (!content) return out;
  for (const InventoryRow& row : read_inventory(as_bytes(*content), "clients.csv", 20).inventory) {
    if (row.computer == computer) out.insert(row.values.begin(), row.values.end());
  }
  return out;
}

TEST_F(Settings, ProfilesOfTheExampleCases) {
  const fs::path cases = corpus("cases/evidence");
  if (!fs::exists(cases)) GTEST_SKIP() << "no corpus at " << cases;
  int read = 0;
  int compared = 0;
  for (const auto& entry : fs::recursive_directory_iterator(cases)) {
    if (entry.path().extension() != ".reg") continue;
    SCOPED_TRACE(entry.path());
    const SourceIntake out = read_file_of(entry.path());
    ++read;
    const std::string computer = entry.path().parent_path().filename().string();
    EXPECT_EQ(out.source.state, SourceState::Read);
    EXPECT_EQ(out.owner.computer, computer);
    EXPECT_EQ(out.settings.size(), 4u);
    EXPECT_NE(attribute(out, "mode"), "");
    const auto listed =
        inventory_of(entry.path().parent_path().parent_path() / "clients.csv", computer);
    if (listed.empty()) continue;
    ++compared;
    EXPECT_EQ(attribute(out, "mode"), listed.at("mode"));
    const std::string server = attribute(out, "server");
    EXPECT_TRUE(equals_nocase_ascii(server.substr(0, server.find('.')), listed.at("server")));
    if (const std::string version = attribute(out, "version"); !version.empty()) {
      EXPECT_TRUE(listed.at("version").starts_with(version));
    }
    if (const std::string protocol = attribute(out, "protocol"); !protocol.empty()) {
      EXPECT_EQ(protocol, listed.at("protocol"));
    }
  }
  EXPECT_EQ(read, 38);
  EXPECT_GT(compared, 20);
}

}  // namespace
}  // namespace dropscope
