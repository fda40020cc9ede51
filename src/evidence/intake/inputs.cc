#include "evidence/intake/inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <system_error>
#include <utility>

#include "base/files.h"
#include "base/spool_file.h"
#include "base/text.h"
#include "base/utf16.h"
#include "evidence/intake/table_header.h"
#include "formats/archive/archive.h"
#include "formats/event_export/clixml.h"
#include "formats/event_export/event_json.h"
#include "formats/event_export/event_table.h"
#include "formats/event_export/event_xml.h"
#include "formats/evt/evt.h"
#include "formats/evtx/format.h"
#include "formats/package/manifest.h"

namespace dropscope {
namespace {

namespace fs = std::filesystem;

/// Archives inside archives; mail gateways and ticket systems add a layer, rarely two.
constexpr int kMaxArchiveDepth = 3;

Source unreadable_source(std::string path, std::string problem) {
  Source source;
  source.path = std::move(path);
  source.state = SourceState::Unreadable;
  source.problem = std::move(problem);
  return source;
}

bool is_permission_error(const std::error_code& error) {
  return error == std::errc::permission_denied || error == std::errc::operation_not_permitted;
}

void add_file(InputList& list, const fs::path& path, bool named_by_user) {
  InputFile file;
  file.path = path;
  file.name = path_to_utf8(path);
  file.named_by_user = named_by_user;
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (!error) file.bytes = size;
  list.bytes += file.bytes;
  list.files.push_back(std::move(file));
}

/// Whether what the link leads to lies below the folder that the user named.
bool stays_inside(const fs::path& root, const fs::path& target) {
  return std::mismatch(root.begin(), root.end(), target.begin(), target.end()).first == root.end();
}

/// A link inside the evidence is another name of a file of it. One that leads elsewhere would bring
/// in files that nobody gave as evidence, whoever packed the folder.
void add_link(InputList& list, const fs::path& root, const fs::path& link) {
  std::error_code error;
  const fs::path target = fs::canonical(link, error);
  if (error) {
    list.unreadable.push_back(unreadable_source(
        path_to_utf8(link), "is a link to a file that is not there; copy the file itself"));
  } else if (!stays_inside(root, target)) {
    list.unreadable.push_back(unreadable_source(
        path_to_utf8(link),
        fmt::format("is a link out of the folder, to {}, and is refused; copy what it leads to "
                    "into the folder if it is evidence",
                    printable(path_to_utf8(target)))));
  } else if (fs::is_regular_file(target, error)) {
    add_file(list, link, false);
  }
}

/// `root` is the folder that the user named, without links in it.
void add_folder(InputList& list, const fs::path& root, const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    entries.push_back(it->path());
  }
  if (error) {
    list.unreadable.push_back(unreadable_source(
        path_to_utf8(folder),
        is_permission_error(error)
            ? "no permission to list this folder; run as a user who may read it, or copy the logs"
            : fmt::format("the folder could not be listed: {}", error.message())));
  }
  std::sort(entries.begin(), entries.end(),
            [](const fs::path& a, const fs::path& b) { return path_to_utf8(a) < path_to_utf8(b); });
  for (const fs::path& entry : entries) {
    std::error_code ignored;
    const auto status = fs::symlink_status(entry, ignored);
    if (fs::is_directory(status)) {
      add_folder(list, root, entry);
    } else if (fs::is_symlink(status)) {
      add_link(list, root, entry);
    } else if (fs::is_regular_file(status)) {
      add_file(list, entry, false);
    }
  }
}

/// The first kilobytes as text: UTF-16 with a byte order mark becomes UTF-8, a UTF-8 mark is
/// dropped.
std::string head_as_text(Bytes bytes) {
  const Bytes head = bytes.first(std::min<std::size_t>(bytes.size(), 4096));
  if (head.size() >= 2 && head[0] == std::byte{0xff} && head[1] == std::byte{0xfe}) {
    return to_utf8(Utf16View(head.subspan(2)));
  }
  std::string_view text = as_text(head);
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  return std::string(text);
}

/// An event log as text, in one of the forms of formats/event_export.
bool is_event_export(std::string_view head) {
  return event_export::holds_event_xml(head) || event_export::holds_event_json(head) ||
         event_export::clixml_kind(head) == event_export::ClixmlKind::Events ||
         event_export::find_event_table(head).has_value();
}

/// An inventory is a table whose first row has a column called "computer".
bool is_inventory(std::string_view text) {
  const std::vector<std::string> columns = header_columns(text);
  return std::find(columns.begin(), columns.end(), "computer") != columns.end();
}

void open_archive(const Content& archive, int depth,
                  const std::function<void(const Content&)>& use);

void open_content(const Content& content, int depth,
                  const std::function<void(const Content&)>& use) {
  if (content.opened && archive::is_archive(content.bytes) && !content.bytes.empty()) {
    if (depth < kMaxArchiveDepth) {
      open_archive(content, depth, use);
      return;
    }
    Content refused = content;
    refused.opened = false;
    refused.bytes = {};
    refused.problem =
        fmt::format("an archive inside {} others is not opened; unpack it and give the folder",
                    kMaxArchiveDepth);
    use(refused);
    return;
  }
  use(content);
}

void open_archive(const Content& archive, int depth,
                  const std::function<void(const Content&)>& use) {
  // Of an escalation package, whose manifest is its first member, only the evidence is evidence:
  // what the package says about it (a report, tables) would be read a second time.
  bool first = true;
  bool is_package = false;
  const auto members =
      archive::for_each_member(archive.bytes, archive::Limits{}, [&](archive::Member&& member) {
        if (std::exchange(first, false)) {
          is_package = package::is_manifest(member.name, member.content);
        }
        if (is_package && !member.name.empty() &&
            !member.name.starts_with(package::kEvidenceFolder)) {
          return;
        }
        Content content;
        content.name = member.name.empty() ? archive.name : archive.name + "!/" + member.name;
        content.bytes = as_bytes(member.content);
        content.problem = std::move(member.problem);
        content.opened = content.problem.empty() || !content.bytes.empty();
        open_content(content, depth + 1, use);
      });
  const auto fault = archive.map != nullptr ? archive.map->fault() : std::nullopt;
  if (!members || fault) {
    Content failed = archive;
    failed.bytes = {};
    failed.opened = false;
    failed.map = nullptr;
    failed.problem = fault ? fault->message : members.error().message;
    use(failed);
  }
}

}  // namespace

