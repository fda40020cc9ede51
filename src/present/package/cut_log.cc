#include "present/package/cut_log.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <optional>
#include <utility>

#include "base/text.h"
#include "formats/evtx/event_values.h"
#include "formats/evtx/reader.h"
#include "formats/evtx/renderer.h"
#include "formats/evtx/writer.h"

namespace dropscope::package {
namespace {

using evtx::Field;
using evtx::OwnedValue;
using evtx::ValueType;
using evtx::ValueView;

/// Outlook's own first retry is five minutes after a loss (docs/output.md): what it reports about
/// the loss comes before that.
constexpr std::chrono::minutes kNearLoss{5};
/// Critical and Error (winmeta.xml in the Windows SDK).
constexpr std::uint64_t kLevelError = 2;

bool is_error(const evtx::EventView& event) {
  const std::uint64_t level = event.number(Field::Level);
  return level >= 1 && level <= kLevelError;
}

bool near_a_loss(Instant time, const std::vector<Instant>& losses) {
  const auto next = std::lower_bound(losses.begin(), losses.end(), time - kNearLoss);
  return next != losses.end() && *next <= time + kNearLoss;
}

/// Offsets of the records to be kept.
std::set<std::uint64_t> choose(Bytes log, const std::set<std::uint64_t>& wanted,
                               const std::vector<Instant>& losses) {
  struct Ends {
    Instant first = Instant::max(), last = Instant::min();
    std::uint64_t lowest = ~std::uint64_t{0}, highest = 0;
    std::uint64_t at_first = 0, at_last = 0, at_lowest = 0, at_highest = 0;
  };
  std::set<std::uint64_t> kept = wanted;
  std::map<std::pair<std::string, std::string>, Ends> spans;
  auto reader = evtx::LogReader::open(log);
  if (!reader) return kept;
  evtx::LogRecord record;
  while (reader->next(record)) {
    if (!record.event) continue;
    const evtx::EventView& event = *record.event;
    const Instant time = event.time_created().value_or(record.written);
    const std::uint64_t id = event.number(Field::RecordId, record.id);
    Ends& ends =
        spans[{event.field(Field::Computer).to_text(), event.field(Field::Channel).to_text()}];
    if (time < ends.first) ends.first = time, ends.at_first = record.offset;
    if (time >= ends.last) ends.last = time, ends.at_last = record.offset;
    if (id < ends.lowest) ends.lowest = id, ends.at_lowest = record.offset;
    if (id >= ends.highest) ends.highest = id, ends.at_highest = record.offset;
    if (is_error(event) && near_a_loss(time, losses)) kept.insert(record.offset);
  }
  for (const auto& [key, ends] : spans) {
    kept.insert({ends.at_first, ends.at_last, ends.at_lowest, ends.at_highest});
  }
  return kept;
}

template <typename F>
void for_each_chosen(Bytes log, const std::set<std::uint64_t>& chosen, F&& f) {
  auto reader = evtx::LogReader::open(log);
  if (!reader) return;
  evtx::LogRecord record;
  while (reader->next(record)) {
    if (record.event && chosen.count(record.offset) == 1) f(record);
  }
}

std::optional<std::uint64_t> number_of(const evtx::EventView& event, Field field) {
  return event.field(field).as_u64();
}

template <typename T>
std::optional<T> small_number(const evtx::EventView& event, Field field) {
  const auto value = number_of(event, field);
  return value ? std::optional<T>(static_cast<T>(*value)) : std::nullopt;
}

/// "S-1-5-21-…" as a value; nothing for what is none.
std::optional<OwnedValue> sid_value(std::string_view text) {
  const std::vector<std::string_view> parts = split(text, '-');
  if (parts.size() < 3 || parts.size() > 18 || parts[0] != "S") return std::nullopt;
  const auto authority = parse_int(parts[2]);
  if (!authority) return std::nullopt;
  std::vector<std::uint32_t> rest;
  for (std::size_t i = 3; i < parts.size(); ++i) {
    const auto part = parse_int(parts[i]);
    if (!part || *part < 0 || *part > 0xffffffffLL) return std::nullopt;
    rest.push_back(static_cast<std::uint32_t>(*part));
  }
  return OwnedValue::sid(static_cast<std::uint64_t>(*authority), rest);
}

bool names_an_address(std::string_view name) {
  return to_lower_ascii(name).find("address") != std::string::npos;
}

/// Turns a record into what the writer takes.
class Rewrite {
 public:
  explicit Rewrite(redact::Redactor* redactor) : redactor_(redactor) {}

  evtx::EventSpec spec(const evtx::LogRecord& record) {
    const evtx::EventView& event = *record.event;
    evtx::EventSpec out;
    out.provider = to_utf8(event.provider());
    out.provider_guid = event.field(Field::ProviderGuid).as_guid();
    out.event_source_name = event.field(Field::EventSourceName).to_text();
    out.event_id = event.event_id();
    out.qualifiers = small_number<std::uint16_t>(event, Field::Qualifiers);
    out.version = small_number<std::uint8_t>(event, Field::Version);
    out.level = static_cast<std::uint8_t>(event.number(Field::Level));
    out.task = static_cast<std::uint16_t>(event.number(Field::Task));
    out.opcode = small_number<std::uint8_t>(event, Field::Opcode);
    out.keywords = event.number(Field::Keywords);
    out.time = event.time_created().value_or(record.written);
    out.record_id = event.number(Field::RecordId, record.id);
    out.activity_id = event.field(Field::ActivityId).as_guid();
    out.process_id = small_number<std::uint32_t>(event, Field::ProcessId);
    out.thread_id = small_number<std::uint32_t>(event, Field::ThreadId);
    out.channel = event.field(Field::Channel).to_text();
    out.computer = text(event.field(Field::Computer).to_text());
    if (const ValueView user = event.field(Field::UserId); !user.vanishes()) {
      out.user_sid = sid_value(text(user.to_text()));
    }
    data(event, out);
    const bool plain =
        !out.data.empty() &&
        std::all_of(out.data.begin(), out.data.end(), [](const evtx::DataItem& item) {
          return item.name.empty() && item.value.type == ValueType::String && !item.value.array;
        });
    const bool bare = out.data.empty() && !out.provider_guid;
    out.style = plain || bare ? evtx::RecordStyle::Classic : evtx::RecordStyle::Manifest;
    return out;
  }

