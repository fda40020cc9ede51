// One logical line at a time: a key in brackets, or a name, an equals sign and a value, which goes
// on over several lines in two ways. A hex value whose line ends in a backslash goes on in the next
// one; a quoted text that holds line ends goes on until its closing quote.
//
// A file that somebody cut, or pasted together, breaks off inside of a value. So before the next
// line is taken for a continuation, it is looked at: one that begins as a key or a name does is
// none, ends the value before it, which is damaged, and is read as what it is.

#include "formats/registry/reg_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.h"
#include "base/utf16.h"
#include "formats/text/line_reader.h"

namespace dropscope::registry {
namespace {

constexpr std::string_view kFive = "Windows Registry Editor Version 5.00";
constexpr std::string_view kFour = "REGEDIT4";
/// Windows holds values up to its memory, and recommends files for what is above 2,048 bytes
/// ("Registry element size limits"). Longer ones than this are no settings.
constexpr std::size_t kMaxValueBytes = std::size_t{1} << 20;
/// How much of a wrong text is shown.
constexpr std::size_t kShownBytes = 40;

std::string shown(std::string_view text) {
  return text.empty() ? "nothing" : "\"" + printable(text.substr(0, kShownBytes)) + "\"";
}

std::string_view trim_left(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  return begin == std::string_view::npos ? std::string_view() : text.substr(begin);
}

bool begins_key(std::string_view line) {
  return line.starts_with("[HKEY_") || line.starts_with("[-HKEY_") || line.starts_with("[hkey_");
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// What follows a value may only be a comment.
bool only_comment(std::string_view rest) {
  rest = trim(rest);
  return rest.empty() || rest.front() == ';';
}

void append_utf16_bytes(std::vector<std::byte>& out, std::string_view utf8) {
  for (const char16_t unit : to_utf16(utf8)) {
    out.push_back(static_cast<std::byte>(unit & 0xff));
    out.push_back(static_cast<std::byte>(unit >> 8));
  }
}

class Reader {
 public:
  Reader(Bytes bytes, Visitor& visitor) : lines_(bytes), visitor_(visitor) {}

  TextSummary read() {
    while (next()) {
      const std::string_view text = trim(line_.text);
      if (text.empty() || text.front() == ';') continue;
      if (line_.cut) {
        damage(
            fmt::format("expected a line of at most {} bytes, found a longer one; it is left "
                        "out",
                        text::kMaxLineBytes));
      } else if (text == kFive || text == kFour) {
        // A second header stands where texts were joined.
        version_ = text == kFive ? TextVersion::Five : TextVersion::Four;
        if (out_.counts.keys == 0) out_.version = version_;
      } else if (text.front() == '[') {
        read_key(text);
      } else if (text.front() == '"' || text.front() == '@') {
        read_value(trim_left(line_.text));
      } else {
        damage(
            fmt::format("expected a key in brackets or a name in quotes, found {}; the line is "
                        "left out",
                        shown(text)));
      }
    }
    return out_;
  }

 private:
  bool next() {
    if (again_) {
      again_ = false;
      return true;
    }
    if (!lines_.next(line_)) return false;
    if (line_.assumed) ++out_.assumed_lines;
    return true;
  }

  /// The next line when it can go on with a value; otherwise it will be read as a line of its own.
  bool next_continuation() {
    if (!next()) return false;
    const std::string_view text = trim(line_.text);
    again_ = text.empty() || text.front() == '"' || text.front() == '@' || begins_key(text) ||
             text == kFive || text == kFour || line_.cut;
    return !again_;
  }

  void damage(std::string what) { damage_at(line_.number, std::move(what)); }
  void damage_at(std::uint64_t line, std::string what) { visitor_.damage(line, std::move(what)); }

  void read_key(std::string_view text) {
    const std::size_t end = text.rfind(']');
    in_key_ = end != std::string_view::npos && only_comment(text.substr(end + 1));
    if (!in_key_) {
      damage(
          fmt::format("expected \"]\" at the end of a key, found {}; the values below it are left "
                      "out",
                      shown(text.substr(text.size() - std::min(text.size(), kShownBytes)))));
      return;
    }
    std::string_view path = text.substr(1, end - 1);
    const bool deletion = path.starts_with('-');
    if (deletion) path.remove_prefix(1);
    while (path.ends_with('\\')) path.remove_suffix(1);
    if (path.empty()) {
      damage(
          "expected the name of a key in brackets, found none; the values below it are left out");
      in_key_ = false;
      return;
    }
    if (deletion) {
      in_key_ = false;
      visitor_.key_deleted(path, line_.number);
      return;
    }
    ++out_.counts.keys;
    visitor_.key(path, line_.number);
  }

  void read_value(std::string_view text) {
    const std::uint64_t line = line_.number;
    name_.clear();
    if (text.front() == '@') {
      text.remove_prefix(1);
    } else {
      text.remove_prefix(1);
      if (!unquote(text, name_)) {
        damage(
            "expected a quote at the end of a name, found the end of the line; the value is left "
            "out");
        return;
      }
    }
    text = trim_left(text);
    if (!text.starts_with('=')) {
      damage(fmt::format("expected \"=\" after a name, found {}; the value is left out",
                         shown(trim(text))));
      return;
    }
    text = trim_left(text.substr(1));
    if (text.starts_with('-') && only_comment(text.substr(1))) {
      if (in_key_) visitor_.value_deleted(name_, line);
      return;
    }
    data_.clear();
    const std::optional<Type> type = read_data(text);
    // Below a key that could not be read or is deleted, nothing is known of a value's place.
    if (!type || !in_key_) return;
    ++out_.counts.values;
    visitor_.value({name_, *type, data_, line});
  }

  /// Takes text up to the closing quote into `out`; false when there is none.
  static bool unquote(std::string_view& text, std::string& out) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '"') {
        text.remove_prefix(i + 1);
        return true;
      }
      // Only these two are written with a backslash before them.
      const bool escape =
          text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '\\' || text[i + 1] == '"');
      if (escape) ++i;
      out += text[i];
    }
    text = {};
    return false;
  }

  /// Nothing when the value was wrong, which has been said then.
  std::optional<Type> read_data(std::string_view text) {
    if (text.starts_with('"')) return read_text_data(text.substr(1));
    const std::size_t colon = text.find(':');
    const std::string kind = to_lower_ascii(trim(text.substr(0, std::min(colon, text.size()))));
    if (colon != std::string_view::npos) {
      const std::string_view rest = text.substr(colon + 1);
      if (kind == "dword") return read_dword(trim_left(rest));
      if (kind == "hex") return read_hex(Type::Binary, rest);
      if (kind.starts_with("hex(") && kind.ends_with(')')) {
        const std::string digits = kind.substr(4, kind.size() - 5);
        std::uint32_t number = 0;
        const auto parsed =
            std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
        if (parsed.ec == std::errc() && parsed.ptr == digits.data() + digits.size()) {
          return read_hex(static_cast<Type>(number), rest);
        }
      }
    }
    damage(
        fmt::format("expected a text in quotes, dword:, hex: or hex(n): after \"=\", found {}; "
                    "the value is left out",
                    shown(trim(text))));
    return std::nullopt;
  }

  std::optional<Type> read_text_data(std::string_view text) {
    const std::uint64_t line = line_.number;
    std::string value;
    std::string_view rest = text;
    while (!unquote(rest, value)) {
      if (value.size() > kMaxValueBytes || !next_continuation()) {
        damage_at(line, "expected a quote at the end of a text, found none; the value is left out");
        return std::nullopt;
      }
      value += "\r\n";
      rest = line_.text;
    }
    if (!only_comment(rest)) {
      damage(
          fmt::format("expected the end of the line after a text in quotes, found {}; the value is "
                      "left out",
                      shown(trim(rest))));
      return std::nullopt;
    }
    value += '\0';
    append_utf16_bytes(data_, value);
    return Type::Text;
  }

  std::optional<Type> read_dword(std::string_view text) {
    std::uint32_t number = 0;
    // from_chars takes "0x" and signs for no digits, as regedit does.
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number, 16);
    const std::size_t used = static_cast<std::size_t>(parsed.ptr - text.data());
    if (parsed.ec != std::errc() || used > 8 || !only_comment(text.substr(used))) {
      damage(
          fmt::format("expected 1 to 8 hexadecimal digits after dword:, found {}; the value is "
                      "left out",
                      shown(trim(text))));
      return std::nullopt;
    }
    data_.resize(4);
    store_le(data_.data(), number);
    return Type::Number;
  }

  std::optional<Type> read_hex(Type type, std::string_view text) {
    const std::uint64_t line = line_.number;
    bool good = true;
    for (;;) {
      text = trim(text);
      if (const std::size_t comment = text.find(';'); comment != std::string_view::npos) {
        text = trim(text.substr(0, comment));
      }
      const bool more = text.ends_with('\\');
      if (more) text.remove_suffix(1);
      // After the first mistake the other lines of this value are only passed over.
      if (good) good = append_hex(text);
      if (good && data_.size() > kMaxValueBytes) {
        damage_at(line,
                  fmt::format("expected a value of at most {} bytes, found a longer one; it is "
                              "left out",
                              kMaxValueBytes));
        good = false;
      }
      if (!more) break;
      if (!next_continuation()) {
        if (good) {
          damage_at(line,
                    "expected the rest of a value after \"\\\" at the end of a line, found none; "
                    "the value is left out");
        }
        return std::nullopt;
      }
      text = line_.text;
    }
    if (!good) return std::nullopt;
    convert_text(type);
    return type;
  }

  /// Two digits each, separated by commas; a comma may be the last.
  bool append_hex(std::string_view text) {
    std::size_t i = 0;
    const auto pass_blanks = [&] {
      while (i < text.size() && (text[i] == ' ' || text[i] == '\t')) ++i;
    };
    for (pass_blanks(); i < text.size(); pass_blanks()) {
      const std::size_t begin = i;
      int byte = 0;
      for (; i < text.size() && hex_digit(text[i]) >= 0; ++i) {
        byte = (byte * 16 + hex_digit(text[i])) & 0xff;
      }
      const std::size_t digits = i - begin;
      pass_blanks();
      const bool separated = i == text.size() || text[i] == ',';
      if (digits == 0 || digits > 2 || !separated) {
        damage(
            fmt::format("expected bytes of two hexadecimal digits with commas between, found {}; "
                        "the value is left out",
                        shown(text.substr(begin))));
        return false;
      }
      if (i < text.size()) ++i;
      data_.push_back(static_cast<std::byte>(byte));
    }
    return true;
  }

  /// REGEDIT4 has bytes of a code page where the registry has UTF-16.
  void convert_text(Type type) {
    const bool is_text = type == Type::Text || type == Type::ExpandText || type == Type::TextList;
    if (version_ != TextVersion::Four || !is_text) return;
    const bool ascii = std::all_of(data_.begin(), data_.end(),
                                   [](std::byte b) { return std::to_integer<int>(b) < 0x80; });
    if (!ascii) out_.assumed_data = true;
    std::string converted;
    append_windows_1252(converted, as_text(data_));
    data_.clear();
    append_utf16_bytes(data_, converted);
  }

  text::LineReader lines_;
  Visitor& visitor_;
  TextSummary out_;
  TextVersion version_ = TextVersion::Missing;
  text::Line line_;
  bool again_ = false;   // line_ has been taken, and not been read yet.
  bool in_key_ = false;  // Values have a key to belong to.
  std::string name_;
  std::vector<std::byte> data_;
};

}  // namespace

bool is_reg_text(std::string_view head) {
  while (!head.empty()) {
    const std::size_t end = std::min(head.find('\n'), head.size());
    const std::string_view line = trim(head.substr(0, end));
    if (line == kFive || line == kFour || begins_key(line)) return true;
    if (!line.empty() && line.front() != ';') return false;
    head.remove_prefix(std::min(end + 1, head.size()));
  }
  return false;
}

TextSummary read_text(Bytes bytes, Visitor& visitor) {
  return Reader(bytes, visitor).read();
}

}  // namespace dropscope::registry
