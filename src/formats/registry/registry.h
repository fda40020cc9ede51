#pragma once

// Values of a Windows registry, whichever file they come from: a text made by regedit (reg_text.h)
// or a hive (hive.h). Both hand over the same things to the same visitor, so that whoever asks for
// settings does not see a difference.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace dropscope::registry {

/// Kinds of values, under the numbers of winnt.h (REG_NONE …); others occur and are kept.
enum class Type : std::uint32_t {
  None = 0,
  Text = 1,
  ExpandText = 2,  ///< With variables such as %ProgramFiles%.
  Binary = 3,
  Number = 4,
  NumberBigEndian = 5,
  Link = 6,
  TextList = 7,
  Number64 = 11,
};

/// One value. Text inside `data` is UTF-16LE, as in the registry itself, whatever the file had.
struct Value {
  std::string_view name;  ///< UTF-8; empty for a key's default value.
  Type type = Type::None;
  Bytes data;               ///< Valid during the call.
  std::uint64_t place = 0;  ///< Line of a text, offset in a hive.
};

/// Receives what a file holds, in its order. The values of a key follow the key.
class Visitor {
 public:
  virtual ~Visitor() = default;
  /// `path` is UTF-8 with backslashes, from the file's root: "HKEY_CURRENT_USER\Software" in a
  /// text, "ROOT\Software" or "Software" in a hive, as the caller named its root.
  virtual void key(std::string_view path, std::uint64_t place) = 0;
  virtual void value(const Value& value) = 0;
  /// A text can take away what was set before it: a key with all below, or a value.
  virtual void key_deleted(std::string_view path, std::uint64_t place) = 0;
  virtual void value_deleted(std::string_view name, std::uint64_t place) = 0;
  /// Something that could not be read; it costs what it stands in and nothing else.
  virtual void damage(std::uint64_t place, std::string what) = 0;
};

/// How much one file held.
struct Counts {
  std::uint64_t keys = 0;
  std::uint64_t values = 0;
};

/// The text of a Text, ExpandText or Link value, or the first of a TextList, up to its first NUL.
[[nodiscard]] std::string text_of(Bytes utf16);
/// All texts of a TextList.
[[nodiscard]] std::vector<std::string> texts_of(Bytes utf16);
/// The number of a Number, NumberBigEndian or Number64, and of a Binary of 4 or 8 bytes, which
/// programs use for numbers too. Nothing for other sizes and types.
[[nodiscard]] std::optional<std::uint64_t> number_of(Type type, Bytes data);
/// "REG_DWORD" …; "REG type 21" for a number without a name.
[[nodiscard]] std::string name_of(Type type);

}  // namespace dropscope::registry
