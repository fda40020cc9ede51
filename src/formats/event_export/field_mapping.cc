#include "formats/event_export/field_mapping.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "base/text.h"
#include "formats/event_export/event_time.h"
#include "formats/event_export/event_xml.h"
#include "formats/event_export/field_names.h"

namespace dropscope::event_export {
namespace {

/// What stands around an event where it was taken out of a database.
constexpr std::array<std::string_view, 3> kWrappers = {"_source.", "fields.", "result."};

/// Below these paths the event's data stand.
constexpr std::array<std::string_view, 13> kDataPaths = {
    "winlog.event_data.",  "winlog.user_data.", "event_data.",      "user_data.",
    "event.eventdata.",    "event.userdata.",   "eventdata.",       "userdata.",
    "data.win.eventdata.", "win.eventdata.",    "properties.value", "replacementstrings",
    "stringinserts",
};

std::string_view without_wrapper(std::string_view path) {
  for (const std::string_view wrapper : kWrappers) {
    if (path.starts_with(wrapper)) return path.substr(wrapper.size());
  }
  return path;
}

/// Name of a data item by its path; nothing when the path leads elsewhere. `lower` is the path in
/// lower case.
std::optional<std::string_view> data_name(std::string_view path, std::string_view lower) {
  for (const std::string_view below : kDataPaths) {
    if (!lower.starts_with(below)) continue;
    if (!below.ends_with('.'))
      return lower == below ? std::optional<std::string_view>("") : std::nullopt;
    std::string_view name = path.substr(below.size());
    // evtx_dump: {"Data": {"#text": […]}}, {"Data": […]}
    if (name == "Data" || name == "Data.#text" || name == "#text") return "";
    const std::size_t dot = name.rfind('.');
    if (dot != std::string_view::npos) name = name.substr(dot + 1);
    if (name == "#text" || name == "xmlns") return std::nullopt;
    return name;
  }
  return std::nullopt;
}

/// Beats call the strings of a classic event param1, param2 …, and sort them by name.
std::optional<int> parameter_number(std::string_view name) {
  if (!name.starts_with("param") || name.size() > 8) return std::nullopt;
  const auto number = parse_int(name.substr(5));
  if (!number || *number < 1) return std::nullopt;
  return static_cast<int>(*number);
}

void order_parameters(std::vector<Item>& items) {
  const auto rank = [](const Item& item) { return parameter_number(item.name).value_or(1 << 20); };
  std::stable_sort(items.begin(), items.end(),
                   [&](const Item& a, const Item& b) { return rank(a) < rank(b); });
  for (Item& item : items) {
    if (parameter_number(item.name)) item.name.clear();
  }
}

std::optional<std::uint16_t> id_of(std::string_view text) {
  const auto number = parse_int(trim(text));
  if (!number || *number < 0 || *number > 0xffffffff) return std::nullopt;
  // Some write the qualifiers too, in the upper half (InstanceId).
  return static_cast<std::uint16_t>(*number & 0xffff);
}

/// Seconds since 1970 with decimals, as Velociraptor writes times.
std::optional<EventTime> unix_time(std::string_view text) {
  if (text.size() < 9 || text.size() > 24) return std::nullopt;
  double seconds = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, seconds);
  // 1990 to 2100; milliseconds are above that.
  if (error != std::errc{} || stop != end || seconds < 6e8 || seconds > 4.2e9) return std::nullopt;
  return EventTime{instant_from_unix(0) + ticks_from_seconds(seconds), true};
}

/// Puts an object's fields where they belong. False: it is no event.
class Mapping {
 public:
  explicit Mapping(const std::vector<FlatField>& fields) {
    for (const FlatField& field : fields) take(field);
  }

