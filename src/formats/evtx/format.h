#pragma once

// Constants of the Windows XML event log, as FORMAT.md in this folder describes them.
// Sources: MS-EVEN6 2.2 (BinXML) and the libevtx format document (libyal/libevtx).

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace dropscope::evtx {

inline constexpr std::string_view kFileMagic{"ElfFile\0", 8};
inline constexpr std::string_view kChunkMagic{"ElfChnk\0", 8};
inline constexpr std::uint32_t kRecordMagic = 0x00002a2a;  // "**\0\0"

inline constexpr std::size_t kFileHeaderBytes = 128;  ///< The part that holds fields.
inline constexpr std::size_t kFileBlockBytes = 4096;  ///< First chunk starts here by default.
inline constexpr std::size_t kChunkBytes = 65536;
inline constexpr std::size_t kChunkHeaderBytes = 512;
inline constexpr std::size_t kRecordHeaderBytes = 24;
inline constexpr std::size_t kStringBuckets = 64;
inline constexpr std::size_t kTemplateBuckets = 32;

/// File header flags.
inline constexpr std::uint32_t kFlagDirty = 1;
inline constexpr std::uint32_t kFlagFull = 2;
inline constexpr std::uint32_t kFlagNoCrc = 4;

/// BinXML tokens (MS-EVEN6 2.2.12); bit 0x40 says that more follows in the same construct.
enum class Token : std::uint8_t {
  EndOfFragment = 0x00,
  OpenStartElement = 0x01,
  CloseStartElement = 0x02,
  CloseEmptyElement = 0x03,
  EndElement = 0x04,
  Value = 0x05,
  Attribute = 0x06,
  CData = 0x07,
  CharRef = 0x08,
  EntityRef = 0x09,
  PiTarget = 0x0a,
  PiData = 0x0b,
  TemplateInstance = 0x0c,
  NormalSubstitution = 0x0d,
  OptionalSubstitution = 0x0e,
  FragmentHeader = 0x0f,
};
inline constexpr std::uint8_t kTokenMore = 0x40;

/// Value types (MS-EVEN6 2.2.16); an array is the element type with kArrayBit.
enum class ValueType : std::uint8_t {
  Null = 0x00,
  String = 0x01,      ///< UTF-16LE
  AnsiString = 0x02,  ///< bytes in the writer's code page
  Int8 = 0x03,
  UInt8 = 0x04,
  Int16 = 0x05,
  UInt16 = 0x06,
  Int32 = 0x07,
  UInt32 = 0x08,
  Int64 = 0x09,
  UInt64 = 0x0a,
  Real32 = 0x0b,
  Real64 = 0x0c,
  Bool = 0x0d,  ///< 32 bits; anything but 0 is true
  Binary = 0x0e,
  Guid = 0x0f,
  SizeT = 0x10,  ///< 4 or 8 bytes, by its size
  FileTime = 0x11,
  SystemTime = 0x12,
  Sid = 0x13,
  HexInt32 = 0x14,
  HexInt64 = 0x15,
  EvtHandle = 0x20,
  BinXml = 0x21,
  EvtXml = 0x23,
};
inline constexpr std::uint8_t kArrayBit = 0x80;

/// Hash of an element or attribute name in the chunk's string table: x = x * 65599 + unit, low 16
/// bits.
[[nodiscard]] constexpr std::uint16_t name_hash(std::u16string_view name) {
  std::uint32_t hash = 0;
  for (char16_t unit : name) hash = hash * 65599u + unit;
  return static_cast<std::uint16_t>(hash);
}

/// Deepest nesting of elements in one fragment that the reader follows. Real logs stay below 20;
/// the bound keeps hostile input from using up the stack.
inline constexpr int kMaxDepth = 64;
/// Most attributes of one element. Real logs stay below 10; the bound keeps the search for
/// attributes given twice cheap.
inline constexpr int kMaxAttributes = 64;

}  // namespace dropscope::evtx
