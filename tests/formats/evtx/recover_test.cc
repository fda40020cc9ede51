// Recovery from logs and blobs made by the writer, whose every record is known.

#include "formats/evtx/recover.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "formats/evtx/binxml_bytes.h"
#include "formats/evtx/random_event.h"
#include "formats/evtx/reader.h"
#include "formats/evtx/writer.h"
#include "formats/evtx/xml.h"

namespace dropscope::evtx {
namespace {

using test::BinXmlBytes;
using Buffer = std::vector<std::byte>;

std::string xml_of(EventView& event) {
  std::string out;
  (void)append_xml(out, event.reader(), event.fragment());
  return out;
}

/// A record as the writer made it.
struct Truth {
  std::uint64_t offset = 0;
  std::uint64_t id = 0;
  Instant written{};
  std::string xml;
};

std::vector<Truth> live_records(Bytes log) {
  std::vector<Truth> out;
  auto reader = LogReader::open(log);
  LogRecord record;
  while (reader && reader->next(record)) {
    out.push_back({record.offset, record.id, record.written,
                   record.event ? xml_of(*record.event) : std::string()});
  }
  return out;
}

/// A recovered record, kept.
struct Found {
  FoundIn found_in = FoundIn::Unallocated;
  std::uint64_t id = 0;
  Rendered rendered = Rendered::None;
  bool also_live = false;
  bool sizes_differ = false;
  std::size_t size = 0;
  std::string xml;
  std::vector<std::string> values;
};

struct Recovery {
  std::map<std::uint64_t, Found> found;  ///< By offset.
  RecoverSummary summary;
};

Recovery recover(Bytes input) {
  Recovery out;
  auto scan = RecoverScan::open(input);
  RecoveredRecord record;
  std::vector<ValueView> values;
  std::uint64_t last = 0;
  while (scan.next(record)) {
    EXPECT_TRUE(out.found.empty() || record.offset > last) << "not in the order of the input";
    last = record.offset;
    EXPECT_TRUE(fits(input, record.offset, record.bytes.size()));
    EXPECT_EQ(record.event.has_value(), record.rendered != Rendered::None);
    Found& found = out.found[record.offset];
    found = {record.found_in,
             record.id,
             record.rendered,
             record.also_live,
             record.sizes_differ,
             record.bytes.size(),
             {},
             {}};
    if (record.event) found.xml = xml_of(*record.event);
    record_values(record.bytes, values);
    for (const ValueView& value : values) found.values.push_back(value.to_text());
  }
  EXPECT_FALSE(scan.next(record));
  EXPECT_EQ(scan.position(), input.size());
  out.summary = scan.summary();
  EXPECT_EQ(out.summary.records, out.found.size());
  return out;
}

EventSpec event(int number, RecordStyle style = RecordStyle::Manifest) {
  EventSpec spec;
  spec.style = style;
  spec.provider = "Outlook";
  spec.event_id = static_cast<std::uint16_t>(number);
  spec.time = *parse_utc("2024-05-13T08:00:00Z") + std::chrono::seconds(number);
  spec.channel = "Application";
  spec.computer = "PC01";
  const std::string text = "Connection " + std::to_string(number) + " is lost.";
  spec.data = {{style == RecordStyle::Manifest ? "Reason" : "", OwnedValue::string(text)}};
  return spec;
}

Buffer simple_log(int count, RecordStyle style = RecordStyle::Manifest) {
  Writer writer;
  for (int i = 1; i <= count; ++i) EXPECT_TRUE(writer.add(event(i, style)));
  return writer.finish();
}

Buffer random_log(std::mt19937_64& engine, std::size_t count) {
  WriterOptions options;
  options.first_record_id = 1 + draw(engine, 1'000'000);
  Writer writer(options);
  RandomEventLimits limits;
  limits.max_items = 6;
  Instant time = *parse_utc("2019-01-01T00:00:00Z");
  for (std::size_t i = 0; i < count; ++i) {
    EventSpec spec = random_event(engine, limits);
    spec.record_id.reset();
    time += std::chrono::seconds(1 + draw(engine, 1000));
    spec.time = time;
    (void)writer.add(spec);
  }
  return writer.finish();
}

/// The chunk of a log as a buffer that can be sealed again.
Buffer chunk_of(const Buffer& log, std::size_t number) {
  const auto begin = log.begin() + static_cast<std::ptrdiff_t>(kFileBlockBytes) +
                     static_cast<std::ptrdiff_t>(number * kChunkBytes);
  return {begin, begin + static_cast<std::ptrdiff_t>(kChunkBytes)};
}

void put(Buffer& into, std::size_t at, const Buffer& bytes) {
  std::copy(bytes.begin(), bytes.end(), into.begin() + static_cast<std::ptrdiff_t>(at));
}

void zero(Buffer& bytes, std::size_t at, std::size_t size) {
  std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), size, std::byte{0});
}

