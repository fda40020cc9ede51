#pragma once

// Reads a log in every way there is and checks what the reader's headers promise for any input.
// Shared by the tests on damaged logs and by the fuzz target.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/utf16.h"
#include "formats/evtx/log_verify.h"
#include "formats/evtx/reader.h"
#include "formats/evtx/renderer.h"
#include "formats/evtx/xml.h"
#include "formats/evtx/xml_check.h"

namespace dropscope::evtx::test {

struct Exercised {
  std::string complaint;  ///< Empty when every promise is kept.
  bool opened = false;
  LogSummary summary;
  std::uint64_t recovered = 0;
  std::uint64_t xml_hash = 0;  ///< Of all ids and XML, to compare two runs.
};

class Exercise {
 public:
  static Exercised run(Bytes file, bool recovered) {
    Exercise exercise(file);
    exercise.read(recovered);
    return exercise.result_;
  }

 private:
  explicit Exercise(Bytes file) : file_(file) {}

  void require(bool condition, const char* what) {
    if (condition || !result_.complaint.empty()) return;
    result_.complaint = std::string(what) + " (record id " + std::to_string(record_.id) +
                        " at offset " + std::to_string(record_.offset) + ")";
  }

  void hash(std::string_view text) {
    for (const char c : text) {
      result_.xml_hash = (result_.xml_hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    }
  }

  void read(bool recovered) {
    auto reader = LogReader::open(file_, {.recovered = recovered});
    if (!reader) {
      require(reader.error().code == ErrorCode::Corrupt, "open() fails with another code");
      require(is_utf8(reader.error().message), "the message is not UTF-8");
      return;
    }
    result_.opened = true;
    std::uint64_t live = 0;
    std::uint64_t unreadable = 0;
    std::uint64_t last_offset = 0;
    while (reader->next(record_)) {
      require(record_.offset > last_offset, "records are not in file order");
      last_offset = record_.offset;
      require(fits(file_, record_.offset, kRecordHeaderBytes + 4), "record outside the file");
      require(reader->position() <= file_.size(), "position() beyond the file");
      require(recovered || !record_.recovered, "recovered record that nobody asked for");
      ++(record_.recovered ? result_.recovered : live);
      if (!record_.event && !record_.recovered) ++unreadable;
      hash(std::to_string(record_.id));
      if (record_.event) event(*record_.event);
    }
    LogRecord after;
    require(!reader->next(after), "next() goes on after the end");
    account(*reader, live, unreadable);
    verify(reader->summary());
    require(!recovered || result_.recovered == reader->summary().records_recoverable,
            "recoverable records that were not given");
  }

  void event(const EventView& event) {
    for (std::size_t i = 0; i < kFieldCount; ++i) {
      const ValueView value = event.field(static_cast<Field>(i));
      require(is_utf8(value.to_text()), "field is not UTF-8");
      (void)value.as_u64();
      (void)value.as_instant();
      (void)value.as_guid();
    }
    (void)event.event_id();
    (void)event.time_created();
    // Either walk visits the same nested fragments, unless one of them spends its bound earlier.
    const bool whole = event.data(items_);
    for (const EventView::Item& item : items_) {
      require(is_utf8(item.name) && is_utf8(item.text), "data is not UTF-8");
    }
    xml_.clear();
    const bool whole_xml = append_xml(xml_, event.reader(), event.fragment());
    require(whole || !whole_xml, "data() misses a part that XML has");
    hash(xml_);
    // Each byte that a walk may emit becomes at most six: "&quot;" is not used, "&apos;" is.
    require(xml_.size() <= 6 * (kChunkBytes + BinXmlReader::kWalkPerByte * kChunkBytes) + 64,
            "XML larger than its bound");
    std::string error;
    const auto parsed = XmlCheck::parse(xml_, &error);
    require(parsed.has_value(), error.c_str());
    rendered(whole_xml);
    if (rendered_ <= 32 || rendered_ % 8 == 0) read_alone(event, whole_xml);
  }

  /// A reader that keeps no templates from chunk to chunk reads the same.
  void read_alone(const EventView& event, bool whole_xml) {
    const Bytes chunk = event.reader().chunk();
    if (alone_.chunk().data() != chunk.data()) alone_.begin_chunk(chunk);
    const std::size_t at = record_.offset - static_cast<std::size_t>(chunk.data() - file_.data());
    const std::size_t size = load_le<std::uint32_t>(chunk.data() + at + 4);
    const auto fragment = alone_.fragment(at + kRecordHeaderBytes, size - kRecordHeaderBytes - 4);
    require(fragment.has_value(), "a kept template reads what cannot be read alone");
    if (!fragment) return;
    std::string xml;
    require(append_xml(xml, alone_, *fragment) == whole_xml && xml == xml_,
            "a kept template reads something else");
  }

  /// The renderer gives the same XML as the walk, and JSON lines that are JSON lines.
  void rendered(bool whole_xml) {
    text_.clear();
    require(xml_renderer_.append(text_, record_) == whole_xml, "the renderer misses another part");
    require(text_.view() == xml_ + '\n', "the renderer gives other XML than the walk");
    text_.clear();
    const bool whole_json = json_renderer_.append(text_, record_, "\"file\":\"x\"");
    require(!text_.empty() && text_.view().find('\n') == text_.size() - 1, "JSON is not one line");
    // Parsing takes longer than all the rest. The first records are all parsed, so that a small
    // input, which a fuzzer makes, is checked whole.
    if (rendered_++ < 32 || rendered_ % 8 == 0) {
      require(nlohmann::json::accept(text_.view()), "JSON cannot be parsed");
    }
    require(whole_json == (text_.view().find("\"data_incomplete\":true") == std::string_view::npos),
            "JSON does not say that it is incomplete");
    hash(text_.view());
  }

  /// The verifier finds at least what the reader does.
  void verify(const LogSummary& sum) {
    auto verifier = LogVerifier::open(file_);
    require(verifier.has_value(), "the verifier does not open what the reader does");
    if (!verifier) return;
    while (verifier->next_chunk()) {
    }
    const VerifyResult& got = verifier->result();
    require(got.records == sum.records, "the verifier counts other records");
    require(got.records_doubtful == sum.records_doubtful, "the verifier doubts other records");
    require(got.records_unreadable == sum.records_unreadable, "the verifier reads other events");
    require(got.records_recoverable == sum.records_recoverable, "other recoverable records");
    require(sum.damages == 0 || !got.sound(), "damage that the verifier does not find");
    for (const Finding& finding : got.findings.kept) {
      require(finding.offset <= file_.size(), "finding outside the file");
      require(!finding.what.empty() && is_utf8(finding.what), "finding without words");
    }
    LogSurvey survey;
    auto again = LogReader::open(file_, {});
    LogRecord record;
    while (again && again->next(record)) survey.add(record);
    const SurveyResult surveyed = survey.finish();
    require(surveyed.records == sum.records, "the survey counts other records");
    require(surveyed.ids_repeated <= sum.records, "more repeated ids than records");
  }

  void account(const LogReader& reader, std::uint64_t live, std::uint64_t unreadable) {
    const LogSummary& sum = reader.summary();
    result_.summary = sum;
    require(sum.records == live, "records is not what next() gave");
    require(sum.records_unreadable == unreadable, "records_unreadable is not what next() gave");
    require(sum.chunks_crc_bad <= sum.chunks, "more chunks with a wrong CRC than chunks");
    require(sum.damages >= reader.damage().size(), "fewer damages than are kept");
    require(reader.damage().size() <= LogReader::kDamageKept, "more damages kept than allowed");
    require(
        sum.damages <= LogReader::kDamageKept || reader.damage().size() == LogReader::kDamageKept,
        "damages not kept");
    require(sum.chunks_bad == 0 || sum.damages > 0, "bad chunk without a damage");
    require(sum.records_unreadable <= sum.damages, "unreadable record without a damage");
    for (const LogDamage& damage : reader.damage()) {
      require(damage.offset <= file_.size(), "damage outside the file");
      require(!damage.what.empty() && is_utf8(damage.what), "damage without words");
    }
  }

  Bytes file_;
  Exercised result_;
  LogRecord record_;
  std::vector<EventView::Item> items_;
  std::string xml_;
  BinXmlReader alone_{KeepTemplates::No};
  Renderer xml_renderer_{TextFormat::Xml};
  Renderer json_renderer_{TextFormat::JsonLines};
  TextBuffer text_;
  std::uint64_t rendered_ = 0;
};

}  // namespace dropscope::evtx::test
