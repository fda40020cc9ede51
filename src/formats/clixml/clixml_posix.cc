// Expat does the XML, in pieces, so that memory does not grow with the file. Files of PowerShell
// have no DTD; one that has is refused at its declaration, before an entity can expand.

#include <expat.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "base/text.h"
#include "base/utf16.h"
#include "formats/clixml/clixml.h"

namespace dropscope::clixml {
namespace {

/// Export-Clixml nests two levels unless told otherwise, and a hundred at most (its -Depth).
constexpr std::size_t kDeepest = 512;
/// What is looked for are names and addresses.
constexpr std::size_t kLongestText = 64u << 10;
/// Of a property; longer ones are cut.
constexpr std::size_t kLongestName = 256;

/// Elements that hold other elements: objects, their groups, lists and dictionaries.
constexpr std::array<std::string_view, 11> kGroups = {"Objs", "Obj", "Props", "MS", "LST", "IE",
                                                      "STK",  "QUE", "DCT",   "En", "TN"};

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

/// "_x000A_" stands for a UTF-16 unit; only those of one character each are decoded.
std::string decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.size() - i >= 7 && text.substr(i, 2) == "_x" && text[i + 6] == '_') {
      int unit = 0;
      bool good = true;
      for (std::size_t digit = i + 2; digit < i + 6; ++digit) {
        const auto value = hex_digit(text[digit]);
        good = good && value.has_value();
        unit = unit * 16 + value.value_or(0);
      }
      if (good && unit > 0 && unit < 0x80) {
        out.push_back(static_cast<char>(unit));
        i += 6;
        continue;
      }
    }
    out.push_back(text[i]);
  }
  return out;
}

struct FreeParser {
  void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};
using Parser = std::unique_ptr<std::remove_pointer_t<XML_Parser>, FreeParser>;

class Reading {
 public:
  Reading(XML_Parser parser, const std::function<void(const Value&)>& use)
      : parser_(parser), use_(use) {
    XML_SetUserData(parser, this);
    XML_SetElementHandler(parser, on_begin, on_end);
    XML_SetCharacterDataHandler(parser, on_text);
    XML_SetStartDoctypeDeclHandler(parser, on_doctype);
  }
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  struct Level {
    std::size_t path_size = 0;
    bool group = false;
  };

  static Reading& self(void* data) { return *static_cast<Reading*>(data); }
  static void on_begin(void* data, const XML_Char* name, const XML_Char** attributes) {
    self(data).begin(name, attributes);
  }
  static void on_end(void* data, const XML_Char* name) { self(data).end(name); }
  static void on_text(void* data, const XML_Char* text, int size) {
    std::string& to = self(data).text_;
    const std::size_t room = kLongestText - std::min(kLongestText, to.size());
    to.append(text, std::min(room, static_cast<std::size_t>(size)));
  }
  static void on_doctype(void* data, const XML_Char*, const XML_Char*, const XML_Char*, int) {
    self(data).stop("a document type declaration, which PowerShell does not write");
  }

  void stop(std::string problem) {
    problem_ = std::move(problem);
    XML_StopParser(parser_, XML_FALSE);
  }

  void begin(std::string_view name, const XML_Char** attributes) {
    if (levels_.size() >= kDeepest) return stop(fmt::format("more than {} levels", kDeepest));
    levels_.push_back(
        {path_.size(), std::find(kGroups.begin(), kGroups.end(), name) != kGroups.end()});
    text_.clear();
    name_.clear();
    if (name == "Obj" && levels_.size() == 2) ++objects_;
    for (; *attributes != nullptr; attributes += 2) {
      if (std::string_view(attributes[0]) != "N") continue;
      name_ = std::string_view(attributes[1]).substr(0, kLongestName);
      if (!path_.empty()) path_ += '/';
      path_ += name_;
    }
  }

  void end(std::string_view name) {
    if (levels_.empty()) return;
    const Level level = levels_.back();
    levels_.pop_back();
    // Names of types and the text form of objects are not values of theirs.
    if (!level.group && name != "T" && name != "TNRef" && name != "Ref" && name != "Nil" &&
        name != "ToString") {
      const std::string decoded = decode(text_);
      Value value;
      value.path = path_;
      value.name = name_;
      value.type = name;
      value.text = decoded;
      value.object = objects_ == 0 ? 0 : objects_ - 1;
      value.line = XML_GetCurrentLineNumber(parser_);
      use_(value);
    }
    path_.resize(level.path_size);
    name_.clear();
    text_.clear();
  }

  XML_Parser parser_;
  const std::function<void(const Value&)>& use_;
  std::vector<Level> levels_;
  std::string path_;
  std::string name_;
  std::string text_;
  std::string problem_;
  std::uint64_t objects_ = 0;
};

}  // namespace

Result<void> read(Bytes bytes, const std::function<void(const Value&)>& use) {
  const Parser parser(XML_ParserCreate(nullptr));
  if (!parser) return fail(ErrorCode::Limit, "no memory for the XML parser");
  Reading reading(parser.get(), use);
  constexpr std::size_t kPiece = std::size_t{1} << 20;
  do {
    const Bytes piece = bytes.first(std::min(kPiece, bytes.size()));
    bytes = bytes.subspan(piece.size());
    const XML_Status status =
        XML_Parse(parser.get(), as_text(piece).data(), static_cast<int>(piece.size()),
                  bytes.empty() ? XML_TRUE : XML_FALSE);
    if (status == XML_STATUS_OK) continue;
    const auto line = XML_GetCurrentLineNumber(parser.get());
    const std::string what = reading.problem().empty()
                                 ? XML_ErrorString(XML_GetErrorCode(parser.get()))
                                 : reading.problem();
    return fail(ErrorCode::Corrupt, fmt::format("line {}: expected Clixml, found {}", line, what));
  } while (!bytes.empty());
  return {};
}

}  // namespace dropscope::clixml