/// Ends the live records of a chunk at an offset of the log, and makes its checksums right.
void end_chunk_at(Buffer& log, std::size_t number, std::uint64_t offset) {
  const std::size_t begin = kFileBlockBytes + number * kChunkBytes;
  Buffer chunk = chunk_of(log, number);
  BinXmlBytes::seal(chunk, static_cast<std::uint32_t>(offset - begin));
  put(log, begin, chunk);
}

TEST(EvtxRecover, LiveRecordsAreNeverGiven) {
  const Buffer log = simple_log(400);
  const Recovery result = recover(log);
  EXPECT_TRUE(result.found.empty());
  EXPECT_EQ(result.summary.live_records, 400u);
  EXPECT_GE(result.summary.live_chunks, 2u);
  EXPECT_EQ(result.summary.cut, 0u);
}

TEST(EvtxRecover, SlackBehindTheFreeSpace) {
  Buffer log = simple_log(20);
  const auto truth = live_records(log);
  end_chunk_at(log, 0, truth[8].offset);
  const Recovery result = recover(log);
  ASSERT_EQ(result.found.size(), 12u);
  EXPECT_EQ(result.summary.live_records, 8u);
  for (std::size_t i = 8; i < truth.size(); ++i) {
    const Found& found = result.found.at(truth[i].offset);
    EXPECT_EQ(found.found_in, FoundIn::Slack);
    EXPECT_EQ(found.id, truth[i].id);
    EXPECT_EQ(found.rendered, Rendered::Whole);
    EXPECT_EQ(found.xml, truth[i].xml);
    EXPECT_FALSE(found.also_live);
  }
}

TEST(EvtxRecover, CopiesOfLiveRecordsAreMarked) {
  Buffer log = simple_log(20);
  const auto truth = live_records(log);
  // A second chunk that held the same records and lives on with the first two.
  const Buffer copy = chunk_of(log, 0);
  log.insert(log.end(), copy.begin(), copy.end());
  end_chunk_at(log, 1, truth[2].offset + kChunkBytes);
  const Recovery result = recover(log);
  ASSERT_EQ(result.found.size(), 18u);
  for (const auto& [offset, found] : result.found) EXPECT_TRUE(found.also_live) << offset;
  EXPECT_EQ(result.summary.also_live, 18u);
}

TEST(EvtxRecover, RecordWithoutItsFirstSizeAndThoseBehindIt) {
  Buffer log = simple_log(10);
  const auto truth = live_records(log);
  zero(log, truth[4].offset + 4, 4);
  const Recovery result = recover(log);
  ASSERT_EQ(result.found.size(), 6u);
  for (std::size_t i = 4; i < truth.size(); ++i) {
    const Found& found = result.found.at(truth[i].offset);
    EXPECT_EQ(found.found_in, FoundIn::Gap);
    EXPECT_EQ(found.sizes_differ, i == 4);
    EXPECT_EQ(found.xml, truth[i].xml);
  }
}

