#include "base/mapped_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/mapped_file_table.h"
#include "base/scratch_folder.h"

#ifdef _WIN32
#include <windows.h>
#else
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#endif

namespace dropscope {
namespace {

ErrorCode code_of(const std::filesystem::path& path) {
  const auto file = MappedFile::open(path);
  EXPECT_FALSE(file.has_value());
  if (file) return ErrorCode::Limit;
  EXPECT_EQ(file.error().where, path_to_utf8(path));
  return file.error().code;
}

TEST(MappedFile, ShowsTheBytesOfTheFile) {
  const ScratchFolder folder;
  const std::string content = "ElfFile" + std::string(100'000, '\x5A');
  ASSERT_TRUE(write_file(folder / "x.evtx", content).has_value());
  const auto file = MappedFile::open(folder / "x.evtx");
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(as_text(file->bytes()), content);
}

TEST(MappedFile, PagesThatWereReleasedAreReadAgain) {
  const ScratchFolder folder;
  const std::string content(300'000, 'q');
  ASSERT_TRUE(write_file(folder / "x", content).has_value());
  const auto file = MappedFile::open(folder / "x");
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(as_text(file->bytes()), content);
  file->release_pages();
  EXPECT_EQ(as_text(file->bytes()), content);
}

TEST(MappedFile, ReadCopiesAnyPart) {
  const ScratchFolder folder;
  std::string content(300'000, 'q');
  for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i * i >> 7);
  ASSERT_TRUE(write_file(folder / "x", content).has_value());
  for (const auto keep : {MappedFile::Keep::No, MappedFile::Keep::Yes}) {
    const auto file = MappedFile::open(folder / "x", keep);
    ASSERT_TRUE(file.has_value());
    for (const std::size_t at : {0U, 1U, 4095U, 299'999U, 300'000U}) {
      std::vector<std::byte> copy(std::min<std::size_t>(70'000, content.size() - at));
      file->read(at, copy);
      EXPECT_EQ(as_text(copy), content.substr(at, copy.size())) << at;
    }
    EXPECT_FALSE(file->fault().has_value());
  }
}

TEST(MappedFile, AnEmptyFileGivesAnEmptyView) {
  const ScratchFolder folder;
  ASSERT_TRUE(write_file(folder / "x", "").has_value());
  const auto file = MappedFile::open(folder / "x");
  ASSERT_TRUE(file.has_value());
  EXPECT_TRUE(file->bytes().empty());
  file->release_pages();
}

TEST(MappedFile, MovingHandsTheViewOver) {
  const ScratchFolder folder;
  ASSERT_TRUE(write_file(folder / "a", "aaa").has_value());
  ASSERT_TRUE(write_file(folder / "b", "bb").has_value());
  MappedFile a = *MappedFile::open(folder / "a");
  MappedFile b = *MappedFile::open(folder / "b");
  a = std::move(b);
  EXPECT_EQ(as_text(a.bytes()), "bb");
  const MappedFile c(std::move(a));
  EXPECT_EQ(as_text(c.bytes()), "bb");
}

TEST(MappedFile, NamesInAnyScriptWork) {
  const ScratchFolder folder;
  ASSERT_TRUE(write_file(folder / "\u65E5\u672C\U0001F600.evtx", "x").has_value());
  EXPECT_TRUE(MappedFile::open(folder / "\u65E5\u672C\U0001F600.evtx").has_value());
}

TEST(MappedFile, WhatCannotBeMappedSaysWhy) {
  const ScratchFolder folder;
  EXPECT_EQ(code_of(folder / "missing.evtx"), ErrorCode::NotFound);
  EXPECT_EQ(code_of(folder.path()), ErrorCode::Unsupported);
}

TEST(MappedFile, AFileThatWasReadWholeHasNoFault) {
  const ScratchFolder folder;
  ASSERT_TRUE(write_file(folder / "x", std::string(300'000, 'q')).has_value());
  const auto file = MappedFile::open(folder / "x");
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(std::count(file->bytes().begin(), file->bytes().end(), std::byte{'q'}), 300'000);
  EXPECT_FALSE(file->fault().has_value());
  EXPECT_FALSE(MappedFile().fault().has_value());
}

// A read-only file in a folder that may not be written to, as on a CD or a share for reading.
TEST(MappedFile, ReadOnlyMediaAreRead) {
  namespace fs = std::filesystem;
  const ScratchFolder folder;
  fs::create_directory(folder / "media");
  const fs::path path = folder / "media/x.evtx";
  ASSERT_TRUE(write_file(path, "ElfFile").has_value());
  const auto readable = fs::perms::owner_read | fs::perms::owner_exec;
  fs::permissions(path, fs::perms::owner_read);
  fs::permissions(folder / "media", readable);
  {
    const auto file = MappedFile::open(path);
    ASSERT_TRUE(file.has_value()) << file.error().text();
    EXPECT_EQ(as_text(file->bytes()), "ElfFile");
  }
  fs::permissions(folder / "media", fs::perms::owner_all);
  fs::permissions(path, fs::perms::owner_all);
}

TEST(MappedFile, AFileThatFindsNoPlaceInTheTableIsReadIntoMemory) {
  const ScratchFolder folder;
  ASSERT_TRUE(write_file(folder / "x", "content").has_value());
  std::vector<MappedFile> files;
  for (std::size_t i = 0; i < MapTable::kSlots + 3; ++i) {
    auto file = MappedFile::open(folder / "x");
    ASSERT_TRUE(file.has_value()) << i << ": " << file.error().text();
    files.push_back(std::move(*file));
  }
  for (const MappedFile& file : files) {
    file.release_pages();
    ASSERT_EQ(as_text(file.bytes()), "content");
    std::vector<std::byte> copy(3);
    file.read(1, copy);
    ASSERT_EQ(as_text(copy), "ont");
    ASSERT_FALSE(file.fault().has_value());
  }
}

TEST(MappedFileTable, FindsTheMapOfAnAddressAndTheLowestFault) {
  const auto table = std::make_unique<MapTable>();
  const std::vector<std::byte> a(100);
  const std::vector<std::byte> b(100);
  const auto address = [](const std::vector<std::byte>& of, std::size_t at) {
    return reinterpret_cast<std::uintptr_t>(of.data()) + at;
  };
  const int first = table->add(a.data(), a.size());
  const int second = table->add(b.data(), b.size());
  EXPECT_EQ(table->find(address(a, 0)), first);
  EXPECT_EQ(table->find(address(a, 99)), first);
  EXPECT_EQ(table->find(address(b, 50)), second);
  table->note_fault(first, address(a, 60));
  table->note_fault(first, address(a, 20));
  table->note_fault(first, address(a, 40));
  EXPECT_EQ(table->at(first).fault, 21u);
  EXPECT_EQ(table->at(second).fault, 0u);
  table->remove(first);
  EXPECT_EQ(table->find(address(a, 0)), MapTable::kNone);
  EXPECT_EQ(table->find(address(b, 50)), second);
  EXPECT_EQ(table->add(a.data(), a.size()), first) << "a free place is used again";
  EXPECT_EQ(table->at(first).fault, 0u) << "without the fault of the one before";
}

#ifdef _WIN32

/// What the memory manager does when a page cannot be read: the thread that touched it gets this.
void pretend_in_page_error(const std::byte* address) {
  const ULONG_PTR words[3] = {0, reinterpret_cast<ULONG_PTR>(address), 0xC000009Cu};
  ::RaiseException(static_cast<DWORD>(EXCEPTION_IN_PAGE_ERROR), 0, 3, words);
}

TEST(MappedFile, APageThatCannotBeReadBecomesZerosAndAFault) {
  const ScratchFolder folder;
  ASSERT_TRUE(write_file(folder / "x", std::string(300'000, 'q')).has_value());
  ASSERT_TRUE(write_file(folder / "y", std::string(100, 'y')).has_value());
  {
    const auto file = MappedFile::open(folder / "x");
    const auto other = MappedFile::open(folder / "y");
    ASSERT_TRUE(file.has_value() && other.has_value());
    EXPECT_EQ(file->bytes()[5], std::byte{'q'});
    pretend_in_page_error(file->bytes().data() + 200'000);
    EXPECT_EQ(std::count(file->bytes().begin(), file->bytes().end(), std::byte{0}), 300'000);
    ASSERT_TRUE(file->fault().has_value());
    EXPECT_EQ(file->fault()->where, path_to_utf8(folder / "x") + " @ 0x30000");
    EXPECT_EQ(as_text(other->bytes()), std::string(100, 'y'));
    EXPECT_FALSE(other->fault().has_value());
  }
  const auto again = MappedFile::open(folder / "x");
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->bytes()[200'000], std::byte{'q'});
}

TEST(MappedFile, ThreadsThatReadALostMapGoOn) {
  const ScratchFolder folder;
  ASSERT_TRUE(write_file(folder / "x", std::string(8u << 20, 'q')).has_value());
  const auto file = MappedFile::open(folder / "x");
  ASSERT_TRUE(file.has_value());
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      for (int pass = 0; pass < 20; ++pass) {
        for (std::size_t at = 0; at < file->bytes().size(); at += 4096) {
          const std::byte value = *const_cast<const volatile std::byte*>(&file->bytes()[at]);
          ASSERT_TRUE(value == std::byte{'q'} || value == std::byte{0});
        }
      }
    });
  }
  pretend_in_page_error(file->bytes().data() + 4096);
  for (std::thread& reader : readers) reader.join();
  EXPECT_TRUE(file->fault().has_value());
}

#else

std::size_t zeros(Bytes bytes) {
  return static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), std::byte{0}));
}

TEST(MappedFile, AFileThatIsCutWhileItIsReadGivesZerosAndAFault) {
  const ScratchFolder folder;
  constexpr std::size_t kBytes = 10u << 20;
  ASSERT_TRUE(write_file(folder / "x", std::string(kBytes, 'q')).has_value());
  const auto file = MappedFile::open(folder / "x");
  ASSERT_TRUE(file.has_value());
  ASSERT_EQ(file->bytes()[kBytes - 1], std::byte{'q'});
  std::filesystem::resize_file(folder / "x", 1u << 20);
  EXPECT_FALSE(file->fault().has_value()) << "nothing was missed so far";
  EXPECT_EQ(zeros(file->bytes()), kBytes - (1u << 20));
  const auto fault = file->fault();
  ASSERT_TRUE(fault.has_value());
  EXPECT_EQ(fault->code, ErrorCode::Io);
  EXPECT_EQ(fault->where, path_to_utf8(folder / "x") + " @ 0x100000");
  EXPECT_NE(fault->message.find("became shorter"), std::string::npos) << fault->message;
  EXPECT_NE(fault->message.find("copy the log"), std::string::npos) << fault->message;
  file->release_pages();
  EXPECT_EQ(zeros(file->bytes()), kBytes - (1u << 20));
}

TEST(MappedFile, ReadNotesThatAFileWasCutAsTheMapDoes) {
  const ScratchFolder folder;
  constexpr std::size_t kBytes = 10u << 20;
  for (const auto keep : {MappedFile::Keep::No, MappedFile::Keep::Yes}) {
    ASSERT_TRUE(write_file(folder / "x", std::string(kBytes, 'q')).has_value());
    const auto file = MappedFile::open(folder / "x", keep);
    ASSERT_TRUE(file.has_value());
    std::filesystem::resize_file(folder / "x", 1u << 20);
    std::vector<std::byte> copy(kBytes, std::byte{'x'});
    file->read(0, std::span(copy).first(1u << 20));
    EXPECT_EQ(zeros(std::span(copy).first(1u << 20)), 0u);
    EXPECT_FALSE(file->fault().has_value()) << "nothing was missed so far";
    file->read(0, copy);
    EXPECT_EQ(zeros(copy), kBytes - (1u << 20));
    ASSERT_TRUE(file->fault().has_value());
    EXPECT_EQ(file->fault()->where, path_to_utf8(folder / "x") + " @ 0x100000");
  }
}

TEST(MappedFile, OnlyTheMapThatFailedHasAFault) {
  const ScratchFolder folder;
  ASSERT_TRUE(write_file(folder / "x", std::string(100'000, 'x')).has_value());
  ASSERT_TRUE(write_file(folder / "y", std::string(100'000, 'y')).has_value());
  const auto x = MappedFile::open(folder / "x");
  auto y = MappedFile::open(folder / "y");
  ASSERT_TRUE(x.has_value() && y.has_value());
  std::filesystem::resize_file(folder / "y", 0);
  EXPECT_EQ(zeros(x->bytes()), 0u);
  EXPECT_EQ(zeros(y->bytes()), 100'000u);
  EXPECT_FALSE(x->fault().has_value());
  const MappedFile moved = std::move(*y);
  EXPECT_TRUE(moved.fault().has_value());
  EXPECT_EQ(moved.fault()->where, path_to_utf8(folder / "y") + " @ 0x0");
}

TEST(MappedFile, ThreadsThatReadACutFileGoOn) {
  const ScratchFolder folder;
  constexpr std::size_t kBytes = 8u << 20;
  ASSERT_TRUE(write_file(folder / "x", std::string(kBytes, 'q')).has_value());
  const auto file = MappedFile::open(folder / "x");
  ASSERT_TRUE(file.has_value());
  std::filesystem::resize_file(folder / "x", 4096);
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] { EXPECT_EQ(zeros(file->bytes()), kBytes - 4096); });
  }
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(file->fault()->where, path_to_utf8(folder / "x") + " @ 0x1000");
}

#ifdef GTEST_HAS_DEATH_TEST
// Signals that are not about our maps still do what they did without us.
TEST(MappedFileDeathTest, OtherBusErrorsStillEndTheProgram) {
  const ScratchFolder folder;
  ASSERT_TRUE(write_file(folder / "x", "content").has_value());
  const auto file = MappedFile::open(folder / "x");
  ASSERT_TRUE(file.has_value());
  EXPECT_EXIT(
      {
        std::signal(SIGABRT, SIG_DFL);
        ::raise(SIGBUS);
      },
      [](int status) { return status != 0; }, "");
}
#endif

TEST(MappedFile, DevicesAndPipesAreRefusedWithoutWaiting) {
  const ScratchFolder folder;
  EXPECT_EQ(code_of("/dev/null"), ErrorCode::Unsupported);
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(code_of(folder / "pipe"), ErrorCode::Unsupported);
}

TEST(MappedFile, AFileThatMayNotBeReadIsDenied) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
  const ScratchFolder folder;
  ASSERT_TRUE(write_file(folder / "secret", "x").has_value());
  ASSERT_EQ(::chmod((folder / "secret").c_str(), 0), 0);
  EXPECT_EQ(code_of(folder / "secret"), ErrorCode::Denied);
}

#endif

}  // namespace
}  // namespace dropscope