  bool event(Record& record, TimeKind& time_kind) {
    record = Record{};
    const std::string* const id = value(FieldKind::EventId);
    const std::string* const provider = value(FieldKind::Provider);
    const std::string* const channel = value(FieldKind::Channel);
    if (id == nullptr || (provider == nullptr && channel == nullptr)) return false;
    const auto number = id_of(*id);
    if (!number || !set_time(record, time_kind)) return false;
    // "id" alone means many things.
    if (best_[index(FieldKind::EventId)].rank >= 5 &&
        (provider == nullptr || value(FieldKind::Computer) == nullptr)) {
      return false;
    }
    record.event_id = *number;
    if (provider != nullptr) record.provider = *provider;
    if (channel != nullptr) record.channel = *channel;
    copy(FieldKind::Computer, record.computer);
    copy(FieldKind::User, record.user);
    copy(FieldKind::Message, record.message);
    if (const std::string* text = value(FieldKind::RecordId)) {
      record.record_id =
          static_cast<std::uint64_t>(std::max<std::int64_t>(0, parse_int(*text).value_or(0)));
    }
    if (const std::string* text = value(FieldKind::Level)) {
      record.level =
          static_cast<int>(std::clamp<std::int64_t>(parse_int(*text).value_or(-1), -1, 255));
    }
    const std::string* const xml = value(FieldKind::DataXml);
    if (xml != nullptr && xml->find('<') != std::string::npos) {
      data_of_fragment(*xml, record.items);
    } else if (!items_.empty()) {
      order_parameters(items_);
      record.items = std::move(items_);
    } else if (record.provider.starts_with("Microsoft-Windows-")) {
      // Flat shippers put the data beside the fields. Providers with a manifest name their data;
      // for all others the message is the better text.
      record.items = std::move(others_);
    }
    return true;
  }

 private:
  struct Best {
    const std::string* value = nullptr;
    std::uint8_t rank = 0xff;
  };

  static constexpr std::size_t index(FieldKind kind) { return static_cast<std::size_t>(kind); }
  const std::string* value(FieldKind kind) const { return best_[index(kind)].value; }
  void copy(FieldKind kind, std::string& out) const {
    if (const std::string* found = value(kind)) out = *found;
  }

  void take(const FlatField& field) {
    const std::string_view path = without_wrapper(field.path);
    const std::string lower = to_lower_ascii(path);
    if (const auto name = field_name(lower)) {
      Best& best = best_[index(name->kind)];
      if (name->rank < best.rank && !trim(field.value).empty()) best = {&field.value, name->rank};
      return;
    }
    if (lower == "data.name") {
      pending_ = field.value;
    } else if (lower == "data.value") {
      items_.push_back({std::exchange(pending_, {}), field.value});
    } else if (const auto data = data_name(path, lower)) {
      items_.push_back({std::string(*data), field.value});
    } else if (path.find('.') == std::string_view::npos) {
      others_.push_back({std::string(path), field.value});
    }
  }

  bool set_time(Record& record, TimeKind& kind) const {
    const std::string* const own = value(FieldKind::Time);
    const std::string* const receipt = value(FieldKind::Receipt);
    const auto parse = [](const std::string* text) -> std::optional<EventTime> {
      if (text == nullptr) return std::nullopt;
      if (auto time = parse_event_time(*text)) return time;
      return unix_time(*text);
    };
    auto time = parse(own);
    if (time && time->has_zone) {
      record.time = time->instant;
      kind = TimeKind::Own;
      return true;
    }
    const auto received = parse(receipt);
    if (received && received->has_zone) {
      record.time = received->instant;
      kind = time ? TimeKind::Receipt : TimeKind::Own;
      return true;
    }
    if (!time) time = received;
    if (!time) return false;
    record.time = time->instant;
    kind = TimeKind::OwnNoZone;
    return true;
  }

  std::array<Best, kFieldKinds> best_{};
  std::vector<Item> items_;
  std::vector<Item> others_;
  std::string pending_;
};

}  // namespace

bool event_of_fields(const std::vector<FlatField>& fields, Record& record, TimeKind& time_kind) {
  return Mapping(fields).event(record, time_kind);
}

}  // namespace dropscope::event_export
