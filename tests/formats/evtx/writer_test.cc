// The writer's bytes are looked at directly, field by field, so that a mistake shared with the
// reader is found; evtxexport_test.cc adds a reader that shares no code with either.

#include "formats/evtx/writer.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#ifdef DROPSCOPE_HAVE_RAPIDCHECK
#include <rapidcheck/gtest.h>
#endif

#include "base/files.h"
#include "base/utf16.h"
#include "formats/evtx/random_event.h"
#include "formats/evtx/reader.h"
#include "formats/evtx/xml.h"

namespace dropscope::evtx {
namespace {

using Log = std::vector<std::byte>;

template <typename T>
T at(const Log& log, std::size_t offset) {
  return load_le<T>(log.data() + offset);
}

std::uint32_t crc(const Log& log, std::size_t from, std::size_t to, std::uint32_t start = 0) {
  return static_cast<std::uint32_t>(::crc32(
      start, reinterpret_cast<const Bytef*>(log.data() + from), static_cast<uInt>(to - from)));
}

/// One of Outlook's connection events as the client would log it.
EventSpec outlook_event() {
  EventSpec event;
  event.provider = "Outlook";
  event.event_id = 26;
  event.qualifiers = std::uint16_t{0x4000};
  event.channel = "Application";
  event.computer = "PC-0001";
  event.time = instant_from_unix(1'715'587'202);
  event.data = {{"", OwnedValue::string("The connection has been lost.")}};
  return event;
}

Log log_of(const std::vector<EventSpec>& events, WriterOptions options = {}) {
  Writer writer(options);
  for (const EventSpec& event : events) EXPECT_TRUE(writer.add(event));
  return writer.finish();
}

std::size_t chunk_count(const Log& log) {
  return (log.size() - kFileBlockBytes) / kChunkBytes;
}

std::size_t chunk_offset(std::size_t chunk) {
  return kFileBlockBytes + chunk * kChunkBytes;
}

/// Every record as XML, or "unreadable".
std::vector<std::string> xml_of(const Log& log) {
  std::vector<std::string> out;
  Result<LogReader> reader = LogReader::open(log);
  EXPECT_TRUE(reader);
  LogRecord record;
  while (reader && reader->next(record)) {
    std::string xml = "unreadable";
    if (record.event) {
      xml.clear();
      if (!append_xml(xml, record.event->reader(), record.event->fragment())) xml += " (in part)";
    }
    out.push_back(xml);
  }
  EXPECT_EQ(reader->summary().damages, 0u);
  return out;
}

std::string event_data(const std::string& xml) {
  const std::size_t from = xml.find("<EventData");
  return from == std::string::npos ? "" : xml.substr(from, xml.find("</Event>") - from);
}

TEST(WriterFileHeader, HasEveryField) {
  WriterOptions options;
  options.first_record_id = 100;
  const Log log = log_of({outlook_event(), outlook_event()}, options);
  ASSERT_EQ(log.size(), kFileBlockBytes + kChunkBytes);
  EXPECT_EQ(as_text(Bytes(log).first(8)), kFileMagic);
  EXPECT_EQ(at<std::uint64_t>(log, 8), 0u);     // First chunk
  EXPECT_EQ(at<std::uint64_t>(log, 16), 0u);    // Last chunk
  EXPECT_EQ(at<std::uint64_t>(log, 24), 102u);  // Next record id
  EXPECT_EQ(at<std::uint32_t>(log, 32), 128u);
  EXPECT_EQ(at<std::uint16_t>(log, 36), 1u);
  EXPECT_EQ(at<std::uint16_t>(log, 38), 3u);
  EXPECT_EQ(at<std::uint16_t>(log, 40), 4096u);
  EXPECT_EQ(at<std::uint16_t>(log, 42), 1u);
  EXPECT_EQ(at<std::uint32_t>(log, 120), 0u);
  EXPECT_EQ(at<std::uint32_t>(log, 124), crc(log, 0, 120));
}

TEST(WriterFileHeader, CarriesFlagsAndVersion) {
  WriterOptions options;
  options.dirty = true;
  options.full = true;
  options.minor_version = 2;
  const Log log = log_of({outlook_event()}, options);
  EXPECT_EQ(at<std::uint32_t>(log, 120), kFlagDirty | kFlagFull);
  EXPECT_EQ(at<std::uint16_t>(log, 36), 2u);
  EXPECT_EQ(at<std::uint32_t>(log, 124), crc(log, 0, 120));
}

TEST(WriterFileHeader, AnEmptyLogHasOneEmptyChunk) {
  Writer writer;
  const Log log = writer.finish();
  ASSERT_EQ(chunk_count(log), 1u);
  EXPECT_EQ(at<std::uint64_t>(log, 24), 1u);
  EXPECT_EQ(at<std::uint32_t>(log, kFileBlockBytes + 48), kChunkHeaderBytes);  // Free space
  EXPECT_TRUE(xml_of(log).empty());
}

TEST(WriterChunk, HeaderAndChecksumsAreRight) {
  std::vector<EventSpec> events(1000, outlook_event());
  const Log log = log_of(events);
  ASSERT_GT(chunk_count(log), 3u);
  std::uint64_t next = 1;
  for (std::size_t i = 0; i < chunk_count(log); ++i) {
    const std::size_t chunk = chunk_offset(i);
    EXPECT_EQ(as_text(Bytes(log).subspan(chunk, 8)), kChunkMagic);
    EXPECT_EQ(at<std::uint64_t>(log, chunk + 8), next);   // First record number
    EXPECT_EQ(at<std::uint64_t>(log, chunk + 24), next);  // First record id
    const auto last = at<std::uint64_t>(log, chunk + 16);
    EXPECT_EQ(at<std::uint64_t>(log, chunk + 32), last);
    next = last + 1;
    EXPECT_EQ(at<std::uint32_t>(log, chunk + 40), 128u);
    const auto last_record = at<std::uint32_t>(log, chunk + 44);
    const auto free_space = at<std::uint32_t>(log, chunk + 48);
    EXPECT_LE(free_space, 0xfff8u);
    EXPECT_EQ(at<std::uint32_t>(log, chunk + last_record), kRecordMagic);
    EXPECT_EQ(at<std::uint64_t>(log, chunk + last_record + 8), last);
    EXPECT_EQ(last_record + at<std::uint32_t>(log, chunk + last_record + 4), free_space);
    EXPECT_EQ(at<std::uint32_t>(log, chunk + 52), crc(log, chunk + 512, chunk + free_space));
    EXPECT_EQ(at<std::uint32_t>(log, chunk + 124),
              crc(log, chunk + 128, chunk + 512, crc(log, chunk, chunk + 120)));
    for (std::size_t slack = chunk + free_space; slack < chunk + kChunkBytes; ++slack) {
      ASSERT_EQ(log[slack], std::byte{0}) << "slack at " << slack;
    }
  }
  EXPECT_EQ(next, 1001u);
}

TEST(WriterChunk, RecordsAreChainedAndRepeatTheirSize) {
  const Log log = log_of(std::vector<EventSpec>(20, outlook_event()));
  std::size_t record = kFileBlockBytes + kChunkHeaderBytes;
  for (std::uint64_t id = 1; id <= 20; ++id) {
    EXPECT_EQ(at<std::uint32_t>(log, record), kRecordMagic);
    const auto size = at<std::uint32_t>(log, record + 4);
    EXPECT_EQ(size % 8, 0u);
    EXPECT_EQ(at<std::uint64_t>(log, record + 8), id);
    EXPECT_EQ(at<std::uint64_t>(log, record + 16), to_filetime(outlook_event().time));
    EXPECT_EQ(at<std::uint32_t>(log, record + size - 4), size);
    // The first record defines the templates, the others refer to them.
    EXPECT_EQ(size > 1000, id == 1) << size;
    record += size;
  }
  EXPECT_EQ(record - kFileBlockBytes, at<std::uint32_t>(log, kFileBlockBytes + 48));
}

/// Follows the chains of both hash tables of a chunk.
struct Tables {
  std::vector<std::u16string> names;
  std::size_t templates = 0;
};
Tables tables_of(const Log& log, std::size_t chunk) {
  Tables tables;
  for (std::size_t bucket = 0; bucket < kStringBuckets; ++bucket) {
    for (auto entry = at<std::uint32_t>(log, chunk + 128 + 4 * bucket); entry != 0;
         entry = at<std::uint32_t>(log, chunk + entry)) {
      std::u16string name;
      const auto length = at<std::uint16_t>(log, chunk + entry + 6);
      for (std::size_t i = 0; i < length; ++i) {
        name += static_cast<char16_t>(at<std::uint16_t>(log, chunk + entry + 8 + 2 * i));
      }
      EXPECT_EQ(at<std::uint16_t>(log, chunk + entry + 8 + 2 * std::size_t{length}), 0u);
      EXPECT_EQ(at<std::uint16_t>(log, chunk + entry + 4), name_hash(name));
      EXPECT_EQ(name_hash(name) % kStringBuckets, bucket);
      // Defined where it is first used: the reference stands just before it and points at it.
      EXPECT_EQ(at<std::uint32_t>(log, chunk + entry - 4), entry);
      tables.names.push_back(name);
    }
  }
  for (std::size_t bucket = 0; bucket < kTemplateBuckets; ++bucket) {
    for (auto entry = at<std::uint32_t>(log, chunk + 384 + 4 * bucket); entry != 0;
         entry = at<std::uint32_t>(log, chunk + entry)) {
      EXPECT_EQ(at<std::uint32_t>(log, chunk + entry - 4), entry);
      // The template's short id in the instance is the beginning of its GUID.
      EXPECT_EQ(at<std::uint32_t>(log, chunk + entry - 8),
                at<std::uint32_t>(log, chunk + entry + 4));
      const auto length = at<std::uint32_t>(log, chunk + entry + 20);
      EXPECT_EQ(at<std::uint32_t>(log, chunk + entry + 24), 0x0001010fu);
      EXPECT_EQ(at<std::uint8_t>(log, chunk + entry + 24 + length - 1), 0u);
      ++tables.templates;
    }
  }
  return tables;
}

TEST(WriterChunk, NamesAndTemplatesAreInTheirTablesOncePerChunk) {
  const Log log = log_of(std::vector<EventSpec>(1000, outlook_event()));
  for (std::size_t i = 0; i < chunk_count(log); ++i) {
    const Tables tables = tables_of(log, chunk_offset(i));
    EXPECT_EQ(tables.templates, 2u);
    // The System template's 27 names less Guid and EventSourceName, and EventData, Data, Binary.
    EXPECT_EQ(tables.names.size(), 28u);
    std::vector<std::u16string> sorted = tables.names;
    std::sort(sorted.begin(), sorted.end());
    EXPECT_EQ(std::adjacent_find(sorted.begin(), sorted.end()), sorted.end());
  }
}

TEST(WriterChunk, ARecordThatDoesNotFitLeavesNoTraceInItsChunk) {
  // The second event brings a template of its own, which must not stay in the first chunk's tables.
  EventSpec second = outlook_event();
  second.style = RecordStyle::Manifest;
  second.provider = "Other";
  second.data = {{"Blob", OwnedValue::binary(std::vector<std::byte>(62'000, std::byte{1}))}};
  EventSpec first = outlook_event();
  first.data = {{"", OwnedValue::string(std::string(10'000, 'x'))}};
  const Log log = log_of({first, second, outlook_event()});
  ASSERT_EQ(chunk_count(log), 2u);
  EXPECT_EQ(at<std::uint64_t>(log, chunk_offset(0) + 16), 1u);
  EXPECT_EQ(at<std::uint64_t>(log, chunk_offset(1) + 8), 2u);
  EXPECT_EQ(tables_of(log, chunk_offset(0)).templates, 2u);
  EXPECT_EQ(tables_of(log, chunk_offset(1)).templates, 4u);
  EXPECT_EQ(xml_of(log).size(), 3u);
}

TEST(WriterChunk, RealLogsHashTemplatesAsWeDo) {
  const auto path =
      std::filesystem::path(DROPSCOPE_CORPUS_DIR) / "evtx/damaged-and-odd/new-user-security.evtx";
  const Result<std::string> real = read_file(path);
  if (!real) GTEST_SKIP() << "no corpus: " << real.error().text();
  const Bytes bytes = as_bytes(*real);
  const Log log(bytes.begin(), bytes.end());
  // One of Windows' own GUIDs, its bucket in Windows' table, and ours for the same bucket function.
  int seen = 0;
  for (std::size_t bucket = 0; bucket < kTemplateBuckets; ++bucket) {
    const auto entry = at<std::uint32_t>(log, kFileBlockBytes + 384 + 4 * bucket);
    if (entry == 0) continue;
    std::u16string units;
    for (std::size_t i = 0; i < 16; i += 2) {
      units += static_cast<char16_t>(at<std::uint16_t>(log, kFileBlockBytes + entry + 4 + i));
    }
    EXPECT_EQ(name_hash(units) % kTemplateBuckets, bucket);
    ++seen;
  }
  EXPECT_GT(seen, 0);
}

TEST(WriterClassic, LooksLikeWhatReportEventLeaves) {
  EventSpec event = outlook_event();
  event.version = std::uint8_t{0};
  event.opcode = std::uint8_t{0};
  event.process_id = 0;
  event.thread_id = 0;
  event.data.push_back({"", OwnedValue::string("")});
  event.data.push_back({"", OwnedValue::null()});
  event.binary = std::vector<std::byte>{std::byte{0x0a}, std::byte{0xff}};
  const std::vector<std::string> xml = xml_of(log_of({event}));
  ASSERT_EQ(xml.size(), 1u);
  EXPECT_EQ(xml[0],
            "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
            "<Provider Name='Outlook'/><EventID Qualifiers='16384'>26</EventID><Version>0</Version>"
            "<Level>4</Level><Task>0</Task><Opcode>0</Opcode><Keywords>0x80000000000000</Keywords>"
            "<TimeCreated SystemTime='2024-05-13T08:00:02.0000000Z'/><EventRecordID>1"
            "</EventRecordID><Correlation/><Execution ProcessID='0' ThreadID='0'/>"
            "<Channel>Application</Channel><Computer>PC-0001</Computer><Security/></System>"
            "<EventData><Data>The connection has been lost.</Data><Data></Data><Data></Data>"
            "<Binary>0AFF</Binary></EventData></Event>");
}

TEST(WriterClassic, FieldsLeftEmptyVanish) {
  EventSpec event;
  event.time = outlook_event().time;
  const std::vector<std::string> xml = xml_of(log_of({event}));
  ASSERT_EQ(xml.size(), 1u);
  EXPECT_EQ(xml[0],
            "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
            "<Provider/><EventID>0</EventID><Level>4</Level><Task>0</Task>"
            "<Keywords>0x80000000000000</Keywords>"
            "<TimeCreated SystemTime='2024-05-13T08:00:02.0000000Z'/><EventRecordID>1"
            "</EventRecordID><Correlation/><Execution/><Security/></System>"
            "<EventData></EventData></Event>");
}

TEST(WriterClassic, RefusesWhatReportEventCannotWrite) {
  Writer writer;
  EventSpec number = outlook_event();
  number.data.push_back({"", OwnedValue::integer(ValueType::UInt32, 5)});
  Result<void> result = writer.add(number);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::Invalid);
  EXPECT_NE(result.error().message.find("item 2 has value type 0x08"), std::string::npos)
      << result.error().message;

  EventSpec named = outlook_event();
  named.data[0].name = "Text";
  result = writer.add(named);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::Invalid);
  EXPECT_EQ(writer.record_count(), 0u);
}

TEST(WriterManifest, WritesEachTypeOfItem) {
  EventSpec event = outlook_event();
  event.style = RecordStyle::Manifest;
  event.provider_guid = Guid::parse("{0ead09bd-2157-539a-8d6d-c87f95b64d70}");
  event.activity_id = event.provider_guid;
  event.user_sid = OwnedValue::sid(5, {21, 1, 2, 3, 500});
  event.data = {
      {"s", OwnedValue::string("a<b")},
      {"none", OwnedValue::null()},
      {"i8", OwnedValue::integer(ValueType::Int8, 0xff)},
      {"u64", OwnedValue::integer(ValueType::UInt64, ~std::uint64_t{0})},
      {"hex", OwnedValue::integer(ValueType::HexInt32, 0x8004)},
      {"yes", OwnedValue::integer(ValueType::Bool, 1)},
      {"t", OwnedValue::file_time(instant_from_unix(0))},
      {"st", OwnedValue::system_time(to_civil_utc(instant_from_unix(86'399)))},
      {"", OwnedValue::real64(2.5)},
      {"b", OwnedValue::binary(std::vector<std::byte>{std::byte{0xab}})},
      {"arr", OwnedValue::array_of(ValueType::UInt16, {OwnedValue::integer(ValueType::UInt16, 1),
                                                       OwnedValue::integer(ValueType::UInt16, 2)})},
      {"strs", OwnedValue::string_array({"x", "", "y"})},
  };
  const std::vector<std::string> xml = xml_of(log_of({event}));
  ASSERT_EQ(xml.size(), 1u);
  EXPECT_NE(xml[0].find("Guid='{0ead09bd-2157-539a-8d6d-c87f95b64d70}'"), std::string::npos);
  EXPECT_NE(xml[0].find("<Correlation ActivityID='{0ead09bd-2157-539a-8d6d-c87f95b64d70}'/>"),
            std::string::npos);
  EXPECT_NE(xml[0].find("<Security UserID='S-1-5-21-1-2-3-500'/>"), std::string::npos);
  EXPECT_EQ(event_data(xml[0]),
            "<EventData><Data Name='s'>a&lt;b</Data><Data Name='i8'>-1</Data>"
            "<Data Name='u64'>18446744073709551615</Data><Data Name='hex'>0x8004</Data>"
            "<Data Name='yes'>true</Data><Data Name='t'>1970-01-01T00:00:00.0000000Z</Data>"
            "<Data Name='st'>1970-01-01T23:59:59.0000000Z</Data><Data>2.5</Data>"
            "<Data Name='b'>AB</Data><Data Name='arr'>1</Data><Data Name='arr'>2</Data>"
            "<Data Name='strs'>x</Data><Data Name='strs'></Data><Data Name='strs'>y</Data>"
            "</EventData>");
}

TEST(WriterManifest, ProviderAndChannelAreValuesUnlessTheSourceHasAnotherName) {
  EventSpec event = outlook_event();
  event.style = RecordStyle::Manifest;
  event.provider_guid = Guid::parse("{0ead09bd-2157-539a-8d6d-c87f95b64d70}");
  EventSpec other = event;
  other.provider = "Microsoft-Windows-Kernel-Power";
  other.channel = "System";
  // Both share a System template and differ in the data template's provider.
  EXPECT_EQ(tables_of(log_of({event, other}), kFileBlockBytes).templates, 3u);

  other.event_source_name = "Power";
  const Log log = log_of({event, other});
  EXPECT_EQ(tables_of(log, kFileBlockBytes).templates, 4u);
  const std::vector<std::string> xml = xml_of(log);
  ASSERT_EQ(xml.size(), 2u);
  EXPECT_NE(xml[0].find("<Provider Name='Outlook' Guid='{0ead09bd-2157-539a-8d6d-c87f95b64d70}'/>"),
            std::string::npos)
      << xml[0];
  EXPECT_NE(xml[0].find("<Channel>Application</Channel>"), std::string::npos) << xml[0];
  EXPECT_NE(xml[1].find("<Provider Name='Microsoft-Windows-Kernel-Power' "
                        "Guid='{0ead09bd-2157-539a-8d6d-c87f95b64d70}' EventSourceName='Power'/>"),
            std::string::npos)
      << xml[1];
}

TEST(WriterManifest, EachLayoutHasItsOwnTemplate) {
  EventSpec a = outlook_event();
  a.style = RecordStyle::Manifest;
  a.data = {{"n", OwnedValue::integer(ValueType::UInt32, 1)}};
  EventSpec b = a;
  b.data[0].value = OwnedValue::integer(ValueType::UInt16, 1);
  EventSpec c = a;
  c.data[0].name = "m";
  EventSpec d = a;
  d.data[0].value = OwnedValue::integer(ValueType::UInt32, 99);  // Same layout as a.
  EventSpec e = a;
  e.data.clear();
  const Log log = log_of({a, b, c, d, e});
  EXPECT_EQ(tables_of(log, kFileBlockBytes).templates, 5u);  // One for System.
  EXPECT_NE(xml_of(log)[4].find("<EventData></EventData>"), std::string::npos);
}

TEST(WriterInline, HasNoTemplateAndTheSameText) {
  EventSpec event = outlook_event();
  event.style = RecordStyle::Inline;
  event.data.push_back({"", OwnedValue::string("")});
  event.data.push_back({"n", OwnedValue::integer(ValueType::HexInt64, 16)});
  event.user_sid = OwnedValue::sid(5, {18});
  const Log log = log_of({event});
  EXPECT_EQ(tables_of(log, kFileBlockBytes).templates, 0u);
  // Element starts outside of a template have no dependency field: token, size, name.
  const std::size_t binxml = kFileBlockBytes + kChunkHeaderBytes + kRecordHeaderBytes;
  EXPECT_EQ(at<std::uint32_t>(log, binxml), 0x0001010fu);
  EXPECT_EQ(at<std::uint8_t>(log, binxml + 4), 0x41u);
  EXPECT_EQ(at<std::uint32_t>(log, binxml + 9), kChunkHeaderBytes + kRecordHeaderBytes + 13);
  const std::vector<std::string> xml = xml_of(log);
  ASSERT_EQ(xml.size(), 1u);
  EXPECT_EQ(xml[0],
            "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
            "<Provider Name='Outlook'/><EventID Qualifiers='16384'>26</EventID>"
            "<Level>4</Level><Task>0</Task><Keywords>0x80000000000000</Keywords>"
            "<TimeCreated SystemTime='2024-05-13T08:00:02.000000000Z'/><EventRecordID>1"
            "</EventRecordID><Channel>Application</Channel><Computer>PC-0001</Computer>"
            "<Security UserID='S-1-5-18'/></System><EventData>"
            "<Data>The connection has been lost.</Data><Data></Data><Data Name='n'>0x10</Data>"
            "</EventData></Event>");
}

TEST(WriterLimits, NamesTheSizesOfARecordThatFitsNoChunk) {
  Writer writer;
  ASSERT_TRUE(writer.add(outlook_event()));
  for (RecordStyle style : {RecordStyle::Classic, RecordStyle::Manifest, RecordStyle::Inline}) {
    EventSpec event = outlook_event();
    event.style = style;
    event.data = {{"", OwnedValue::string(std::string(40'000, 'x'))}};
    const Result<void> result = writer.add(event);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::Limit);
    EXPECT_NE(result.error().message.find("record 2 needs 8"), std::string::npos)
        << result.error().message;
    EXPECT_NE(result.error().message.find("65016"), std::string::npos) << result.error().message;
  }
  EventSpec many = outlook_event();
  many.data.assign(20'000, many.data[0]);
  EXPECT_EQ(writer.add(many).error().code, ErrorCode::Limit);
  // What failed has left the writer as it was.
  ASSERT_TRUE(writer.add(outlook_event()));
  EXPECT_EQ(writer.record_count(), 2u);
  const std::vector<std::string> xml = xml_of(writer.finish());
  ASSERT_EQ(xml.size(), 2u);
  EXPECT_NE(xml[1].find("<EventRecordID>2<"), std::string::npos);
}

TEST(WriterLimits, TheLargestRecordFitsExactly) {
  EventSpec event = outlook_event();
  event.style = RecordStyle::Manifest;
  event.data = {{"", OwnedValue::binary({})}};
  const Log small = log_of({event});
  const auto overhead = at<std::uint32_t>(small, kFileBlockBytes + kChunkHeaderBytes + 4);
  event.data[0].value.bytes.resize(65'016 - overhead);
  const Log log = log_of({event, outlook_event()});
  ASSERT_EQ(chunk_count(log), 2u);
  EXPECT_EQ(at<std::uint32_t>(log, kFileBlockBytes + 48), 0xfff8u);
  EXPECT_EQ(xml_of(log).size(), 2u);
  event.data[0].value.bytes.resize(65'016 - overhead + 8);
  Writer writer;
  EXPECT_FALSE(writer.add(event));
}

TEST(WriterNumbers, RecordIdsFollowTheLastOne) {
  EventSpec given = outlook_event();
  given.record_id = 500;
  const Log log = log_of({given, outlook_event()});
  EXPECT_EQ(at<std::uint64_t>(log, kFileBlockBytes + 8), 1u);   // Numbers count in the file,
  EXPECT_EQ(at<std::uint64_t>(log, kFileBlockBytes + 16), 2u);  // as in exported logs.
  EXPECT_EQ(at<std::uint64_t>(log, kFileBlockBytes + 24), 500u);
  EXPECT_EQ(at<std::uint64_t>(log, kFileBlockBytes + 32), 501u);
  EXPECT_EQ(at<std::uint64_t>(log, 24), 502u);
}

TEST(Writer, IsEmptyAfterFinishAndDeterministic) {
  std::mt19937_64 engine(4711);
  std::vector<EventSpec> events;
  for (int i = 0; i < 300; ++i) events.push_back(random_event(engine));
  Writer writer;
  for (const EventSpec& event : events) ASSERT_TRUE(writer.add(event));
  EXPECT_EQ(writer.record_count(), 300u);
  const Log first = writer.finish();
  EXPECT_EQ(writer.record_count(), 0u);
  for (const EventSpec& event : events) ASSERT_TRUE(writer.add(event));
  EXPECT_EQ(writer.finish(), first);
}

#ifdef DROPSCOPE_HAVE_RAPIDCHECK

/// Whatever the events, the reader finds each one with the fields that went in and nothing damaged.
RC_GTEST_PROP(WriterProperties, TheReaderFindsWhatWasWritten, (std::uint64_t seed)) {
  std::mt19937_64 engine(seed);
  std::vector<EventSpec> events;
  for (std::uint64_t left = 1 + draw(engine, 30); left > 0; --left) {
    events.push_back(random_event(engine));
  }
  Writer writer;
  for (const EventSpec& event : events) RC_ASSERT(writer.add(event).has_value());
  const Log log = writer.finish();
  Result<LogReader> reader = LogReader::open(log);
  RC_ASSERT(reader.has_value());
  LogRecord record;
  std::uint64_t id = 0;
  for (const EventSpec& event : events) {
    RC_ASSERT(reader->next(record));
    RC_ASSERT(record.id == ++id);
    RC_ASSERT(record.written == event.time);
    RC_ASSERT(record.event.has_value());
    RC_ASSERT(record.event->event_id() == event.event_id);
    RC_ASSERT(to_utf8(record.event->provider()) == event.provider);
    RC_ASSERT(to_utf8(record.event->field(Field::Channel).as_utf16()) == event.channel);
    RC_ASSERT(to_utf8(record.event->field(Field::Computer).as_utf16()) == event.computer);
    RC_ASSERT(record.event->time_created() == event.time);
    RC_ASSERT(record.event->number(Field::RecordId) == id);
    RC_ASSERT(record.event->number(Field::Keywords) == event.keywords);
    RC_ASSERT(record.event->number(Field::Qualifiers, 99'999) ==
              (event.qualifiers ? *event.qualifiers : std::uint64_t{99'999}));
    RC_ASSERT(record.event->number(Field::ProcessId, ~std::uint64_t{0}) ==
              (event.process_id ? *event.process_id : ~std::uint64_t{0}));
    RC_ASSERT(record.event->field(Field::ActivityId).as_guid() == event.activity_id);
  }
  RC_ASSERT(!reader->next(record));
  RC_ASSERT(reader->summary().damages == 0u);
}

#endif

}  // namespace
}  // namespace dropscope::evtx
