// Look-ups are linear: a window has some tens of cells, and the tables some tens of words. But
// every text is looked at for whether it is a window, so a cell that is too long for a word costs
// nothing.

#include "evidence/catalogue/status_words.h"

namespace dropscope {
namespace {

/// The longest header of the window has 20 characters; labels of ipconfig have 40 in some
/// languages.
constexpr std::size_t kLongestText = 80;

/// What is left of a text without ASCII case, spaces and punctuation; letters beyond ASCII stay.
std::string bare(std::string_view text) {
  std::string out;
  if (text.size() > kLongestText) return out;
  for (char c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (letter || static_cast<unsigned char>(c) >= 0x80) out.push_back(c);
  }
  return out;
}

constexpr std::array<std::string_view, kStatusColumnCount> kNames = {
    "cid",      "smtp-address", "display-name", "proxy-server", "server-name", "status",
    "protocol", "authn",        "encrypt",      "rpc-port",     "type",        "req-fail",
    "avg-resp", "avg-proc",     "sess-type",    "interface",    "conn",        "notif",
    "rpc",      "version",      "network-cost"};

}  // namespace

std::string_view to_string(StatusColumn column) {
  return kNames.at(static_cast<std::size_t>(column));
}

void StatusWords::add(const StatusWords& other) {
  const auto append = [](auto& to, const auto& from) {
    for (const auto& entry : from) to.emplace_back(entry).key = bare(entry.text);
  };
  append(headers, other.headers);
  append(words, other.words);
  append(labels, other.labels);
}

std::optional<StatusColumn> StatusWords::header(std::string_view text) const {
  const std::string key = bare(text);
  if (key.empty()) return std::nullopt;
  for (const Header& entry : headers) {
    if (entry.key == key) return entry.column;
  }
  return std::nullopt;
}

std::optional<std::string_view> StatusWords::word(StatusColumn column,
                                                  std::string_view text) const {
  const std::string key = bare(text);
  if (key.empty()) return std::nullopt;
  for (const Word& entry : words) {
    if (entry.column == column && entry.key == key) return entry.value;
  }
  return std::nullopt;
}

std::string_view StatusWords::label(std::string_view text) const {
  const std::string key = bare(text);
  if (key.empty()) return {};
  for (const Label& entry : labels) {
    if (entry.key == key) return entry.id;
  }
  return {};
}

std::string_view StatusWords::label_in(std::string_view text, std::string_view id) const {
  const std::string key = bare(text.substr(0, kLongestText));
  for (const Label& entry : labels) {
    if (entry.id == id && key.find(entry.key) != std::string::npos) return entry.text;
  }
  return {};
}

bool StatusWords::contains_label(std::string_view text, std::string_view id) const {
  return !label_in(text, id).empty();
}

}  // namespace dropscope
