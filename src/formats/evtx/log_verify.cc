// How a log is verified.
//
// A field is held against what it is about: a checksum against its bytes, a count against what is
// counted, a pointer against what it leads to. One cause should give one finding, so what follows
// from another finding is not judged: the fields of a chunk's header where the chain of its records
// is broken or goes on behind what the header knows, and the counts of the file where a chunk or
// records are missing or the log was not closed. What is required beyond the format's rules holds
// for all logs of the test corpus that were closed (measured): the file header counts the chunks in
// use, its next id is the highest plus 1, and it names the chunks of the lowest and the highest id.

#include "formats/evtx/log_verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace dropscope::evtx {
namespace {

/// Walks an event and keeps nothing but the first problem.
struct ProblemSink {
  std::optional<BinXmlError> problem;

  void damaged(const BinXmlError& error) {
    if (!problem) problem = error;
  }
  void start_element(Utf16View) {}
  void end_attributes(bool) {}
  void end_element(Utf16View) {}
  void start_attribute(Utf16View) {}
  void end_attribute() {}
  void value(const ValueView&) {}
  void cdata(Utf16View) {}
  void char_ref(char16_t) {}
  void entity_ref(Utf16View) {}
  void pi(Utf16View, Utf16View) {}
};

/// As many records as a chunk can hold; a header that counts more is not believed.
constexpr std::uint64_t kMaxChunkRecords = (kChunkBytes - kChunkHeaderBytes) / kMinRecordBytes;

bool has_no_crc(const FileHeader& header) {
  return (header.flags & kFlagNoCrc) != 0;
}

}  // namespace

std::string_view name_of(FindingKind kind) {
  static constexpr std::string_view kNames[] = {
      "file-header-crc", "file-header-fields", "file-cut",     "chunk-magic",
      "unused-chunk",    "chunk-header-crc",   "records-crc",  "chunk-header-fields",
      "name-table",      "template-table",     "header-older", "chain-broken",
      "record-size",     "record-order",       "template-id",  "event-unreadable",
      "event-in-part",   "not-closed",         "no-checksums"};
  static_assert(std::size(kNames) == kFindingKinds);
  return kNames[static_cast<std::size_t>(kind)];
}

std::uint64_t VerifyResult::damages() const {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < kFindingKinds; ++i) {
    if (!is_note(static_cast<FindingKind>(i))) sum += counts[i];
  }
  return sum;
}

Result<LogVerifier> LogVerifier::open(Bytes file) {
  // The reader has the words for what is no log.
  const auto reader = LogReader::open(file);
  if (!reader) return fail(reader.error());
  return LogVerifier(file, reader->header());
}

LogVerifier::LogVerifier(Bytes file, const FileHeader& header)
    : file_(file), header_(header), next_(first_chunk_offset(file, header)) {
  check_file_header();
}

void LogVerifier::add(FindingKind kind, std::size_t offset_in_chunk, std::uint64_t record_id,
                      std::string what, std::uint64_t lost_bytes, std::uint64_t lost_records) {
  ++result_.counts[static_cast<std::size_t>(kind)];
  result_.lost_bytes += lost_bytes;
  result_.lost_records += lost_records;
  result_.findings.add(
      {kind, chunk_offset_ + offset_in_chunk, record_id, std::move(what), lost_bytes, lost_records},
      kFindingsKept);
}

void LogVerifier::check_file_header() {
  if (!header_.crc_ok && !has_no_crc(header_) && header_.crc != 0) {
    add(FindingKind::FileHeaderCrc, 124, 0, "checksum of the file header is wrong");
  }
  if (header_.dirty()) {
    add(FindingKind::NotClosed, 120, 0,
        "the log was not closed: copied while Windows used it, or the system crashed; counts in "
        "its "
        "header may be old");
  }
  if (has_no_crc(header_)) {
    add(FindingKind::NoChecksums, 120, 0, "the log says that it has no checksums");
  }
}

bool LogVerifier::next_chunk() {
  if (next_ >= file_.size()) {
    if (!finished_) finish();
    finished_ = true;
    return false;
  }
  chunk_offset_ = next_;
  const Bytes chunk =
      file_.subspan(chunk_offset_, std::min(kChunkBytes, file_.size() - chunk_offset_));
  next_ += chunk.size();
  const std::uint64_t before = result_.damages();
  const bool is_chunk = parse_chunk_header(chunk).has_value();
  if (is_chunk) {
    ++result_.chunks;
    check_chunk(chunk);
    if (result_.damages() != before) ++result_.chunks_damaged;
  } else {
    check_empty_chunk(chunk);
  }
  ++chunk_number_;
  return true;
}

