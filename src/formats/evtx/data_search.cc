#include "formats/evtx/data_search.h"

#include <algorithm>

#include "formats/evtx/event_data-inl.h"

namespace dropscope::evtx {
namespace {

/// All texts as data_text() joins them.
class JoinedText {
 public:
  explicit JoinedText(std::string& out) : out_(out) { out_.clear(); }

  void start(Utf16View) { text_.clear(); }
  void finish() { append_data_text(out_, text_); }
  std::string& text() { return text_; }
  std::string* attribute(Utf16View) { return nullptr; }

 private:
  std::string& out_;
  std::string text_;
};

}  // namespace

DataSearch::DataSearch(const std::vector<std::string>& parts) {
  for (const std::string& part : parts) {
    const TextPart& added = parts_.emplace_back(part);
    const std::string& plain = added.plain();
    // What stands between two items is " | ".
    if (plain.empty() || plain.find('|') != std::string::npos || plain.front() == ' ' ||
        plain.back() == ' ') {
      within_items_ = false;
    }
  }
}

bool DataSearch::in_text(std::string_view plain) const {
  return std::any_of(parts_.begin(), parts_.end(),
                     [&](const TextPart& part) { return part.is_in(plain); });
}

bool DataSearch::found_in(BinXmlReader& reader, const Fragment& fragment) {
  if (within_items_) {
    const Answer answer = quick(reader, fragment);
    if (answer != Answer::Unknown) return answer == Answer::Yes;
  }
  JoinedText items(text_);
  (void)walk_data(reader, fragment, items);
  return in_text(fold_case(text_));
}

DataSearch::Answer DataSearch::quick(BinXmlReader&, const Fragment&) {
  return Answer::Unknown;
}

}  // namespace dropscope::evtx
