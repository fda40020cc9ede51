#include "formats/evtx/random_event.h"

#include <array>
#include <bit>
#include <limits>
#include <string_view>

#include "base/utf16.h"

namespace dropscope::evtx {
namespace {

bool chance(std::mt19937_64& engine, unsigned percent) {
  return draw(engine, 100) < percent;
}

template <typename Container>
auto pick(std::mt19937_64& engine, const Container& from) {
  return from[static_cast<std::size_t>(draw(engine, std::size(from)))];
}

/// Numbers at the edges of their types as often as others.
std::uint64_t random_number(std::mt19937_64& engine) {
  switch (draw(engine, 4)) {
    case 0:
      return draw(engine, 3);
    case 1:
      return ~draw(engine, 3);
    case 2:
      return (std::uint64_t{1} << draw(engine, 64)) - draw(engine, 2);
    default:
      return engine() >> draw(engine, 64);
  }
}

Guid random_guid(std::mt19937_64& engine) {
  Guid guid;
  for (std::uint8_t& byte : guid.bytes) byte = static_cast<std::uint8_t>(engine());
  return guid;
}

std::vector<std::byte> random_bytes(std::mt19937_64& engine, std::size_t bound) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(draw(engine, bound)));
  for (std::byte& b : bytes) b = static_cast<std::byte>(engine() & 0xff);
  return bytes;
}

/// Mostly of this century, seldom anywhere in 1601–9999.
Instant random_instant(std::mt19937_64& engine) {
  if (chance(engine, 5)) return Instant{};
  if (chance(engine, 10)) return Instant{Ticks{static_cast<std::int64_t>(draw(engine, 26e17))}};
  // 2000-01-01 to about 2064, in ticks.
  return instant_from_unix(946'684'800) + Ticks{static_cast<std::int64_t>(draw(engine, 2e16))};
}

OwnedValue random_sid(std::mt19937_64& engine) {
  std::vector<std::uint32_t> parts(static_cast<std::size_t>(1 + draw(engine, 15)));
  for (std::uint32_t& part : parts) part = static_cast<std::uint32_t>(random_number(engine));
  return OwnedValue::sid(pick(engine, std::array<std::uint64_t, 4>{1, 5, 12, 16}), parts);
}

/// UTF-16 as no keyboard makes it: controls, NULs, unpaired surrogates, non-characters.
OwnedValue odd_string(std::mt19937_64& engine, std::size_t max_characters) {
  constexpr std::array<char16_t, 12> kOdd = {0x0000, 0x0001, 0x0008, 0x000b, 0x001b, 0x001f,
                                             0x007f, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xfffe};
  OwnedValue value{ValueType::String, false, {}};
  const std::size_t units = static_cast<std::size_t>(draw(engine, max_characters + 1));
  value.bytes.resize(2 * units);
  for (std::size_t i = 0; i < units; ++i) {
    const std::uint16_t unit = chance(engine, 40)
                                   ? pick(engine, kOdd)
                                   : static_cast<std::uint16_t>('a' + draw(engine, 26));
    store_le(value.bytes.data() + 2 * i, unit);
  }
  return value;
}

/// random_text() within the limits.
std::string limited_text(std::mt19937_64& engine, std::size_t max_characters,
                         const RandomEventLimits& limits) {
  std::string text = random_text(engine, max_characters);
  if (!limits.lone_markup && (text == "<" || text == ">" || text == "&")) text = "x";
  return text;
}

OwnedValue random_string(std::mt19937_64& engine, const RandomEventLimits& limits) {
  if (!limits.plain_text_only && chance(engine, 25)) {
    return odd_string(engine, limits.max_characters);
  }
  OwnedValue value = OwnedValue::string(limited_text(engine, limits.max_characters, limits));
  // Logs hold strings with and without the NUL.
  if (chance(engine, 30)) value.bytes.resize(value.bytes.size() - 2);
  return value;
}

std::string random_ascii(std::mt19937_64& engine, std::size_t max_characters) {
  std::string text;
  for (std::uint64_t left = draw(engine, max_characters + 1); left > 0; --left) {
    text += static_cast<char>(' ' + draw(engine, 95));
  }
  return text;
}