TEST(EvtxRecover, BlocksThatHaveLostTheirHeader) {
  Buffer log = simple_log(400);
  const auto truth = live_records(log);
  zero(log, kFileBlockBytes, kChunkHeaderBytes);
  const Recovery result = recover(log);
  std::size_t expected = 0;
  for (const Truth& record : truth) {
    if (record.offset >= kFileBlockBytes + kChunkBytes) continue;
    ++expected;
    const Found& found = result.found.at(record.offset);
    EXPECT_EQ(found.found_in, FoundIn::LostChunk);
    EXPECT_EQ(found.rendered, Rendered::Whole);
    EXPECT_EQ(found.xml, record.xml);
  }
  EXPECT_EQ(result.found.size(), expected);
  EXPECT_EQ(result.summary.live_records, truth.size() - expected);
}

TEST(EvtxRecover, ChunksThatAreNotAtTheirPlace) {
  Buffer log = simple_log(400);
  const auto truth = live_records(log);
  // A sector of the first chunk's end is missing, so everything behind has moved.
  const std::size_t hole = kFileBlockBytes + kChunkBytes - 512;
  log.erase(log.begin() + static_cast<std::ptrdiff_t>(hole),
            log.begin() + static_cast<std::ptrdiff_t>(hole + 512));
  const Recovery result = recover(log);
  std::size_t moved = 0;
  for (const Truth& record : truth) {
    if (record.offset < kFileBlockBytes + kChunkBytes) continue;
    ++moved;
    const auto found = result.found.find(record.offset - 512);
    ASSERT_NE(found, result.found.end()) << record.id;
    EXPECT_EQ(found->second.found_in, FoundIn::LostChunk);
    EXPECT_EQ(found->second.xml, record.xml);
  }
  EXPECT_GT(moved, 0u);
  EXPECT_EQ(result.summary.chunks, 1u);
}

TEST(EvtxRecover, ABlobHasNoLiveRecords) {
  for (const std::size_t shift : {0u, 1u, 7u, 8u, 511u, 4096u}) {
    const Buffer log = simple_log(400);
    const auto truth = live_records(log);
    Buffer blob(shift + 1, std::byte{0x2a});
    blob.insert(blob.end(), log.begin(), log.end());
    const Recovery result = recover(blob);
    ASSERT_EQ(result.found.size(), truth.size()) << shift;
    for (const Truth& record : truth) {
      const Found& found = result.found.at(record.offset + shift + 1);
      EXPECT_EQ(found.found_in, FoundIn::LostChunk);
      EXPECT_EQ(found.xml, record.xml);
    }
  }
}

/// Records cut out of a log, one behind the other.
Buffer cut_out(const Buffer& log, const std::vector<Truth>& records) {
  Buffer out(24);
  for (const Truth& record : records) {
    const auto size = load_le<std::uint32_t>(log.data() + record.offset + 4);
    const auto begin = log.begin() + static_cast<std::ptrdiff_t>(record.offset);
    out.insert(out.end(), begin, begin + static_cast<std::ptrdiff_t>(size));
  }
  return out;
}

TEST(EvtxRecover, ARecordThatBringsItsTemplateNeedsNoChunk) {
  const Buffer log = simple_log(3);
  const auto truth = live_records(log);
  // The chunk began before the blob does.
  const Recovery result = recover(cut_out(log, {truth[0], truth[1]}));
  ASSERT_EQ(result.found.size(), 2u);
  auto found = result.found.begin();
  for (std::size_t i = 0; i < 2; ++i, ++found) {
    EXPECT_EQ(found->second.found_in, FoundIn::Unallocated);
    EXPECT_EQ(found->second.rendered, Rendered::Whole) << i;
    EXPECT_EQ(found->second.xml, truth[i].xml) << i;
  }
}

