#include "evidence/intake/event_export_intake.h"

#include <fmt/format.h>

#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "base/utf16.h"
#include "formats/event_export/clixml.h"
#include "formats/event_export/event_json.h"
#include "formats/event_export/event_table.h"
#include "formats/event_export/event_time.h"
#include "formats/event_export/event_xml.h"
#include "formats/event_export/record.h"
#include "formats/event_export/xml_scanner.h"

namespace dropscope {
namespace {

using event_export::XmlEvent;

/// Pages of a large file are given back as often as this.
constexpr std::uint64_t kReleaseEvery = std::uint64_t{64} << 20;

/// What all exports have in common. Rules are looked up before anything is copied: for nearly all
/// events there is none.
class ExportReading {
 public:
  ExportReading(const ReadContext& context, std::string_view kind)
      : context_(context), collector_(context.matcher, out_) {
    out_.source.kind = kind;
  }

  /// Counts the event into its span. Null: no rule asks for it.
  const std::vector<EventMatcher::Match>* count(EventRecord& record) {
    ++out_.source.records;
    if (span_ == nullptr || span_->computer != record.computer ||
        span_->channel != record.channel) {
      span_ = &collector_.coverage_of(record.computer, record.channel);
    }
    collector_.count(*span_, record.time, record.record_id);
    const auto& matches = context_.matcher.find(utf16_of(record.provider), record.event_id);
    return matches.empty() ? nullptr : &matches;
  }

  void keep(const std::vector<EventMatcher::Match>& matches, EventRecord& record) {
    // An export without data, or with nothing but blanks, may still have the message.
    bool blank = true;
    for (const DataItem& item : items_) blank = blank && item.text.empty();
    if (blank) {
      items_.clear();
      std::vector<event_export::Item> strings;
      if (event_export::strings_of_message(record.message, record.provider, record.event_id,
                                           strings)) {
        for (auto& item : strings) items_.push_back({std::move(item.name), std::move(item.text)});
      }
    }
    collector_.keep(matches, record, items_);
  }

  void trouble(const event_export::Trouble& trouble) {
    Source& source = out_.source;
    source.records_damaged += trouble.lost_events;
    add_damage(source, trouble.offset, fmt::format("line {}: {}", trouble.line, trouble.what),
               context_.damage_kept);
    if (source.damage.size() == source.damage_count) {
      source.damage.back().lost_records = trouble.lost_events;
    }
  }

  /// A record whose strings are decoded.
  void add(const event_export::Record& record, Instant time) {
    EventRecord event;
    event.time = time;
    event.record_id = record.record_id;
    event.place = record.place;
    event.event_id = record.event_id;
    event.provider = record.provider;
    event.channel = record.channel;
    event.computer = record.computer;
    const auto* matches = count(event);
    if (matches == nullptr) return;
    items_.clear();
    for (const event_export::Item& item : record.items) items_.push_back({item.name, item.text});
    event.message = record.message;
    keep(*matches, event);
  }

  /// The instant of a time that is written without a zone, and so given as if it were UTC.
  Instant in_local_zone(Instant wall_clock) {
    without_zone_ = true;
    if (!context_.local_zone) return wall_clock;
    return context_.local_zone->from_local(to_civil_utc(wall_clock)).value_or(wall_clock);
  }

  void assume_code_page(std::string_view page = "Windows-1252") { code_page_ = page; }
  void assume(std::string what) { out_.assumptions.push_back(std::move(what)); }

  std::vector<DataItem>& items() { return items_; }
  Source& source() { return out_.source; }

  SourceIntake finish() {
    collector_.finish();
    if (without_zone_) {
      assume(context_.local_zone ? fmt::format("times have no zone; taken as {}, as told",
                                               context_.local_zone->name())
                                 : "times have no zone; taken as UTC");
    }
    if (!code_page_.empty()) {
      assume(fmt::format("parts are not UTF-8 and were read as {}", code_page_));
    }
    Source& source = out_.source;
    source.state = source.damage_count == 0 ? SourceState::Read : SourceState::Damaged;
    return std::move(out_);
  }