void LogVerifier::check_empty_chunk(Bytes chunk) {
  const auto used =
      std::find_if(chunk.begin(), chunk.end(), [](std::byte b) { return b != std::byte{0}; });
  if (used == chunk.end()) {
    ++result_.chunks_unused;
    return;
  }
  ++result_.chunks_bad;
  const auto at = static_cast<std::size_t>(used - chunk.begin());
  if (at >= kChunkHeaderBytes) {
    add(FindingKind::UnusedChunk, at, 0,
        "the chunk has no header and would be unused, but it is not empty", chunk.size());
  } else if (chunk.size() < kChunkHeaderBytes) {
    add(FindingKind::FileCut, chunk.size(), 0, "the file ends inside the header of a chunk",
        chunk.size());
  } else {
    add(FindingKind::ChunkMagic, 0, 0,
        fmt::format("expected \"ElfChnk\" at the start of a chunk, found \"{}\"",
                    printable(as_text(chunk.first(16)))),
        chunk.size());
  }
}

void LogVerifier::check_chunk(Bytes chunk) {
  const ChunkHeader header = *parse_chunk_header(chunk);
  const ChunkCrc crc = check_crc(chunk, header, header_.flags);
  if (crc.absent) {
    if (!has_no_crc(header_)) add(FindingKind::NoChecksums, 124, 0, "the chunk has no checksums");
  } else {
    if (!crc.header_ok) {
      add(FindingKind::ChunkHeaderCrc, 124, 0, "checksum of the chunk header is wrong");
    }
    if (!crc.records_ok && !crc.records_cut) {
      add(FindingKind::RecordsCrc, 52, 0, "checksum of the chunk's records is wrong");
    }
  }
  walk_records(chunk, header, walk_, header_may_be_stale(header_.flags, crc));
  const auto recovered = std::find_if(walk_.records.begin(), walk_.records.end(),
                                      [](const RecordView& r) { return r.recovered; });
  result_.records_recoverable += static_cast<std::uint64_t>(walk_.records.end() - recovered);
  walk_.records.erase(recovered, walk_.records.end());
  check_chain(header, chunk.size(), crc.header_ok || crc.absent);
  check_header_fields(header, chunk);

  const TableCheck tables = check_tables(chunk, header);
  check_table_faults(tables);

  names_used_.clear();
  templates_used_.clear();
  programs_noted_.clear();
  binxml_.begin_chunk(chunk);
  const std::uint8_t chunk_doubts = doubts_of(crc);
  const RecordView* last = nullptr;
  for (const RecordView& record : walk_.records) {
    if (last != nullptr && record.id <= last->id) {
      add(FindingKind::RecordOrder, record.offset + 8, record.id,
          fmt::format("expected an id above {}, found {}", last->id, record.id));
    }
    check_record(record, (chunk_doubts | doubts_of(record)) != 0);
    last = &record;
  }
  // A header that is older than its records does not know their names.
  const bool stale = !walk_.records.empty() && walk_.records.back().beyond_free_space;
  if (!stale && tables.faults.empty() && chunk.size() == kChunkBytes) check_reached(tables);
}

void LogVerifier::check_table_faults(const TableCheck& tables) {
  for (const TableFault& fault : tables.faults) {
    add(fault.is_template ? FindingKind::TemplateTable : FindingKind::NameTable, fault.at, 0,
        fmt::format("table of {}, entry {}: {:#x} {}", fault.is_template ? "templates" : "names",
                    fault.bucket, fault.value, fault.what));
  }
}

/// Each template is looked at once; the programs of a chunk's templates are no longer than twice
/// its bytes (BinXmlReader), those of fragments without one no longer than the fragment.
void LogVerifier::note_names(const Program& program) {
  if (program.number != Program::kInline) {
    if (program.number >= programs_noted_.size()) programs_noted_.resize(program.number + 1);
    if (programs_noted_[program.number]) return;
    programs_noted_[program.number] = true;
  }
  for (const Op& op : program.ops) {
    const bool named = op.kind == OpKind::Open || op.kind == OpKind::Attribute ||
                       op.kind == OpKind::EntityRef || op.kind == OpKind::Pi;
    // next (4), hash (2) and length (2) stand before the characters.
    if (named) names_used_.insert(op.name - 8);
  }
}