TEST(EvtxRecover, ARecordWithoutItsTemplateGivesItsValues) {
  const Buffer log = simple_log(3);
  const Recovery result = recover(cut_out(log, {live_records(log)[2]}));
  ASSERT_EQ(result.found.size(), 1u);
  const Found& found = result.found.begin()->second;
  EXPECT_EQ(found.rendered, Rendered::None);
  const auto has = [&](const char* text) {
    return std::find(found.values.begin(), found.values.end(), text) != found.values.end();
  };
  EXPECT_TRUE(has("Connection 3 is lost."));
  EXPECT_TRUE(has("2024-05-13T08:00:03.0000000Z"));
}

TEST(EvtxRecover, TheTemplateIsSearchedForBeforeTheRecord) {
  const Buffer log = simple_log(400);
  const auto truth = live_records(log);
  Buffer blob(100);
  // From the middle of the first chunk on, with the first record put back where it was: the chunk's
  // beginning shows in nothing but the offset of the template.
  blob.insert(blob.end(), log.begin() + kFileBlockBytes,
              log.begin() + kFileBlockBytes + kChunkBytes);
  zero(blob, 0, 100 + kChunkHeaderBytes);
  const std::size_t last = 100 - kFileBlockBytes + truth[50].offset;
  const std::size_t second = 100 - kFileBlockBytes + truth[1].offset;
  zero(blob, second + 28, last - second - 28);
  // The first record is no longer found as one, but its template is still there.
  zero(blob, 100 + kChunkHeaderBytes, 4);
  const Recovery result = recover(blob);
  const Found& found = result.found.at(last);
  EXPECT_EQ(found.rendered, Rendered::Whole);
  EXPECT_EQ(found.xml, truth[50].xml);
}

TEST(EvtxRecover, ATemplateThatWasOverwrittenIsNotUsed) {
  Buffer log = simple_log(20);
  const auto truth = live_records(log);
  end_chunk_at(log, 0, truth[8].offset);
  // The GUID of the System template, in the first record: behind headers and instance.
  const std::size_t guid = kFileBlockBytes + kChunkHeaderBytes + 24 + 4 + 10 + 4;
  ASSERT_EQ(load_le<std::uint32_t>(log.data() + guid),
            load_le<std::uint32_t>(log.data() + guid - 12));
  log[guid] ^= std::byte{1};
  for (const auto& [offset, found] : recover(log).found) {
    EXPECT_EQ(found.rendered, Rendered::None) << offset;
    EXPECT_FALSE(found.values.empty());
  }
}

TEST(EvtxRecover, ANameThatWasOverwrittenIsNotShown) {
  const Buffer log = simple_log(20);
  const auto truth = live_records(log);
  // Of the System template: no event. Of the data's template: the event without its data.
  const auto with = [&](const char16_t* name) {
    Buffer damaged = log;
    end_chunk_at(damaged, 0, truth[8].offset);
    const Buffer units = test::utf16(name);
    const auto at = std::search(damaged.begin(), damaged.end(), units.begin(), units.end());
    EXPECT_NE(at, damaged.end());
    *at = std::byte{'X'};
    return recover(damaged);
  };
  for (const auto& [offset, found] : with(u"Computer").found) {
    EXPECT_EQ(found.rendered, Rendered::None) << offset;
  }
  for (const auto& [offset, found] : with(u"EventData").found) {
    EXPECT_EQ(found.rendered, Rendered::Part) << offset;
    EXPECT_NE(found.xml.find("<Computer>PC01</Computer>"), std::string::npos);
    EXPECT_EQ(found.xml.find("XventData"), std::string::npos);
    EXPECT_EQ(found.xml.find("Connection"), std::string::npos);
  }
}

TEST(EvtxRecover, RecordsWithoutATemplate) {
  const Buffer log = simple_log(3, RecordStyle::Inline);
  const auto truth = live_records(log);
  const Recovery result = recover(cut_out(log, {truth[0]}));
  ASSERT_EQ(result.found.size(), 1u);
  EXPECT_EQ(result.found.begin()->second.xml, truth[0].xml);
  // The third has its names in the first.
  const Recovery alone = recover(cut_out(log, {truth[2]}));
  ASSERT_EQ(alone.found.size(), 1u);
  const Found& found = alone.found.begin()->second;
  EXPECT_EQ(found.rendered, Rendered::None);
  EXPECT_NE(std::find(found.values.begin(), found.values.end(), "Connection 3 is lost."),
            found.values.end());
}