 private:
  std::string text(const std::string& utf8) const {
    return redactor_ != nullptr ? redactor_->text(utf8) : utf8;
  }

  void data(const evtx::EventView& event, evtx::EventSpec& out) const {
    if (event.fragment().program->number == evtx::Program::kInline) {
      // Text that is put together comes whole here.
      std::vector<evtx::EventView::Item> items;
      event.data(items);
      for (const auto& item : items) {
        if (item.name == "Binary" && redactor_ != nullptr) continue;
        out.data.push_back({item.name, OwnedValue::string(text(item.text))});
      }
      return;
    }
    evtx::for_each_value(event, [&](Utf16View name, const ValueView& value) {
      std::string item_name = to_utf8(name);
      if (value.type == ValueType::Binary && item_name == "Binary") {
        if (redactor_ == nullptr) {
          out.binary = std::vector<std::byte>(value.bytes.begin(), value.bytes.end());
        }
        return;
      }
      // Data elements without a Name come with the element's own.
      if (item_name == "Data") item_name.clear();
      out.data.push_back({std::move(item_name), owned(to_utf8(name), value)});
    });
  }

  OwnedValue owned(const std::string& name, const ValueView& value) const {
    switch (value.type) {
      case ValueType::EvtHandle:
      case ValueType::BinXml:
      case ValueType::EvtXml:
      case ValueType::AnsiString:
      case ValueType::String:
        return OwnedValue::string(text(value.to_text()));
      case ValueType::Sid:
        return redacted_sid(value);
      case ValueType::Binary:
        return redactor_ != nullptr ? OwnedValue::null() : same(value);
      case ValueType::UInt32:
        return redactor_ != nullptr && names_an_address(name) ? redacted_address(value)
                                                              : same(value);
      default:
        return same(value);
    }
  }

  static OwnedValue same(const ValueView& value) {
    return {value.type, false, {value.bytes.begin(), value.bytes.end()}};
  }

  OwnedValue redacted_sid(const ValueView& value) const {
    if (redactor_ == nullptr) return same(value);
    const auto sid = sid_value(text(value.to_text()));
    return sid ? *sid : OwnedValue::null();
  }

  /// The DHCP client stores IPv4 addresses as numbers whose bytes are in network order.
  OwnedValue redacted_address(const ValueView& value) const {
    if (value.bytes.size() != 4) return OwnedValue::null();
    std::array<std::uint8_t, 4> bytes{};
    for (std::size_t i = 0; i < 4; ++i) bytes[i] = std::to_integer<std::uint8_t>(value.bytes[i]);
    const IpAddress mapped = redactor_->address(IpAddress::v4(bytes));
    OwnedValue out = same(value);
    for (std::size_t i = 0; i < 4; ++i) out.bytes[i] = std::byte{mapped.bytes()[i]};
    return out;
  }

  redact::Redactor* redactor_;
};

std::string as_xml(Bytes log) {
  TextBuffer text;
  evtx::Renderer renderer(evtx::TextFormat::Xml);
  if (auto reader = evtx::LogReader::open(log)) {
    evtx::LogRecord record;
    while (reader->next(record)) {
      if (record.event) renderer.append(text, record);
    }
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Events>\n" + std::string(text.view()) +
         "</Events>\n";
}

}  // namespace

Result<CutLog> cut_log(Bytes log, const std::set<std::uint64_t>& wanted,
                       const std::vector<Instant>& losses, redact::Redactor* redactor) {
  auto reader = evtx::LogReader::open(log);
  if (!reader) return fail(reader.error());
  CutLog out;
  const std::set<std::uint64_t> chosen = choose(log, wanted, losses);
  Rewrite rewrite(redactor);
  evtx::Writer writer;
  evtx::LogRecord record;
  while (reader->next(record)) {
    ++out.records;
    if (!record.event || chosen.count(record.offset) == 0) continue;
    if (!writer.add(rewrite.spec(record))) {
      ++out.unwritten;
      continue;
    }
    ++out.kept;
    if (is_error(*record.event)) ++out.errors;
  }
  const std::vector<std::byte> bytes = writer.finish();
  out.evtx = as_text(bytes);
  out.xml = as_xml(bytes);
  return out;
}

void collect_names(Bytes log, const std::set<std::uint64_t>& wanted,
                   const std::vector<Instant>& losses, redact::Names& names) {
  for_each_chosen(log, choose(log, wanted, losses), [&](const evtx::LogRecord& record) {
    names.add_host(record.event->field(Field::Computer).to_text());
    std::vector<evtx::EventView::Item> items;
    record.event->data(items);
    for (const auto& item : items) {
      names.scan(item.text);
      const std::string name = to_lower_ascii(item.name);
      const auto ends = [&](std::string_view end) { return name.ends_with(end); };
      if (ends("username") || ends("accountname") || ends("upn") || name == "user") {
        names.add_user(item.text);
      }
      if (ends("domainname") || ends("domain")) names.add_domain(item.text);
      if (ends("computername") || ends("hostname") || ends("servername") || ends("workstation")) {
        names.add_host(item.text);
      }
    }
  });
}

}  // namespace dropscope::package
