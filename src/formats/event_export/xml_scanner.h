#pragma once

// The tags of an XML text, one after another, without a tree: as much of XML as exports of events
// and of PowerShell use, forgiving where people have had a text in their hands, strict where
// something is overwritten.
//
// Comments, CDATA sections and processing instructions are passed over; what stands between tags is
// the caller's to take, with decode_text(). There is no DTD and no entity besides XML's own five
// and numbers, so nothing can expand.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dropscope::event_export {

enum class TagKind : std::uint8_t {
  Open,
  Empty,  ///< <name/>
  Close,
  End,  ///< No more tags, and nothing begun.
  Cut,  ///< The text ends inside of a tag, comment or section that begins at Tag::begin.
  Bad,  ///< A '<' at Tag::begin that begins nothing of XML.
};

struct Tag {
  TagKind kind = TagKind::End;
  std::string_view name;        ///< Without a prefix.
  std::string_view attributes;  ///< What stands after the name.
  std::size_t begin = 0;        ///< Of its '<'.
  std::size_t end = 0;          ///< After its '>'.
};

class XmlScanner {
 public:
  explicit XmlScanner(std::string_view text, std::size_t at = 0) : text_(text), at_(at) {}

  /// The next tag; after Cut and Bad there is none.
  TagKind next(Tag& tag);

  /// Between two places that next() has given.
  [[nodiscard]] std::string_view between(std::size_t begin, std::size_t end) const {
    return text_.substr(begin, end - begin);
  }

 private:
  TagKind stop(Tag& tag, TagKind kind, std::size_t begin);
  /// Passes a comment, section or instruction; false when its end is missing.
  bool pass_special();

  std::string_view text_;
  std::size_t at_;
};

/// Value of an attribute, undecoded; nothing when it is not there.
[[nodiscard]] std::optional<std::string_view> attribute(std::string_view attributes,
                                                        std::string_view name);

/// Appends character data as text: entities and numbers decoded, CDATA taken as it is, comments
/// left out. An entity that XML does not know stays as it stands.
void decode_text(std::string& out, std::string_view raw);

/// The same text, which is `raw` itself where nothing is to be decoded, else `buffer`.
[[nodiscard]] std::string_view decoded(std::string_view raw, std::string& buffer);

}  // namespace dropscope::event_export