TEST(EvtxRecover, WhatIsNoRecordIsNotTaken) {
  const Buffer log = simple_log(1);
  const auto record = live_records(log)[0];
  const auto with = [&](std::size_t at, std::uint64_t value, std::size_t size) {
    Buffer blob = cut_out(log, {record});
    for (std::size_t i = 0; i < size; ++i) {
      blob[24 + at + i] = static_cast<std::byte>((value >> (8 * i)) & 0xff);
    }
    return recover(blob);
  };
  const std::uint64_t early = to_filetime(kEarliestRecord);
  const std::uint64_t late = to_filetime(kLatestRecord);
  EXPECT_EQ(with(8, 1, 8).found.size(), 1u);
  EXPECT_EQ(with(8, 0, 8).found.size(), 0u) << "id 0";
  EXPECT_EQ(with(8, kHighestRecordId, 8).found.size(), 1u);
  EXPECT_EQ(with(8, kHighestRecordId + 1, 8).found.size(), 0u);
  EXPECT_EQ(with(16, early, 8).found.size(), 1u);
  EXPECT_EQ(with(16, early - 1, 8).found.size(), 0u);
  EXPECT_EQ(with(16, late - 1, 8).found.size(), 1u);
  EXPECT_EQ(with(16, late, 8).found.size(), 0u);
  EXPECT_EQ(with(24, 0x0f, 4).found.size(), 0u) << "no fragment";
  const Recovery cut = with(4, 8, 4);
  EXPECT_EQ(cut.found.size(), 0u) << "wrong size";
  EXPECT_EQ(cut.summary.cut, 1u);
}

TEST(EvtxRecover, RecordsThatAreCutAreCounted) {
  const Buffer log = simple_log(1);
  const Buffer blob = cut_out(log, live_records(log));
  for (std::size_t size = 0; size < blob.size(); ++size) {
    const Recovery result = recover(Bytes(blob).first(size));
    EXPECT_EQ(result.found.size(), 0u);
    EXPECT_EQ(result.summary.cut, size >= 24 + 32 ? 1u : 0u) << size;
  }
}

TEST(EvtxRecover, NewerRecordsOfADirtyLogAreLive) {
  Buffer log = simple_log(20);
  const auto truth = live_records(log);
  end_chunk_at(log, 0, truth[8].offset);
  store_le(log.data() + 120, kFlagDirty);
  const Recovery result = recover(log);
  EXPECT_EQ(result.summary.live_records, 20u);
  EXPECT_TRUE(result.found.empty());
}

TEST(EvtxRecover, PausesAnywhereChangeNothing) {
  std::mt19937_64 engine(7);
  Buffer blob = random_log(engine, 60);
  zero(blob, 0, kFileBlockBytes + 8);
  const Recovery whole = recover(blob);
  auto scan = RecoverScan::open(blob);
  RecoveredRecord record;
  std::size_t count = 0;
  for (std::uint64_t pause = 0; scan.position() < blob.size();) {
    pause = std::min<std::uint64_t>(blob.size(), pause + 1 + draw(engine, 900));
    while (scan.next_before(pause, record)) {
      ++count;
      EXPECT_TRUE(whole.found.count(record.offset));
    }
    EXPECT_GE(scan.position(), pause);
  }
  EXPECT_EQ(count, whole.found.size());
}

/// Bytes in which no magic occurs.
Buffer noise(std::mt19937_64& engine, std::size_t size) {
  Buffer out(size);
  for (std::byte& b : out) b = static_cast<std::byte>(1 + draw(engine, 255));
  return out;
}

