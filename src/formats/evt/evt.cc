#include "formats/evt/evt.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/utf16.h"

namespace dropscope::evt {
namespace {

/// ReportEvent takes at most 31,839 characters a string and 61,440 bytes of data; a record stays
/// below 256 KiB in all versions.
constexpr std::uint32_t kMaxRecordBytes = 1u << 18;
/// Strings of one record; ReportEvent takes 256 at most.
constexpr std::size_t kMaxStrings = 4096;
/// Four words that mark the end-of-file record (ELF_EOF_RECORD).
constexpr std::uint32_t kEndMarks[4] = {0x11111111, 0x22222222, 0x33333333, 0x44444444};

template <typename T>
T at(Bytes bytes, std::size_t offset) {
  return load_le<T>(bytes.data() + offset);
}

/// A text that ends with a zero unit inside of `bytes`; `next` is what follows it.
std::optional<std::string> take_text(Bytes bytes, std::size_t begin, std::size_t& next) {
  for (std::size_t end = begin; fits(bytes, end, 2); end += 2) {
    if (at<std::uint16_t>(bytes, end) != 0) continue;
    next = end + 2;
    return to_utf8(Utf16View(bytes.subspan(begin, end - begin)));
  }
  return std::nullopt;
}

/// [MS-DTYP] 2.4.2.2.
std::string sid_text(Bytes sid) {
  if (sid.size() < 8) return {};
  const auto count = std::to_integer<std::size_t>(sid[1]);
  if (count > 15 || sid.size() < 8 + 4 * count) return {};
  std::uint64_t authority = 0;
  for (std::size_t i = 2; i < 8; ++i)
    authority = authority << 8 | std::to_integer<std::uint64_t>(sid[i]);
  std::string out = fmt::format("S-{}-{}", std::to_integer<unsigned>(sid[0]), authority);
  for (std::size_t i = 0; i < count; ++i) {
    out += fmt::format("-{}", at<std::uint32_t>(sid, 8 + 4 * i));
  }
  return out;
}

}  // namespace

bool is_evt(Bytes bytes) {
  return bytes.size() >= kHeaderBytes && at<std::uint32_t>(bytes, 0) == kHeaderBytes &&
         at<std::uint32_t>(bytes, 4) == kSignature;
}

Result<LogReader> LogReader::open(Bytes bytes) {
  if (!is_evt(bytes)) {
    return fail(ErrorCode::Corrupt,
                "not an event log of Windows XP or Server 2003: expected a header of 0x30 bytes "
                "with \"LfLe\" at offset 4");
  }
  Header header;
  header.start_offset = at<std::uint32_t>(bytes, 16);
  header.end_offset = at<std::uint32_t>(bytes, 20);
  header.current_record = at<std::uint32_t>(bytes, 24);
  header.oldest_record = at<std::uint32_t>(bytes, 28);
  header.max_size = at<std::uint32_t>(bytes, 32);
  header.flags = at<std::uint32_t>(bytes, 36);
  return LogReader(bytes, header);
}

LogReader::LogReader(Bytes bytes, const Header& header)
    : bytes_(bytes), header_(header), ring_end_(bytes.size() & ~std::uint64_t{3}) {
  end_ = end_record(header_.end_offset);
  if (!end_) end_ = find_end_record();
  at_ = kHeaderBytes;
  const std::uint64_t begin = end_ ? end_->begin : header_.start_offset;
  // An empty log has its end where its beginning is.
  if (record_size(begin) != 0 || (end_ && begin == end_->offset)) {
    at_ = begin;
    from_begin_ = end_.has_value();
  }
}

std::uint64_t LogReader::after(std::uint64_t at, std::uint64_t size) const {
  at += size;
  return at >= ring_end_ ? at - ring_end_ + kHeaderBytes : at;
}

std::uint32_t LogReader::word(std::uint64_t at) const {
  return load_le<std::uint32_t>(bytes_.data() + at);
}

void LogReader::copy(std::uint64_t at, std::size_t size, std::vector<std::byte>& out) const {
  out.clear();
  const auto first = static_cast<std::size_t>(std::min<std::uint64_t>(size, ring_end_ - at));
  const Bytes head = bytes_.subspan(static_cast<std::size_t>(at), first);
  out.insert(out.end(), head.begin(), head.end());
  const Bytes rest = bytes_.subspan(kHeaderBytes, size - first);
  out.insert(out.end(), rest.begin(), rest.end());
}

std::uint32_t LogReader::record_size(std::uint64_t at) const {
  if (at < kHeaderBytes || at % 4 != 0 || at + kRecordHeaderBytes > ring_end_) return 0;
  const std::uint32_t size = word(at);
  if (word(at + 4) != kSignature) return 0;
  if (size < kRecordHeaderBytes + 4 || size % 4 != 0 || size > kMaxRecordBytes) return 0;
  if (size > ring_end_ - kHeaderBytes) return 0;
  return word(after(at, size - 4)) == size ? size : 0;
}

std::optional<LogReader::EndRecord> LogReader::end_record(std::uint64_t at) const {
  if (at < kHeaderBytes || at % 4 != 0 || at + 4 > ring_end_) return std::nullopt;
  if (ring_end_ - kHeaderBytes < kEndRecordBytes) return std::nullopt;
  std::uint32_t words[kEndRecordBytes / 4];
  for (std::size_t i = 0; i < kEndRecordBytes / 4; ++i) words[i] = word(after(at, 4 * i));
  if (words[0] != kEndRecordBytes || words[9] != kEndRecordBytes) return std::nullopt;
  if (!std::equal(std::begin(kEndMarks), std::end(kEndMarks), words + 1)) return std::nullopt;
  return EndRecord{at, words[5], words[6], words[7], words[8]};
}

std::optional<LogReader::EndRecord> LogReader::find_end_record() const {
  std::optional<EndRecord> found;
  for (std::uint64_t at = kHeaderBytes; at + 4 <= ring_end_; at += 4) {
    if (word(at) != kEndRecordBytes) continue;
    const auto end = end_record(at);
    // A copy that was left behind names another place than its own.
    if (end && (!found || end->end == at)) found = end;
    if (found && found->end == found->offset) break;
  }
  return found;
}

bool LogReader::decode(std::uint64_t at_offset, std::uint32_t size, Record& out) {
  copy(at_offset, size, buffer_);
  const Bytes bytes(buffer_);
  out = Record{};
  out.offset = at_offset;
  out.number = at<std::uint32_t>(bytes, 8);
  out.generated = instant_from_unix(at<std::uint32_t>(bytes, 12));
  out.written = instant_from_unix(at<std::uint32_t>(bytes, 16));
  out.event_id = at<std::uint32_t>(bytes, 20);
  out.type = at<std::uint16_t>(bytes, 24);
  const std::size_t strings = at<std::uint16_t>(bytes, 26);
  out.category = at<std::uint16_t>(bytes, 28);
  const std::size_t string_offset = at<std::uint32_t>(bytes, 36);
  const std::size_t sid_bytes = at<std::uint32_t>(bytes, 40);
  const std::size_t sid_offset = at<std::uint32_t>(bytes, 44);
  const std::size_t data_bytes = at<std::uint32_t>(bytes, 48);
  const std::size_t data_offset = at<std::uint32_t>(bytes, 52);
  const Bytes body = bytes.first(size - 4);  // The length stands behind it once more.
  std::size_t next = kRecordHeaderBytes;
  const auto source = take_text(body, next, next);
  const auto computer = source ? take_text(body, next, next) : std::nullopt;
  if (!source || !computer || strings > kMaxStrings) return false;
  out.source = *source;
  out.computer = *computer;
  if (sid_bytes != 0) {
    if (!fits(body, sid_offset, sid_bytes)) return false;
    out.user_sid = sid_text(body.subspan(sid_offset, sid_bytes));
  }
  next = string_offset;
  for (std::size_t i = 0; i < strings; ++i) {
    auto text = take_text(body, next, next);
    if (!text) return false;
    out.strings.push_back(std::move(*text));
  }
  if (data_bytes != 0 && !fits(body, data_offset, data_bytes)) return false;
  out.data_bytes = data_bytes;
  return true;
}

void LogReader::damage(std::uint64_t at, std::uint64_t lost, std::string what) {
  if (report_) report_({at, lost, std::move(what)});
}

bool LogReader::next(Record& record) {
  const std::uint64_t ring = ring_end_ - kHeaderBytes;
  bool searching = false;
  const auto pass = [&](std::uint64_t size) {
    passed_ += size;
    at_ = after(at_, size);
  };
  while (!done_ && passed_ + 4 <= ring) {
    if (const std::uint32_t size = record_size(at_); size != 0) {
      const std::uint64_t at = at_;
      const bool whole = decode(at, size, record);
      pass(size);
      searching = false;
      // Behind the end lie remains of records that were overwritten.
      if (end_ && record.number < end_->oldest_record) continue;
      if (!whole) {
        damage(at, 1, fmt::format("record {}: its texts lead out of it", record.number));
        continue;
      }
      next_number_ = std::uint64_t{record.number} + 1;
      return true;
    }
    if (end_ && at_ == end_->offset) {
      if (!from_begin_) {
        pass(kEndRecordBytes);
        continue;
      }
      done_ = true;
      if (next_number_ != 0 && next_number_ < end_->current_record) {
        damage(at_, end_->current_record - next_number_,
               fmt::format("expected records up to {}, found the end behind {}",
                           end_->current_record - 1, next_number_ - 1));
      }
      break;
    }
    const bool filled = word(at_) == kSkip && ring_end_ - at_ < kRecordHeaderBytes;
    // What was never written is zero.
    const bool unused = word(at_) == 0 && !from_begin_;
    if (!filled && !unused && !searching) {
      searching = true;
      // Without a known beginning this may be the rest of a record that runs over the file's end.
      if (from_begin_ || at_ != kHeaderBytes) {
        damage(at_, 0,
               fmt::format("expected a record, found {:#010x} {:#010x}", word(at_),
                           at_ + 8 <= ring_end_ ? word(at_ + 4) : 0));
      }
    }
    pass(4);
  }
  if (!done_) {
    done_ = true;
    if (!end_)
      damage(bytes_.size(), 0, "expected the end-of-file record, found the end of the file");
  }
  return false;
}

}  // namespace dropscope::evt
