#pragma once

// Finding the files behind what the user points at, and opening them: folders are walked, archives
// are opened in place. What kind a file is, is decided by its content, never by its name alone.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/mapped_file.h"
#include "base/result.h"
#include "evidence/event.h"

namespace dropscope {

class ContentPass;

/// One file to be opened.
struct InputFile {
  std::filesystem::path path;
  std::string name;  ///< UTF-8, as the user would find it.
  std::uint64_t bytes = 0;
  bool named_by_user = false;   ///< Given itself, not found in a folder.
  bool standard_input = false;  ///< Given as "-"; `path` means nothing then.
};

struct InputList {
  std::vector<InputFile> files;    ///< In the order of the inputs; folders in order of path.
  std::vector<Source> unreadable;  ///< Inputs that do not exist or folders that cannot be listed.
  std::uint64_t bytes = 0;         ///< Of all files.
};

/// Expands folders. Links to folders are not followed, so that a loop cannot occur. "-" is standard
/// input, which can be read once; a file of that name is "./-".
[[nodiscard]] InputList collect_inputs(const std::vector<std::filesystem::path>& inputs);

enum class ContentKind : std::uint8_t {
  Evtx,
  Archive,
  Inventory,      ///< A table with a column "computer".
  EventExport,    ///< Events as XML, JSON, Clixml or a table.
  LegacyEvt,      ///< The .evt of Windows XP and Server 2003.
  NotAnEventLog,  ///< Named .evtx, and is something else.
  Empty,
  Unknown,
};
[[nodiscard]] ContentKind detect_content(Bytes bytes, std::string_view name);

/// What is to be said of content that is no evidence we read; empty for kinds that are read.
[[nodiscard]] std::string describe_problem(ContentKind kind, Bytes bytes);

/// One file or archive member, opened.
struct Content {
  std::string name;     ///< "archive.zip!/folder/file" for members.
  Bytes bytes;          ///< Valid during the call.
  std::string problem;  ///< Why it could not be read, or not whole; empty otherwise.
  bool opened = true;   ///< False: `bytes` is empty because of `problem`.
  bool named_by_user = false;
  /// The map that `bytes` is the whole of; null for a member of an archive. After reading, its
  /// fault() tells whether all of it could be read; its release_pages() bounds memory meanwhile.
  const MappedFile* map = nullptr;
  /// What `bytes` are best read through where they are read once, from front to back; null: only as
  /// `bytes`.
  ContentPass* pass = nullptr;
};

/// Opens the file and calls `use` for it, or for every member when it is an archive (archives
/// inside of archives up to three deep). Never throws; what cannot be opened is passed on with its
/// problem. An archive that could not be read to its end because of its medium is itself passed on,
/// as not opened, after its members.
void for_each_content(const InputFile& file, const std::function<void(const Content&)>& use);

}  // namespace dropscope