TEST(EvtxRecover, EveryWholeRecordOfABlobIsFoundOnce) {
  std::mt19937_64 engine(20261123);
  for (int round = 0; round < 40; ++round) {
    const Buffer log = random_log(engine, 20 + draw(engine, 150));
    const auto truth = live_records(log);
    Buffer damaged = log;
    // What is left of each byte: the log is cut, zeroed and overwritten.
    std::vector<bool> sound(log.size(), true);
    const std::size_t cuts = draw(engine, 12);
    for (std::size_t i = 0; i < cuts; ++i) {
      const std::size_t at = draw(engine, log.size());
      const std::size_t size = std::min<std::size_t>(log.size() - at, 1 + draw(engine, 3000));
      if (draw(engine, 2) == 0) {
        zero(damaged, at, size);
      } else {
        put(damaged, at, noise(engine, size));
      }
      std::fill_n(sound.begin() + static_cast<std::ptrdiff_t>(at), size, false);
    }
    const std::size_t shift = draw(engine, 2) == 0 ? 8 * draw(engine, 600) : draw(engine, 5000);
    Buffer blob = noise(engine, shift);
    blob.insert(blob.end(), damaged.begin(), damaged.end());
    const Buffer tail = noise(engine, draw(engine, 5000));
    blob.insert(blob.end(), tail.begin(), tail.end());
    // With nothing in front that makes it a log, no record is live.
    if (shift == 0) zero(blob, 0, 8);

    const Recovery result = recover(blob);
    std::set<std::uint64_t> places;
    for (const Truth& record : truth) {
      places.insert(record.offset + shift);
      const std::size_t size = load_le<std::uint32_t>(log.data() + record.offset + 4);
      const auto begin = sound.begin() + static_cast<std::ptrdiff_t>(record.offset);
      if (!std::all_of(begin, begin + static_cast<std::ptrdiff_t>(size),
                       [](bool b) { return b; })) {
        continue;
      }
      const auto found = result.found.find(record.offset + shift);
      ASSERT_NE(found, result.found.end()) << "round " << round << ", record " << record.id;
      EXPECT_EQ(found->second.id, record.id);
      EXPECT_EQ(found->second.size, size);
      if (cuts == 0) {
        EXPECT_EQ(found->second.xml, record.xml);
      }
    }
    for (const auto& [offset, found] : result.found) {
      EXPECT_TRUE(places.count(offset)) << "no record was at " << offset;
    }
  }
}

TEST(EvtxRecover, RecordsOfALogAreEitherLiveOrRecovered) {
  std::mt19937_64 engine(1980);
  for (int round = 0; round < 40; ++round) {
    Buffer log = random_log(engine, 100 + draw(engine, 200));
    const auto truth = live_records(log);
    // Sizes, magics and free-space offsets break; the records themselves stay whole but for that.
    for (std::size_t i = draw(engine, 6); i > 0; --i) {
      const Truth& record = truth[draw(engine, truth.size())];
      const std::size_t chunk = (record.offset - kFileBlockBytes) / kChunkBytes;
      switch (draw(engine, 3)) {
        case 0:
          zero(log, record.offset + 4, 4);
          break;
        case 1:
          end_chunk_at(log, chunk, record.offset);
          break;
        default:
          zero(log, kFileBlockBytes + chunk * kChunkBytes, 8);
          break;
      }
    }
    std::set<std::uint64_t> live;
    for (const Truth& record : live_records(log)) live.insert(record.offset);
    const Recovery result = recover(log);
    EXPECT_EQ(result.summary.live_records, live.size());
    for (const Truth& record : truth) {
      const bool is_live = live.count(record.offset) != 0;
      const bool is_found = result.found.count(record.offset) != 0;
      // Of a record whose first size is gone, the end is known by the record behind it.
      const bool needs_follower = load_le<std::uint32_t>(log.data() + record.offset + 4) == 0;
      EXPECT_TRUE(needs_follower || is_live || is_found) << round << ' ' << record.id;
      EXPECT_FALSE(is_live && is_found) << round << ' ' << record.id;
    }
    EXPECT_LE(result.found.size() + live.size(), truth.size());
  }
}

}  // namespace
}  // namespace dropscope::evtx
