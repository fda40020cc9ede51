// Writes inputs for the fuzz targets to start from: the binary formats, which are better made than
// kept in the repository. usage: make_seeds FOLDER
#include <archive.h>
#include <archive_entry.h>

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "base/files.h"
#include "formats/evtx/writer.h"

namespace {

using namespace dropscope;
namespace fs = std::filesystem;

bool save(const fs::path& path, Bytes bytes) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  const Result<void> saved = write_file(path, bytes);
  if (!saved) std::fprintf(stderr, "%s\n", saved.error().text().c_str());
  return saved.has_value();
}

std::string pack(bool zip, bool packed) {
  ::archive* out = archive_write_new();
  if (zip) {
    archive_write_set_format_zip(out);
    if (!packed) archive_write_zip_set_compression_store(out);
  } else {
    archive_write_set_format_pax(out);
    if (packed) archive_write_add_filter_gzip(out);
  }
  std::string bytes(1 << 20, '\0');
  std::size_t used = 0;
  archive_write_open_memory(out, bytes.data(), bytes.size(), &used);
  for (const char* name : {"logs/PC01.evtx", "clients.csv", "../up", "empty"}) {
    const std::string content = name == std::string("empty") ? "" : std::string(300, 'x') + name;
    ::archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
    archive_write_header(out, entry);
    archive_write_data(out, content.data(), content.size());
    archive_entry_free(entry);
  }
  archive_write_close(out);
  archive_write_free(out);
  bytes.resize(used);
  return bytes;
}

evtx::EventSpec spec(evtx::RecordStyle style, std::uint16_t id) {
  evtx::EventSpec event;
  event.style = style;
  event.provider = "Outlook";
  event.event_id = id;
  event.qualifiers = std::uint16_t{0};
  event.time = Instant{} + Ticks{133'000'000'000'000'000};  // A FILETIME in 2022.
  event.channel = "Application";
  event.computer = "PC01.example.test";
  event.data.push_back({"", evtx::OwnedValue::string("Connection to server lost.")});
  return event;
}

/// One record of each layout, with every kind of value in the typed one.
std::vector<std::byte> log(std::vector<evtx::RecordStyle> styles, bool dirty) {
  using evtx::OwnedValue;
  using evtx::ValueType;
  evtx::WriterOptions options;
  options.dirty = dirty;
  evtx::Writer writer(options);
  for (const evtx::RecordStyle style : styles) {
    evtx::EventSpec event = spec(style, 26);
    if (style == evtx::RecordStyle::Manifest) {
      event.data = {{"u", OwnedValue::integer(ValueType::UInt32, 7)},
                    {"h", OwnedValue::integer(ValueType::HexInt64, 0xabcdef)},
                    {"d", OwnedValue::real64(0.1)},
                    {"t", OwnedValue::file_time(event.time)},
                    {"s", OwnedValue::sid(5, {18})},
                    {"a", OwnedValue::string_array({"one", "two"})},
                    {"b", OwnedValue::binary(as_bytes("bytes"))},
                    {"n", OwnedValue::null()}};
    }
    (void)writer.add(event);
    (void)writer.add(event);
  }
  return writer.finish();
}

/// A log's records without any chunk, and its first chunk with most of them behind the free space.
bool save_for_recovery(const fs::path& folder, const std::string& name, evtx::RecordStyle style) {
  const std::vector<std::byte> whole = log({style, style}, false);
  const Bytes records = Bytes(whole).subspan(evtx::kFileBlockBytes + evtx::kChunkHeaderBytes);
  const std::size_t used =
      load_le<std::uint32_t>(whole.data() + evtx::kFileBlockBytes + 48) - evtx::kChunkHeaderBytes;
  std::vector<std::byte> slack(whole.begin(), whole.begin() + evtx::kFileBlockBytes +
                                                  evtx::kChunkHeaderBytes +
                                                  static_cast<std::ptrdiff_t>(used));
  const std::size_t first = load_le<std::uint32_t>(records.data() + 4);
  store_le(slack.data() + evtx::kFileBlockBytes + 48,
           static_cast<std::uint32_t>(evtx::kChunkHeaderBytes + first));
  return save(folder / (name + ".blob"), records.first(used)) &&
         save(folder / (name + ".evtx"), slack);
}

/// A log behind the bytes that choose the filter.
bool save_for_filter(const fs::path& folder, const std::string& name, unsigned choice,
                     const std::vector<std::byte>& log) {
  std::vector<std::byte> bytes(32);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::byte>((choice * (i + 1)) & 0xff);
  }
  bytes.insert(bytes.end(), log.begin(), log.end());
  return save(folder / name, bytes);
}