/// That the tables lead to all that the records use, as in all logs of the test corpus but the one
/// whose table was cut (security_bad_string_cache.evtx).
void LogVerifier::check_reached(const TableCheck& tables) {
  const auto check = [&](bool is_template, const std::set<std::uint32_t>& used,
                         const std::vector<std::uint32_t>& reached) {
    std::vector<std::uint32_t> missing;
    std::set_difference(used.begin(), used.end(), reached.begin(), reached.end(),
                        std::back_inserter(missing));
    if (missing.empty()) return;
    add(is_template ? FindingKind::TemplateTable : FindingKind::NameTable, missing.front(), 0,
        fmt::format(
            "the chunk's table does not lead to {} that records use",
            is_template ? count_of(missing.size(), "template") : count_of(missing.size(), "name")));
  };
  check(false, names_used_, tables.names);
  check(true, templates_used_, tables.templates);
}

void LogVerifier::check_chain(const ChunkHeader& header, std::size_t chunk_bytes,
                              bool header_sound) {
  // How many records the header knows of, less those that are there.
  const std::uint64_t counted = header.last_record_number - header.first_record_number + 1;
  const std::uint64_t found = walk_.records.size();
  const bool believed = header_sound && counted > found && counted <= kMaxChunkRecords;
  std::uint64_t missing = believed ? counted - found : 0;
  for (const RecordGap& gap : walk_.gaps) {
    const bool is_break = gap.offset >= kChunkHeaderBytes;
    add(is_break ? FindingKind::ChainBroken : FindingKind::ChunkHeaderFields, gap.offset, 0,
        gap.what, gap.bytes, is_break ? std::exchange(missing, 0) : 0);
  }
  if (chunk_bytes < kChunkBytes) {
    add(FindingKind::FileCut, chunk_bytes, 0,
        fmt::format("the file ends {} before the end of its last chunk",
                    count_of(kChunkBytes - chunk_bytes, "byte")),
        kChunkBytes - chunk_bytes, missing);
  }
  const auto beyond = std::find_if(walk_.records.begin(), walk_.records.end(),
                                   [](const RecordView& r) { return r.beyond_free_space; });
  if (beyond != walk_.records.end()) {
    add(FindingKind::HeaderOlder, beyond->offset, beyond->id,
        fmt::format("the chunk header is older than {} from here on",
                    count_of(static_cast<std::uint64_t>(walk_.records.end() - beyond), "record")));
  }
}

void LogVerifier::check_header_fields(const ChunkHeader& header, Bytes chunk) {
  const auto& records = walk_.records;
  const bool cut = chunk.size() < kChunkBytes;
  if (cut || !walk_.gaps.empty() || records.empty() || records.back().beyond_free_space) return;
  const auto compare = [&](std::size_t at, std::string_view name, std::uint64_t said,
                           std::uint64_t found) {
    if (said == found) return;
    add(FindingKind::ChunkHeaderFields, at, 0,
        fmt::format("{} of the chunk header is {}, expected {}", name, said, found));
  };
  compare(24, "first record id", header.first_record_id, records.front().id);
  compare(32, "last record id", header.last_record_id, records.back().id);
  compare(44, "offset of the last record", header.last_record_offset, records.back().offset);
  compare(8, "number of records", header.last_record_number - header.first_record_number + 1,
          records.size());
}

void LogVerifier::check_record(const RecordView& record, bool doubtful) {
  ++result_.records;
  if (doubtful) ++result_.records_doubtful;
  if (!any_records_ || record.id < lowest_id_) {
    lowest_id_ = record.id;
    oldest_chunk_ = chunk_number_;
  }
  if (!any_records_ || record.id > highest_id_) {
    highest_id_ = record.id;
    newest_chunk_ = chunk_number_;
  }
  any_records_ = true;
  const std::size_t size = record.end() - record.offset;
  if (record.sizes_differ) {
    add(FindingKind::RecordSize, record.end() - 4, record.id,
        fmt::format("the record's size is {} at its beginning and another at its end", size));
  } else if (size % 8 != 0) {
    add(FindingKind::RecordSize, record.offset + 4, record.id,
        fmt::format("the record's size is {}, expected a multiple of 8", size));
  }
  const auto fragment = binxml_.fragment(record.binxml_offset, record.binxml_size);
  if (!fragment) {
    ++result_.records_unreadable;
    add(FindingKind::EventUnreadable, binxml_.error().offset, record.id, binxml_.error().what);
    return;
  }
  ProblemSink sink;
  if (!walk(binxml_, *fragment, sink)) {
    ++result_.records_in_part;
    const BinXmlError problem = sink.problem.value_or(BinXmlError{});
    add(FindingKind::EventInPart, problem.offset != 0 ? problem.offset : record.offset, record.id,
        problem.what);
    return;
  }
  note_names(*fragment->program);
  check_template_id(record.binxml_offset, record.binxml_size, record.id);
  check_template_ids(*fragment, record.id, 0);
}