 private:
  Utf16View utf16_of(std::string_view provider) {
    if (provider != provider_) {
      provider_ = provider;
      provider_utf16_ = to_utf16(provider);
    }
    return Utf16View(Bytes(reinterpret_cast<const std::byte*>(provider_utf16_.data()),
                           provider_utf16_.size() * 2));
  }

  const ReadContext& context_;
  SourceIntake out_;
  EventCollector collector_;
  RawCoverage* span_ = nullptr;
  bool without_zone_ = false;
  std::string_view code_page_;
  std::string provider_;
  std::u16string provider_utf16_;
  std::vector<DataItem> items_;
};

using event_export::DayMonth;

/// How the dates of a table are to be read, and how that is known.
struct DateReading {
  DayMonth order = DayMonth::Unknown;
  std::string_view why;
  bool needed = false;  ///< Some dates can be read in two ways.
};

/// The user's word, else the first date of the file that can be read in one way only, else the
/// dots: no setting of Windows writes the month first and separates with dots (CLDR 42).
DateReading date_reading(const Content& content, const ReadContext& context) {
  DateReading out;
  if (context.date_order && *context.date_order != DateOrder::YearFirst) {
    out.order =
        *context.date_order == DateOrder::DayFirst ? DayMonth::DayFirst : DayMonth::MonthFirst;
    out.why = "as told";
    return out;
  }
  event_export::EventTableReader reader(content.bytes);
  event_export::Record record;
  event_export::TableTime time;
  bool dots = true;
  while (reader.next(record, time)) {
    if (!time.shown || time.shown->year_first) continue;
    const DayMonth order = time.shown->order();
    out.needed = out.needed || order == DayMonth::Unknown;
    dots = dots && time.shown->separator == '.';
    if (order == DayMonth::Unknown) continue;
    out.order = order;
    out.why = "as a date of the file proves";
    return out;
  }
  if (out.needed && dots) {
    out.order = DayMonth::DayFirst;
    out.why = "as dates with dots are written";
  }
  return out;
}

constexpr std::string_view kAskForOrder =
    "its dates can be read in two ways, as 03/04/2026 can: tell with --date-order whether the day "
    "or "
    "the month comes first";

}  // namespace

bool is_event_xml(const Head& head) {
  return event_export::holds_event_xml(head.text);
}

SourceIntake read_event_xml(const Content& content, const ReadContext& context) {
  ExportReading reading(context, "event-xml");
  event_export::EventXmlReader reader(content.bytes);
  reader.on_trouble([&](const event_export::Trouble& trouble) { reading.trouble(trouble); });
  if (content.map != nullptr) {
    reader.window().on_passed(kReleaseEvery, [&] { content.map->release_pages(); });
  }
  XmlEvent event;
  std::vector<event_export::Item> items;
  std::string message;
  bool assumed_zone = false;
  while (reader.next(event)) {
    assumed_zone = assumed_zone || event.assumed_zone;
    if (event.assumed_code_page) reading.assume_code_page(text::to_string(reader.code_page()));
    EventRecord record;
    record.time = event.time;
    record.record_id = event.record_id;
    record.place = event.offset;
    record.event_id = event.event_id;
    record.provider = event.provider;
    record.channel = event.channel;
    record.computer = event.computer;
    const auto* matches = reading.count(record);
    if (matches == nullptr) continue;
    event_export::decode_items(event, items);
    reading.items().clear();
    for (event_export::Item& item : items) {
      reading.items().push_back({std::move(item.name), std::move(item.text)});
    }
    record.message = event_export::decoded(event.message, message);
    reading.keep(*matches, record);
  }
  if (assumed_zone) {
    reading.assume(
        "times are written without a zone; taken as UTC, in which events' XML is written");
  }
  return reading.finish();
}

bool is_event_json(const Head& head) {
  return event_export::holds_event_json(head.text);
}

SourceIntake read_event_json(const Content& content, const ReadContext& context) {
  using event_export::TimeKind;
  ExportReading reading(context, "event-json");
  event_export::EventJsonReader reader(content.bytes);
  reader.on_trouble([&](const event_export::Trouble& trouble) { reading.trouble(trouble); });
  if (content.map != nullptr) {
    reader.window().on_passed(kReleaseEvery, [&] { content.map->release_pages(); });
  }
  event_export::JsonEvent event;
  bool received = false;
  while (reader.next(event)) {
    received = received || event.time_kind == TimeKind::Receipt;
    if (event.assumed_code_page) reading.assume_code_page();
    const bool no_zone = event.time_kind == TimeKind::OwnNoZone;
    reading.add(event.record,
                no_zone ? reading.in_local_zone(event.record.time) : event.record.time);
  }
  if (received) {
    reading.assume("the events' own times have no zone; taken are the times of their receipt");
  }
  if (reader.others() > 0) {
    reading.assume(fmt::format("{} of JSON are no events and were passed over",
                               count_of(reader.others(), "object")));
  }
  return reading.finish();
}

bool is_event_clixml(const Head& head) {
  return event_export::clixml_kind(head.text) == event_export::ClixmlKind::Events;
}

SourceIntake read_event_clixml(const Content& content, const ReadContext& context) {
  ExportReading reading(context, "event-clixml");
  event_export::ClixmlReader reader(content.bytes);
  reader.on_trouble([&](const event_export::Trouble& trouble) { reading.trouble(trouble); });
  if (content.map != nullptr) {
    reader.window().on_passed(kReleaseEvery, [&] { content.map->release_pages(); });
  }
  event_export::Record record;
  event_export::TimeKind kind{};
  while (reader.next(record, kind)) {
    const bool no_zone = kind == event_export::TimeKind::OwnNoZone;
    reading.add(record, no_zone ? reading.in_local_zone(record.time) : record.time);
  }
  return reading.finish();
}

bool is_log_settings(const Head& head) {
  return event_export::clixml_kind(head.text) == event_export::ClixmlKind::Settings;
}

SourceIntake read_log_settings(const Content& content, const ReadContext& /*context*/) {
  SourceIntake out;
  out.source.kind = "log-settings";
  out.source.state = content.named_by_user ? SourceState::Unreadable : SourceState::Ignored;
  out.source.problem =
      "holds settings of event logs (Get-WinEvent -ListLog) and no event; export the events, for "
      "example with: wevtutil epl Application Application.evtx";
  return out;
}

bool is_event_table(const Head& head) {
  return event_export::find_event_table(head.text).has_value();
}

SourceIntake read_event_table(const Content& content, const ReadContext& context) {
  ExportReading reading(context, "event-table");
  const DateReading dates = date_reading(content, context);
  if (dates.needed && dates.order == DayMonth::Unknown) {
    SourceIntake out;
    out.source.kind = "event-table";
    out.source.state = SourceState::Unreadable;
    out.source.problem = kAskForOrder;
    return out;
  }
  event_export::EventTableReader reader(content.bytes);
  reader.on_trouble([&](const event_export::Trouble& trouble) { reading.trouble(trouble); });
  if (content.map != nullptr) {
    reader.window().on_passed(kReleaseEvery, [&] { content.map->release_pages(); });
  }
  event_export::Record record;
  event_export::TableTime time;
  bool ordered = false;
  while (reader.next(record, time)) {
    if (time.exact) {
      reading.add(record, time.exact->has_zone ? time.exact->instant
                                               : reading.in_local_zone(time.exact->instant));
      continue;
    }
    const auto civil = time.shown->civil(dates.order);
    const auto wall_clock = civil ? from_civil_utc(*civil) : std::nullopt;
    if (!wall_clock) {
      reading.trouble({record.place, reader.window().line(), 1,
                       dates.order == DayMonth::MonthFirst
                           ? "expected a date with the month first, found another one"
                           : "expected a date with the day first, found another one"});
      continue;
    }
    ordered = ordered || !time.shown->year_first;
    reading.add(record, reading.in_local_zone(*wall_clock));
  }
  if (ordered) {
    reading.assume(fmt::format("dates are read with the {} first, {}",
                               dates.order == DayMonth::MonthFirst ? "month" : "day", dates.why));
  }
  if (reader.assumed_code_page()) reading.assume_code_page();
  if (reader.others() > 0) {
    reading.assume(fmt::format("{} behind the table's header are no rows and were passed over",
                               count_of(reader.others(), "line")));
  }
  if (reader.columns() && reader.columns()->computer == event_export::TableColumns::npos) {
    reading.assume("no column names the computer");
  }
  return reading.finish();
}

}  // namespace dropscope