InputList collect_inputs(const std::vector<fs::path>& inputs) {
  InputList list;
  bool standard_input = false;
  for (const fs::path& input : inputs) {
    if (input == fs::path("-")) {
      if (standard_input) {
        list.unreadable.push_back(unreadable_source(
            std::string(kStandardInputName), "can be read only once; give \"-\" a single time"));
        continue;
      }
      standard_input = true;
      InputFile file;
      file.name = kStandardInputName;
      file.named_by_user = true;
      file.standard_input = true;
      list.files.push_back(std::move(file));
      continue;
    }
    std::error_code error;
    const auto status = fs::status(input, error);
    if (fs::is_directory(status)) {
      fs::path root = fs::canonical(input, error);
      if (error) root = input;
      add_folder(list, root, input);
    } else if (status.type() == fs::file_type::not_found) {
      list.unreadable.push_back(unreadable_source(
          path_to_utf8(input), "no such file or folder; check the spelling and the drive"));
    } else {
      add_file(list, input, true);
    }
  }
  return list;
}

ContentKind detect_content(Bytes bytes, std::string_view name) {
  if (bytes.empty()) return ContentKind::Empty;
  if (as_text(bytes).starts_with(evtx::kFileMagic)) return ContentKind::Evtx;
  if (archive::is_archive(bytes)) return ContentKind::Archive;
  if (evt::is_evt(bytes)) return ContentKind::LegacyEvt;
  const std::string head = head_as_text(bytes);
  const std::string_view text = trim(head);
  if (is_event_export(head)) return ContentKind::EventExport;
  if (ends_with_nocase_ascii(name, ".evtx")) return ContentKind::NotAnEventLog;
  if (is_inventory(text)) return ContentKind::Inventory;
  return ContentKind::Unknown;
}

std::string describe_problem(ContentKind kind, Bytes bytes) {
  switch (kind) {
    case ContentKind::Evtx:
    case ContentKind::Archive:
    case ContentKind::Inventory:
      return {};
    case ContentKind::Empty:
      return "the file is empty (0 bytes); export the log again, for example with: wevtutil epl "
             "Application Application.evtx";
    case ContentKind::EventExport:
      return "an event log that was exported as text (XML, JSON or a table); dropscope diagnose "
             "reads "
             "it, this command reads .evtx only: save the log from Event Viewer as .evtx, or run: "
             "wevtutil epl Application Application.evtx";
    case ContentKind::LegacyEvt:
      return "an event log of Windows XP or Server 2003 (.evt); dropscope diagnose reads it, this "
             "command reads .evtx only: convert it on a Windows computer with: wevtutil epl "
             "Application.evt Application.evtx /lf:true";
    case ContentKind::NotAnEventLog: {
      const std::string head = head_as_text(bytes);
      return fmt::format(
          "not an event log: expected \"ElfFile\" at offset 0, found \"{}\"; "
          "export the log again, for example with: wevtutil epl Application Application.evtx",
          printable(std::string_view(head).substr(0, 24)));
    }
    case ContentKind::Unknown:
      break;
  }
  return "not evidence of a kind that is read; give the Application log (.evtx) first. Also read: "
         "exports of event logs, registry exports and hives, Connection Status as text or picture, "
         "netstat and the like, logs of balancers, firewalls and servers, packet captures, tables "
         "of computers";
}

void for_each_content(const InputFile& file, const std::function<void(const Content&)>& use) {
  Content content;
  content.name = file.name;
  content.named_by_user = file.named_by_user;
  const auto mapped = file.standard_input ? map_standard_input()
                                          : MappedFile::open(file.path, MappedFile::Keep::Yes);
  if (!mapped) {
    content.opened = false;
    content.problem = mapped.error().message;
    use(content);
    return;
  }
  content.bytes = mapped->bytes();
  content.map = &*mapped;
  open_content(content, 0, use);
  mapped->release_pages();
}

}  // namespace dropscope