/// The number of chunks, and as many copies of what a log's first chunk holds; that the templates
/// of one are those of the others is what a thread remembers.
bool save_for_threads(const fs::path& folder, const std::string& name, unsigned chunks,
                      const std::vector<std::byte>& log) {
  std::vector<std::byte> bytes{static_cast<std::byte>(chunks - 1)};
  const auto used = load_le<std::uint32_t>(log.data() + evtx::kFileBlockBytes + 48);
  const auto begin = log.begin() + evtx::kFileBlockBytes;
  for (unsigned i = 0; i < chunks; ++i) bytes.insert(bytes.end(), begin, begin + used);
  return save(folder / name, bytes);
}

/// The first chunk of a log, and the BinXML of its first record.
bool save_parts(const fs::path& folder, const std::string& name,
                const std::vector<std::byte>& log) {
  const Bytes chunk = Bytes(log).subspan(evtx::kFileBlockBytes);
  const auto used = load_le<std::uint32_t>(chunk.data() + 48);
  const auto record = load_le<std::uint32_t>(chunk.data() + evtx::kChunkHeaderBytes + 4);
  constexpr std::size_t kBegin = evtx::kChunkHeaderBytes + evtx::kRecordHeaderBytes;
  return save(folder / "evtx_chunk" / name, chunk.first(used)) &&
         save(folder / "evtx_record" / name,
              chunk.subspan(kBegin, record - evtx::kRecordHeaderBytes - 4));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: make_seeds FOLDER\n");
    return 2;
  }
  const fs::path folder = argv[1];
  bool good = true;
  good &= save(folder / "archive/stored.zip", as_bytes(pack(true, false)));
  good &= save(folder / "archive/deflated.zip", as_bytes(pack(true, true)));
  good &= save(folder / "archive/plain.tar", as_bytes(pack(false, false)));
  good &= save(folder / "archive/packed.tar.gz", as_bytes(pack(false, true)));
  using Style = evtx::RecordStyle;
  good &= save(folder / "evtx/classic.evtx", log({Style::Classic}, false));
  good &= save(folder / "evtx/manifest.evtx", log({Style::Manifest}, false));
  good &= save(folder / "evtx/inline_dirty.evtx", log({Style::Inline}, true));
  good &=
      save(folder / "evtx/all.evtx", log({Style::Classic, Style::Manifest, Style::Inline}, false));
  good &= save_for_recovery(folder / "evtx_recover", "classic", Style::Classic);
  good &= save_for_recovery(folder / "evtx_recover", "manifest", Style::Manifest);
  good &= save_for_recovery(folder / "evtx_recover", "inline", Style::Inline);
  for (const unsigned choice : {1u, 7u, 42u, 99u}) {
    good &= save_for_filter(folder / "evtx_filter", "all_" + std::to_string(choice), choice,
                            log({Style::Classic, Style::Manifest, Style::Inline}, false));
  }
  for (const auto& [name, style] : {std::pair{"classic", Style::Classic},
                                    {"manifest", Style::Manifest},
                                    {"inline", Style::Inline}}) {
    good &= save_parts(folder, name, log({style, style}, false));
  }
  for (const unsigned chunks : {1u, 2u, 4u}) {
    good &= save_for_threads(folder / "evtx_parallel", "all_" + std::to_string(chunks), chunks,
                             log({Style::Classic, Style::Manifest, Style::Inline}, false));
  }
  return good ? 0 : 1;
}
