// What an alert says, from its text alone: exact table first, then stems.
//
// Hardly any genuine text is known outside English, so exact rows cannot carry this. What is known
// is that "Microsoft Exchange" stays untranslated, and which words a language has for losing and
// restoring. Three rules keep such matching from guessing:
//   - Sentence by sentence. "The connection was lost. Outlook will restore it when possible."
//   speaks of
//     both; the first sentence that names the product and holds a stem decides.
//   - One meaning per sentence. A sentence that holds stems of two meanings stays unclassified, and
//   so
//     does one with a word that negates it or puts it off ("could not be restored", "wird
//     wiederhergestellt"): those words are stems of their own, which claim nothing and spoil the
//     rest.
//   - Longest stem wins. A stem inside a longer one does not count, so that "nicht verfügbar" is
//   not
//     taken for a negation, nor "palautetaan" (is being restored) for "palaut…" (restored).
// The stems of all languages are tried together, because an event does not tell its language and a
// fleet has several. A stem in a script with letters and spaces must begin a word; Chinese,
// Japanese and Korean texts run words together, and there it may begin anywhere.

#include "evidence/catalogue/classify.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "base/utf16.h"

namespace dropscope {
namespace {

// Full stops of Chinese and Japanese: U+3002, and U+FF0E, U+FF01, U+FF1F in full width.
constexpr std::string_view kIdeographicStop = "\xE3\x80\x82";
constexpr std::string_view kWideStop = "\xEF\xBC\x8E";
constexpr std::string_view kWideExclamation = "\xEF\xBC\x81";
constexpr std::string_view kWideQuestion = "\xEF\xBC\x9F";

/// Longer texts are not looked at for stems. An alert is what fits into a message box: the longest
/// known one has 209 bytes. The limit keeps the cost of hostile texts down.
constexpr std::size_t kLongestAlert = 4096;

std::uint8_t byte_at(std::string_view text, std::size_t i) {
  return static_cast<std::uint8_t>(text[i]);
}

/// Bytes of the white space at the front of `text`; 0 if there is none.
std::size_t space_length(std::string_view text) {
  const char c = text.front();
  if (c == ' ' || (c >= '\t' && c <= '\r')) return 1;
  if (text.starts_with("\xC2\xA0")) return 2;      // U+00A0 no-break space
  if (text.starts_with("\xE3\x80\x80")) return 3;  // U+3000 ideographic space
  if (text.starts_with("\xE2\x80\xAF")) return 3;  // U+202F narrow no-break space (French)
  if (text.size() >= 3 && text.starts_with("\xE2\x80") && byte_at(text, 2) >= 0x80 &&
      byte_at(text, 2) <= 0x8A) {
    return 3;  // U+2000 to U+200A
  }
  return 0;
}

/// Folded case, single spaces, no space at either end.
std::string fold_spaces(std::string_view utf8) {
  const std::string folded = fold_case(utf8);
  std::string out;
  out.reserve(folded.size());
  for (std::string_view rest = folded; !rest.empty();) {
    if (const std::size_t space = space_length(rest); space != 0) {
      if (!out.empty() && out.back() != ' ') out.push_back(' ');
      rest.remove_prefix(space);
    } else {
      out.push_back(rest.front());
      rest.remove_prefix(1);
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

/// Whether the character that starts at `i` belongs to a script that puts spaces between words:
/// ASCII, Latin, Greek, Cyrillic (U+00C0 to U+052F, U+1E00 to U+1EFF).
bool letter_at(std::string_view text, std::size_t i) {
  const std::uint8_t lead = byte_at(text, i);
  if (lead < 0x80) {
    return (lead >= 'a' && lead <= 'z') || (lead >= 'A' && lead <= 'Z') ||
           (lead >= '0' && lead <= '9');
  }
  if (lead >= 0xC3 && lead <= 0xD4) return true;
  return lead == 0xE1 && i + 1 < text.size() && byte_at(text, i + 1) >= 0xB8 &&
         byte_at(text, i + 1) <= 0xBB;
}

/// Whether what is found at `i` begins a word, or is in a script without spaces between words.
bool begins_word(std::string_view text, std::size_t i) {
  if (i == 0 || !letter_at(text, i)) return true;
  std::size_t before = i - 1;
  while (before > 0 && (byte_at(text, before) & 0xC0) == 0x80) --before;  // To the lead byte.
  return !letter_at(text, before);
}

/// The next place where `what` begins a word of `text`, from `from` on.
std::size_t find_word(std::string_view text, std::string_view what, std::size_t from) {
  for (std::size_t at = text.find(what, from); at != std::string_view::npos;
       at = text.find(what, at + 1)) {
    if (begins_word(text, at)) return at;
  }
  return std::string_view::npos;
}

/// Bytes of the end of a sentence at the front of `text`; 0 if there is none. A full stop ends a
/// sentence only before a space, so that names and numbers stay whole.
std::size_t sentence_end(std::string_view text) {
  const char c = text.front();
  if (c == '.' || c == '!' || c == '?') return text.size() == 1 || text[1] == ' ' ? 1 : 0;
  if (text.starts_with(" | ")) return 3;  // Between the data strings of one event.
  for (const std::string_view stop :
       {kIdeographicStop, kWideStop, kWideExclamation, kWideQuestion}) {
    if (text.starts_with(stop)) return stop.size();
  }
  return 0;
}

/// Cuts the first sentence off `rest`.
std::string_view next_sentence(std::string_view& rest) {
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (const std::size_t end = sentence_end(rest.substr(i)); end != 0) {
      const std::string_view sentence = rest.substr(0, i);
      rest.remove_prefix(i + end);
      return sentence;
    }
  }
  return std::exchange(rest, {});
}

struct Hit {
  std::size_t begin;
  std::size_t end;
  Meaning meaning;
};

bool inside_longer(const Hit& hit, const std::vector<Hit>& hits) {
  return std::any_of(hits.begin(), hits.end(), [&](const Hit& other) {
    return other.begin <= hit.begin && hit.end <= other.end &&
           other.end - other.begin > hit.end - hit.begin;
  });
}

}  // namespace

std::string normalise_text(std::string_view utf8) {
  std::string out = fold_spaces(utf8);
  for (bool again = true; again && !out.empty();) {
    again = false;
    for (const std::string_view stop :
         {std::string_view("."), std::string_view(" "), kIdeographicStop, kWideStop}) {
      if (out.ends_with(stop)) {
        out.resize(out.size() - stop.size());
        again = true;
      }
    }
  }
  return out;
}

TextClassifier::TextClassifier(const Catalogue& catalogue, const Profile& profile) {
  for (const TextTable& table : catalogue.texts) {
    if (table.profile != profile.id) continue;
    for (const TextRule& rule : table.rules) {
      if (rule.stem) {
        std::string stem = normalise_text(rule.text);
        if (stem.empty()) continue;
        // A space at the end of a stem says that its last word ends there.
        if (rule.text.ends_with(' ')) stem.push_back(' ');
        stems_.push_back({std::move(stem), rule.meaning});
      } else {
        (rule.prefix ? prefixes_ : exact_).push_back({normalise_text(rule.text), rule.meaning});
      }
    }
  }
  const auto by_text = [](const Rule& a, const Rule& b) {
    return std::tie(a.text, a.meaning) < std::tie(b.text, b.meaning);
  };
  const auto same = [](const Rule& a, const Rule& b) {
    return a.text == b.text && a.meaning == b.meaning;
  };
  for (std::vector<Rule>* rules : {&exact_, &prefixes_, &stems_}) {
    std::sort(rules->begin(), rules->end(), by_text);
    rules->erase(std::unique(rules->begin(), rules->end(), same), rules->end());
  }
  std::stable_sort(prefixes_.begin(), prefixes_.end(),
                   [](const Rule& a, const Rule& b) { return a.text.size() > b.text.size(); });
  for (std::size_t first = 0; first < stems_from_.size(); ++first) {
    const auto from = std::find_if(stems_.begin(), stems_.end(), [&](const Rule& stem) {
      return byte_at(stem.text, 0) >= first;
    });
    stems_from_[first] = static_cast<std::size_t>(from - stems_.begin());
  }
  for (const std::string& name : profile.product_names) {
    product_names_.push_back(normalise_text(name));
  }
}

Classification TextClassifier::classify(std::string_view text) const {
  const std::string normalised = normalise_text(text);
  if (normalised.empty()) return {};
  if (const Classification exact = classify_exactly(normalised);
      exact.recognition != Recognition::None) {
    return exact;
  }
  // An event's further data strings do not change what its first one says.
  if (const std::size_t bar = normalised.find(" | "); bar != std::string::npos) {
    if (const Classification exact = classify_exactly(normalise_text(normalised.substr(0, bar)));
        exact.recognition != Recognition::None) {
      return exact;
    }
  }
  return classify_by_stem(normalised);
}

Classification TextClassifier::classify_exactly(std::string_view normalised) const {
  const auto found =
      std::lower_bound(exact_.begin(), exact_.end(), normalised,
                       [](const Rule& rule, std::string_view key) { return rule.text < key; });
  if (found != exact_.end() && found->text == normalised)
    return {found->meaning, Recognition::Exact};
  for (const Rule& prefix : prefixes_) {
    if (normalised.starts_with(prefix.text)) return {prefix.meaning, Recognition::Exact};
  }
  return {};
}

Classification TextClassifier::classify_by_stem(std::string_view normalised) const {
  // Most texts that reach this point name no product, and are done without a look at the stems.
  if (normalised.size() > kLongestAlert || !names_product(normalised)) return {};
  std::vector<Hit> hits;
  for (std::string_view rest = normalised; !rest.empty();) {
    const std::string_view sentence = next_sentence(rest);
    if (!names_product(sentence)) continue;
    hits.clear();
    const std::string padded = std::string(sentence) + ' ';  // So that a last word has its space.
    for (std::size_t at = 0; at < padded.size(); ++at) {
      // Stems are sorted by bytes, so those that can begin here stand together.
      const std::uint8_t first = byte_at(padded, at);
      if (stems_from_[first] == stems_from_[first + 1U] || !begins_word(padded, at)) continue;
      for (std::size_t i = stems_from_[first]; i < stems_from_[first + 1U]; ++i) {
        const Rule& stem = stems_[i];
        if (std::string_view(padded).substr(at).starts_with(stem.text)) {
          hits.push_back({at, at + stem.text.size(), stem.meaning});
        }
      }
    }
    std::optional<Meaning> meaning;
    bool claimed = false;
    bool agree = true;
    for (const Hit& hit : hits) {
      if (inside_longer(hit, hits)) continue;
      claimed = claimed || hit.meaning != Meaning::Unclassified;
      agree = agree && (!meaning || *meaning == hit.meaning);
      meaning = hit.meaning;
    }
    if (!claimed) continue;  // No stem, or only words that claim nothing.
    if (!agree) return {};
    return {*meaning, Recognition::Stem};
  }
  return {};
}

bool TextClassifier::names_product(std::string_view sentence) const {
  return std::any_of(product_names_.begin(), product_names_.end(), [&](const std::string& name) {
    return find_word(sentence, name, 0) != std::string_view::npos;
  });
}

}  // namespace dropscope
