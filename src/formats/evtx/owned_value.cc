// Stored forms of values: MS-EVEN6 2.2.16 for the BinXML types, MS-DTYP 2.3.3 (FILETIME), 2.3.13
// (SYSTEMTIME) and 2.4.2.2 (SID) for what is in them.

#include <bit>

#include "base/utf16.h"
#include "formats/evtx/writer.h"

namespace dropscope::evtx {
namespace {

template <typename T>
void append(std::vector<std::byte>& out, T number) {
  const std::size_t at = out.size();
  out.resize(at + sizeof(T));
  store_le(out.data() + at, number);
}

void append_string(std::vector<std::byte>& out, std::string_view utf8) {
  const std::u16string text = to_utf16(utf8);
  std::size_t at = out.size();
  out.resize(at + 2 * text.size() + 2);
  for (char16_t unit : text) {
    store_le(out.data() + at, static_cast<std::uint16_t>(unit));
    at += 2;
  }
}

/// Bytes of an integer type; 0 for types that OwnedValue::integer does not make.
std::size_t integer_size(ValueType type) {
  switch (type) {
    case ValueType::Int8:
    case ValueType::UInt8:
      return 1;
    case ValueType::Int16:
    case ValueType::UInt16:
      return 2;
    case ValueType::Int32:
    case ValueType::UInt32:
    case ValueType::Bool:
    case ValueType::HexInt32:
      return 4;
    case ValueType::Int64:
    case ValueType::UInt64:
    case ValueType::HexInt64:
    case ValueType::SizeT:
    case ValueType::FileTime:
      return 8;
    default:
      return 0;
  }
}

}  // namespace

OwnedValue OwnedValue::null() {
  return {};
}

OwnedValue OwnedValue::string(std::string_view utf8) {
  OwnedValue value{ValueType::String, false, {}};
  append_string(value.bytes, utf8);
  return value;
}

OwnedValue OwnedValue::ansi(std::string_view bytes) {
  const Bytes view = as_bytes(bytes);
  return {ValueType::AnsiString, false, {view.begin(), view.end()}};
}

OwnedValue OwnedValue::integer(ValueType type, std::uint64_t value) {
  const std::size_t size = integer_size(type);
  check(size != 0, "OwnedValue::integer is given an integer type");
  OwnedValue result{type, false, {}};
  append(result.bytes, value);
  result.bytes.resize(size);
  return result;
}

OwnedValue OwnedValue::real32(float value) {
  OwnedValue result{ValueType::Real32, false, {}};
  append(result.bytes, std::bit_cast<std::uint32_t>(value));
  return result;
}

OwnedValue OwnedValue::real64(double value) {
  OwnedValue result{ValueType::Real64, false, {}};
  append(result.bytes, std::bit_cast<std::uint64_t>(value));
  return result;
}

OwnedValue OwnedValue::binary(Bytes bytes) {
  return {ValueType::Binary, false, {bytes.begin(), bytes.end()}};
}

OwnedValue OwnedValue::guid(const Guid& guid) {
  OwnedValue result{ValueType::Guid, false, {}};
  for (std::uint8_t byte : guid.bytes) result.bytes.push_back(std::byte{byte});
  return result;
}

OwnedValue OwnedValue::file_time(Instant t) {
  return integer(ValueType::FileTime, to_filetime(t));
}

OwnedValue OwnedValue::system_time(const CivilTime& civil) {
  OwnedValue result{ValueType::SystemTime, false, {}};
  // SYSTEMTIME counts weekdays from Sunday and ends at milliseconds.
  for (int part : {static_cast<int>(civil.year), civil.month, (civil.weekday + 1) % 7, civil.day,
                   civil.hour, civil.minute, civil.second, civil.ticks / 10'000}) {
    append(result.bytes, static_cast<std::uint16_t>(part));
  }
  return result;
}

OwnedValue OwnedValue::sid(std::uint64_t authority,
                           const std::vector<std::uint32_t>& sub_authorities) {
  check(sub_authorities.size() <= 15, "a SID has at most 15 sub-authorities");
  OwnedValue result{ValueType::Sid, false, {}};
  append(result.bytes, std::uint8_t{1});  // Revision
  append(result.bytes, static_cast<std::uint8_t>(sub_authorities.size()));
  for (int shift = 40; shift >= 0; shift -= 8) {  // The only big-endian number in the format.
    append(result.bytes, static_cast<std::uint8_t>((authority >> shift) & 0xff));
  }
  for (std::uint32_t part : sub_authorities) append(result.bytes, part);
  return result;
}

OwnedValue OwnedValue::string_array(const std::vector<std::string>& utf8) {
  OwnedValue result{ValueType::String, true, {}};
  for (const std::string& text : utf8) append_string(result.bytes, text);
  return result;
}

OwnedValue OwnedValue::array_of(ValueType type, const std::vector<OwnedValue>& elements) {
  OwnedValue result{type, true, {}};
  for (const OwnedValue& element : elements) {
    check(element.type == type && !element.array, "the elements of an array share its type");
    result.bytes.insert(result.bytes.end(), element.bytes.begin(), element.bytes.end());
  }
  return result;
}

}  // namespace dropscope::evtx