/// Of the fragments in the values. They lie one behind the other inside the record, so the work is
/// bounded by its size and the depth that the reader allows.
void LogVerifier::check_template_ids(const Fragment& fragment, std::uint64_t record_id, int depth) {
  std::vector<ValueView> values;
  fragment.values.expand(values);
  for (const ValueView& value : values) {
    if (value.type != ValueType::BinXml) continue;
    value.for_each_element([&](const ValueView& part) {
      if (part.bytes.empty() || depth + 1 >= BinXmlReader::kMaxFragments) return;
      const std::size_t offset = binxml_.offset_of(part.bytes);
      const auto nested = binxml_.fragment(offset, part.bytes.size(), depth + 1);
      if (!nested) return;
      note_names(*nested->program);
      check_template_id(offset, part.bytes.size(), record_id);
      check_template_ids(*nested, record_id, depth + 1);
    });
  }
}

/// The instance repeats the first four bytes of its template's GUID (FORMAT.md, "BinXML"). The
/// fragment is one that the reader has accepted.
void LogVerifier::check_template_id(std::size_t offset, std::size_t size, std::uint64_t record_id) {
  const Bytes chunk = binxml_.chunk();
  const std::size_t end = offset + size;
  const auto token = [&](std::size_t at) { return std::to_integer<std::uint8_t>(chunk[at]); };
  while (end - offset >= 4 && token(offset) == static_cast<std::uint8_t>(Token::FragmentHeader)) {
    offset += 4;
  }
  // Token (1), unknown (1), id (4), offset of the definition (4); there: next (4), GUID (16).
  if (end - offset < 10 ||
      (token(offset) & ~kTokenMore) != static_cast<std::uint8_t>(Token::TemplateInstance)) {
    return;
  }
  const auto id = load_le<std::uint32_t>(chunk.data() + offset + 2);
  const std::size_t definition = load_le<std::uint32_t>(chunk.data() + offset + 6);
  if (!fits(chunk, definition, 8)) return;
  templates_used_.insert(static_cast<std::uint32_t>(definition));
  const auto guid = load_le<std::uint32_t>(chunk.data() + definition + 4);
  if (id == guid) return;
  add(FindingKind::TemplateId, offset + 2, record_id,
      fmt::format("the record names template {:08x}, and the one at offset {:#x} of its chunk is "
                  "{:08x}",
                  id, definition, guid));
}

/// What only the whole file can tell.
void LogVerifier::finish() {
  chunk_offset_ = 0;
  const std::uint64_t found = result_.chunks + result_.chunks_unused + result_.chunks_bad;
  if (header_.crc_ok && header_.chunk_count > found) {
    chunk_offset_ = file_.size();
    add(FindingKind::FileCut, 0, 0,
        fmt::format("the file header counts {}, the file holds {}",
                    count_of(header_.chunk_count, "chunk"), found),
        (header_.chunk_count - found) * kChunkBytes);
    chunk_offset_ = 0;
    return;
  }
  const bool follows = result_.chunks_bad != 0 || result_.count(FindingKind::ChainBroken) != 0;
  if (!header_.crc_ok || header_.dirty() || !any_records_ || follows) return;
  const auto compare = [&](std::size_t at, std::string_view name, std::uint64_t said,
                           std::uint64_t expected) {
    if (said == expected) return;
    add(FindingKind::FileHeaderFields, at, 0,
        fmt::format("{} of the file header is {}, expected {}", name, said, expected));
  };
  // 16 bits, so a log above 4 GiB has only the low ones.
  compare(42, "number of chunks", header_.chunk_count, result_.chunks & 0xffffu);
  compare(24, "next record id", header_.next_record_id, highest_id_ + 1);
  compare(8, "number of the oldest chunk", header_.first_chunk, oldest_chunk_);
  compare(16, "number of the newest chunk", header_.last_chunk, newest_chunk_);
}

}  // namespace dropscope::evtx