double random_real(std::mt19937_64& engine, const RandomEventLimits& limits) {
  if (!limits.plain_text_only && chance(engine, 20)) {
    constexpr std::array<double, 4> kOdd = {std::numeric_limits<double>::quiet_NaN(),
                                            std::numeric_limits<double>::infinity(),
                                            -std::numeric_limits<double>::infinity(), -0.0};
    return pick(engine, kOdd);
  }
  // Sixteenths below 4096: exact in both types and in six decimals.
  return (static_cast<double>(draw(engine, 131'072)) - 65'536.0) / 16.0;
}

CivilTime random_civil(std::mt19937_64& engine) {
  CivilTime civil = to_civil_utc(random_instant(engine));
  civil.ticks -= civil.ticks % 10'000;  // SYSTEMTIME holds milliseconds.
  return civil;
}

OwnedValue random_single(std::mt19937_64& engine, ValueType type, const RandomEventLimits& limits) {
  switch (type) {
    case ValueType::Null:
      return OwnedValue::null();
    case ValueType::String:
      return random_string(engine, limits);
    case ValueType::AnsiString:
      return OwnedValue::ansi(random_ascii(engine, limits.max_characters));
    case ValueType::Real32:
      return OwnedValue::real32(static_cast<float>(random_real(engine, limits)));
    case ValueType::Real64:
      return OwnedValue::real64(random_real(engine, limits));
    case ValueType::Binary:
      return OwnedValue::binary(random_bytes(engine, 40));
    case ValueType::Guid:
      return OwnedValue::guid(random_guid(engine));
    case ValueType::FileTime:
      return OwnedValue::file_time(random_instant(engine));
    case ValueType::SystemTime:
      return OwnedValue::system_time(random_civil(engine));
    case ValueType::Sid:
      return random_sid(engine);
    case ValueType::Bool: {
      // Logs hold other numbers than 0 and 1 (sample-with-irregular-bool-values.evtx).
      const bool odd = !limits.plain_text_only && chance(engine, 20);
      return OwnedValue::integer(type, odd ? random_number(engine) : draw(engine, 2));
    }
    case ValueType::Int8:
    case ValueType::Int16:
    case ValueType::Int32:
    case ValueType::Int64: {
      OwnedValue value = OwnedValue::integer(type, random_number(engine));
      if (!limits.negative_integers) value.bytes.back() &= std::byte{0x7f};
      return value;
    }
    default:
      return OwnedValue::integer(type, random_number(engine));
  }
}

std::string as_attribute(std::string text, const RandomEventLimits& limits) {
  if (!limits.markup_in_attributes) {
    std::erase_if(text,
                  [](char c) { return std::string_view("<>&\"'").find(c) != std::string::npos; });
  }
  return text;
}

/// Names of computers, channels and the like: seldom empty, now and then odd.
std::string random_name(std::mt19937_64& engine, const std::vector<std::string_view>& usual,
                        const RandomEventLimits& limits) {
  if (chance(engine, 80)) return std::string(pick(engine, usual));
  if (!limits.plain_text_only && chance(engine, 20)) return "\x01odd\x1f\x7f";
  return limited_text(engine, 20, limits);
}

}  // namespace

RandomEventLimits::RandomEventLimits() {
  types = {ValueType::Null,     ValueType::String,   ValueType::AnsiString, ValueType::Int8,
           ValueType::UInt8,    ValueType::Int16,    ValueType::UInt16,     ValueType::Int32,
           ValueType::UInt32,   ValueType::Int64,    ValueType::UInt64,     ValueType::Real32,
           ValueType::Real64,   ValueType::Bool,     ValueType::Binary,     ValueType::Guid,
           ValueType::SizeT,    ValueType::FileTime, ValueType::SystemTime, ValueType::Sid,
           ValueType::HexInt32, ValueType::HexInt64};
  array_types = {ValueType::String, ValueType::Int8,     ValueType::UInt8,    ValueType::Int16,
                 ValueType::UInt16, ValueType::Int32,    ValueType::UInt32,   ValueType::Int64,
                 ValueType::UInt64, ValueType::Real32,   ValueType::Real64,   ValueType::Bool,
                 ValueType::Guid,   ValueType::SizeT,    ValueType::FileTime, ValueType::SystemTime,
                 ValueType::Sid,    ValueType::HexInt32, ValueType::HexInt64};
}

std::uint64_t draw(std::mt19937_64& engine, std::uint64_t bound) {
  return bound == 0 ? 0 : engine() % bound;
}

std::string random_text(std::mt19937_64& engine, std::size_t max_characters) {
  // A character between two others may be a line end or a tab; at the ends it may not, since XML
  // tools disagree on white space there.
  constexpr std::array<std::string_view, 6> kInner = {" ", "\n", "\t", "\r\n", "  ", " \n "};
  constexpr std::array<char32_t, 16> kOuter = {U'<', U'>',  U'&',          U'"', U'\'', U'%',
                                               U'{', U']',  U'ä',          U'İ', U'ß',  U'Ω',
                                               U'Ж', U'连', U'\U0001F600', U'́'};
  std::string text;
  if (chance(engine, 8)) return text;
  const std::uint64_t length = 1 + draw(engine, max_characters);
  for (std::uint64_t i = 0; i < length; ++i) {
    const bool inner = i > 0 && i + 1 < length;
    if (inner && chance(engine, 12)) {
      text += pick(engine, kInner);
    } else if (chance(engine, 20)) {
      append_code_point(text, pick(engine, kOuter));
    } else {
      text += static_cast<char>('a' + draw(engine, 26));
    }
  }
  return text;
}

OwnedValue random_value(std::mt19937_64& engine, ValueType type, bool array,
                        const RandomEventLimits& limits) {
  if (!array) return random_single(engine, type, limits);
  const std::uint64_t least = limits.empty_arrays ? 0 : 1;
  const std::uint64_t count = least + draw(engine, 5 - least);
  if (type == ValueType::String) {
    std::vector<std::string> texts;
    for (std::uint64_t i = 0; i < count; ++i) {
      texts.push_back(limited_text(engine, limits.max_characters, limits));
    }
    return OwnedValue::string_array(texts);
  }
  std::vector<OwnedValue> elements;
  for (std::uint64_t i = 0; i < count; ++i) elements.push_back(random_single(engine, type, limits));
  return OwnedValue::array_of(type, elements);
}

EventSpec random_event(std::mt19937_64& engine, const RandomEventLimits& limits) {
  EventSpec event;
  const std::uint64_t style = draw(engine, limits.inline_style ? 3 : 2);
  event.style = style == 0   ? RecordStyle::Classic
                : style == 1 ? RecordStyle::Manifest
                             : RecordStyle::Inline;
  event.provider = as_attribute(
      random_name(engine, {"Outlook", "MSExchange CmdletLogs", "Tcpip"}, limits), limits);
  if (chance(engine, 40)) event.provider_guid = random_guid(engine);
  if (chance(engine, 20)) {
    event.event_source_name = as_attribute(random_name(engine, {"Source"}, limits), limits);
  }
  event.event_id = chance(engine, 30) ? std::uint16_t{26} : static_cast<std::uint16_t>(engine());
  if (chance(engine, 60)) event.qualifiers = static_cast<std::uint16_t>(engine());
  if (chance(engine, 60)) event.version = static_cast<std::uint8_t>(draw(engine, 4));
  event.level = static_cast<std::uint8_t>(draw(engine, 6));
  event.task = static_cast<std::uint16_t>(draw(engine, 4) == 0 ? engine() : 0);
  if (chance(engine, 60)) event.opcode = static_cast<std::uint8_t>(engine());
  if (chance(engine, 40)) event.keywords = random_number(engine);
  event.time = random_instant(engine);
  if (chance(engine, 30)) event.activity_id = random_guid(engine);
  if (chance(engine, 60)) {
    event.process_id = static_cast<std::uint32_t>(random_number(engine));
    event.thread_id = static_cast<std::uint32_t>(random_number(engine));
  }
  event.channel = random_name(engine, {"Application", "System"}, limits);
  event.computer = random_name(engine, {"PC-0001", "nb.example.com"}, limits);
  if (chance(engine, 40)) event.user_sid = random_sid(engine);
  if (chance(engine, 30)) event.binary = random_bytes(engine, 60);

  for (std::uint64_t left = draw(engine, limits.max_items + 1); left > 0; --left) {
    DataItem item;
    if (event.style == RecordStyle::Classic) {
      item.value = random_string(engine, limits);
    } else {
      if (chance(engine, 80)) item.name = as_attribute(random_text(engine, 12), limits);
      const bool array = !limits.array_types.empty() && chance(engine, 20);
      const ValueType type = pick(engine, array ? limits.array_types : limits.types);
      item.value = random_value(engine, type, array, limits);
    }
    event.data.push_back(std::move(item));
  }
  return event;
}

}  // namespace dropscope::evtx
