#include "present/redact/words.h"

#include <toml++/toml.h>
#include <algorithm>
#include <set>

#include "base/result.h"
#include "base/text.h"
#include "evidence/catalogue/catalogue.h"

namespace dropscope::redact {
namespace {

struct Kept {
  std::set<std::string, std::less<>> ordinary;
  std::set<std::string, std::less<>> public_domains;
};

void take(const toml::table& table, std::string_view key, std::set<std::string, std::less<>>& out) {
  const toml::array* list = table[key].as_array();
  check(list != nullptr && !list->empty(), "data/redaction.toml lacks a list");
  for (const toml::node& node : *list) {
    const auto word = node.value<std::string>();
    check(word && *word == to_lower_ascii(*word), "data/redaction.toml holds lower-case words");
    out.insert(*word);
  }
}

const Kept& kept() {
  static const Kept kWords = [] {
    const auto& files = built_in_data();
    const auto file = std::find_if(files.begin(), files.end(), [](const DataFile& each) {
      return each.name == "redaction.toml";
    });
    check(file != files.end(), "data/redaction.toml is built in");
    const toml::table table = toml::parse(file->content);
    Kept words;
    take(table, "ordinary", words.ordinary);
    take(table, "public_domains", words.public_domains);
    return words;
  }();
  return kWords;
}

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string percent_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? digit_of(text[i + 1]) : -1;
    const int low = high >= 0 ? digit_of(text[i + 2]) : -1;
    if (low >= 0) {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  constexpr std::string_view kPlain = "-._~";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((is_name_byte(c) && byte < 0x80) || kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
  }
  return out;
}

bool is_ordinary(std::string_view folded_word) {
  return kept().ordinary.find(folded_word) != kept().ordinary.end();
}

bool is_public(std::string_view folded_host) {
  for (;;) {
    if (kept().public_domains.find(folded_host) != kept().public_domains.end()) return true;
    const std::size_t dot = folded_host.find('.');
    if (dot == std::string_view::npos) return false;
    folded_host.remove_prefix(dot + 1);
  }
}

}  // namespace dropscope::redact
