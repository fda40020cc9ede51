#include "evidence/intake/cell_match.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include "base/text.h"

namespace dropscope {
namespace {

/// Longer texts are no cells; the distance takes the product of two lengths.
constexpr std::size_t kLongestCell = 300;
constexpr double kAlike = 0.25;
constexpr double kSpace = 0.125;

/// Letters that text recognition takes for each other at the sizes of a screen, in lower case:
/// seen in readings of the pictures of tests/cli/render_status.py.
constexpr std::array<std::string_view, 7> kLookAlike = {"0oq", "1li|!tj/[]()", "5s", "8b",
                                                        "2z",  "9g",           "uv"};

bool look_alike(char a, char b) {
  for (const std::string_view group : kLookAlike) {
    if (group.find(a) != group.npos && group.find(b) != group.npos) return true;
  }
  return false;
}

double removal(char c) {
  return c == ' ' ? kSpace : 1.0;
}

std::string without_spaces(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ') out.push_back(c);
  }
  return out;
}

bool has_no_spaces(StatusColumn column) {
  switch (column) {
    case StatusColumn::SmtpAddress:
    case StatusColumn::ProxyServer:
    case StatusColumn::ServerName:
    case StatusColumn::Version:
    case StatusColumn::ReqFail:
      return true;
    default:
      return false;
  }
}

/// Specks beside a text, and the edge of its column, are read as quotation marks and bars.
std::string without_specks(std::string_view text) {
  constexpr std::array<std::string_view, 9> kSpecks = {
      "'", "\"", "|", "`", "\xe2\x80\x98", "\xe2\x80\x99", "\xe2\x80\x9c", "\xe2\x80\x9d", " "};
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view speck : kSpecks) {
      if (text.starts_with(speck)) {
        text.remove_prefix(speck.size());
        again = true;
      } else if (text.ends_with(speck)) {
        text.remove_suffix(speck.size());
        again = true;
      }
    }
  }
  return std::string(text);
}

/// "EXBEO1" is EXBE01: in names of servers, digits stand together at the end of a part.
std::string with_digits(std::string text) {
  const auto digit = [&](std::size_t i) {
    return i < text.size() && text[i] >= '0' && text[i] <= '9';
  };
  const auto letter = [&](std::size_t i) {
    return i < text.size() &&
           ((text[i] >= 'a' && text[i] <= 'z') || (text[i] >= 'A' && text[i] <= 'Z'));
  };
  for (std::size_t i = text.size(); i-- > 1;) {
    const bool last = !letter(i + 1);
    const bool beside_digit = digit(i + 1) || digit(i - 1);
    if (text[i] == 'O' && last && beside_digit) text[i] = '0';
    if ((text[i] == 'l' || text[i] == 'I') && last && digit(i - 1)) text[i] = '1';
  }
  return text;
}

/// "il" is 11 in a column of digits, where nothing else can be meant.
char as_digit(char c) {
  switch (c) {
    case 'O':
    case 'o':
      return '0';
    case 'I':
    case 'i':
    case 'l':
    case '|':
    case '!':
      return '1';
    case 'Z':
    case 'z':
      return '2';
    case 'S':
    case 's':
      return '5';
    case 'B':
      return '8';
    default:
      return c;
  }
}

/// "1219-LM" is I219-LM, "outiook" is outlook: parts of names that many computers share (label
/// `name-part`) are taken where a part of the text looks like one and no letter really differs.
std::string with_known_parts(std::string_view text, const StatusWords& words) {
  /// Two letters that look alike; with more, a short part could be anything.
  constexpr double kTwoAlike = 2 * kAlike;
  constexpr std::string_view kBetweenParts = " ./:@";
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(kBetweenParts), text.size());
    const std::string_view part = text.substr(0, end);
    std::string_view nearest = part;
    double least = kTwoAlike + kAlike;
    for (const StatusWords::Label& label : words.labels) {
      if (label.id != "name-part" || label.text.size() != part.size()) continue;
      const double distance = looks_distance(part, label.text);
      if (distance >= least || distance > kTwoAlike) continue;
      least = distance;
      // The picture's own spelling stays where only the case differs.
      nearest = distance > 0 ? std::string_view(label.text) : part;
    }
    out += nearest;
    if (end < text.size()) out.push_back(text[end]);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

bool has_shared_parts(StatusColumn column) {
  return column == StatusColumn::Interface || column == StatusColumn::ServerName ||
         column == StatusColumn::ProxyServer || column == StatusColumn::SmtpAddress;
}

/// Columns whose cells are one of a few words. Servers and adapters have words as well, but others
/// too.
bool is_closed(StatusColumn column) {
  switch (column) {
    case StatusColumn::Status:
    case StatusColumn::Protocol:
    case StatusColumn::Conn:
    case StatusColumn::SessType:
    case StatusColumn::Type:
    case StatusColumn::Notif:
    case StatusColumn::Rpc:
      return true;
    default:
      return false;
  }
}

bool has_layers(StatusColumn column) {
  return column == StatusColumn::Authn || column == StatusColumn::Encrypt;
}

/// Notif's words stand in the column RPC as well (Microsoft's picture of Outlook 2010).
StatusColumn vocabulary_of(StatusColumn column) {
  return column == StatusColumn::Rpc ? StatusColumn::Notif : column;
}

/// Edits that a word of that length may have and still be itself.
double tolerance(std::size_t length) {
  if (length <= 3) return 0.5;
  if (length <= 6) return 1.0;
  return static_cast<double>(length) / 4;
}

struct Nearest {
  const StatusWords::Word* word = nullptr;
  double distance = 0;
  bool only_one = true;  ///< No word with another meaning is nearly as near.
  double confidence = 0;
};

/// The word of a column that is nearest to any opinion.
std::optional<Nearest> nearest_word(StatusColumn column, const std::vector<Opinion>& opinions,
                                    const StatusWords& words) {
  std::optional<Nearest> best;
  // By meaning: HTTPS and HTTP are one in Conn.
  std::map<std::string_view, double> meanings;
  for (const StatusWords::Word& word : words.words) {
    if (word.column != vocabulary_of(column)) continue;
    for (const Opinion& opinion : opinions) {
      if (opinion.text.empty()) continue;
      const double distance = looks_distance(opinion.text, word.text);
      const auto [at, added] = meanings.emplace(word.value, distance);
      if (!added) at->second = std::min(at->second, distance);
      if (distance > tolerance(word.text.size())) continue;
      const bool nearer = !best || distance < best->distance ||
                          (distance == best->distance && opinion.confidence > best->confidence);
      if (nearer) best = Nearest{&word, distance, true, opinion.confidence};
    }
  }
  if (!best) return std::nullopt;
  for (const auto& [meaning, distance] : meanings) {
    // An exact word of one reading and another of the other is a tie as well.
    if (meaning != best->word->value && distance < best->distance + 0.75) best->only_one = false;
  }
  return best;
}

/// Agreement of exact readings with a known word is worth more than what the recognition says of
/// itself, whose figures for host names and codes are low.
double word_confidence(const Nearest& nearest, std::size_t readings_that_agree) {
  const double length = static_cast<double>(std::max<std::size_t>(1, nearest.word->text.size()));
  // One edit of four letters leaves half: HTTP without its H is no protocol to build on.
  double confidence =
      std::max(0.0, 1 - 2 * nearest.distance / length) * (0.6 + 0.4 * nearest.confidence);
  if (readings_that_agree > 1) confidence = confidence + (1 - confidence) / 2;
  return nearest.only_one ? confidence : std::min(confidence, 0.4);
}

/// "SSL [No]", "Nego*": each word between the signs is matched, the signs are kept.
Opinion match_layers(StatusColumn column, const std::vector<Opinion>& opinions,
                     const StatusWords& words) {
  std::vector<Opinion> settled;
  for (const Opinion& opinion : opinions) {
    if (opinion.text.empty()) continue;
    Opinion out;
    out.confidence = 1;
    std::string part;
    const auto take = [&] {
      if (part.empty()) return;
      const auto nearest = nearest_word(column, {{part, opinion.confidence}}, words);
      out.text += nearest ? nearest->word->text : part;
      out.confidence =
          std::min(out.confidence, nearest ? word_confidence(*nearest, 1) : opinion.confidence / 2);
      part.clear();
    };
    for (const char c : opinion.text) {
      if (c == ' ' || c == '[' || c == ']' || c == '*' || c == '(' || c == ')') {
        take();
        out.text.push_back(c == '(' ? '[' : c == ')' ? ']' : c);
      } else {
        part.push_back(c);
      }
    }
    take();
    settled.push_back(std::move(out));
  }
  return vote(settled);
}

/// "Exchange D..." is the beginning of one word.
Opinion match_beginning(StatusColumn column, const Opinion& opinion, const StatusWords& words) {
  const std::string_view begin = cut_text(opinion.text);
  std::string_view meaning;
  std::string spelt;
  for (const StatusWords::Word& word : words.words) {
    if (word.column != vocabulary_of(column) || word.text.size() < begin.size()) continue;
    if (looks_distance(word.text.substr(0, begin.size()), begin) > tolerance(begin.size()) / 2)
      continue;
    if (!meaning.empty() && meaning != word.value)
      return {opinion.text, std::min(0.4, opinion.confidence)};
    meaning = word.value;
    spelt = word.text.substr(0, begin.size());
  }
  if (meaning.empty()) return {opinion.text, std::min(0.4, opinion.confidence)};
  return {spelt + "...", 0.6 + 0.3 * opinion.confidence};
}

}  // namespace

double looks_distance(std::string_view a, std::string_view b) {
  if (a.size() > kLongestCell || b.size() > kLongestCell) return 1e9;
  const std::string left = to_lower_ascii(a);
  const std::string right = to_lower_ascii(b);
  std::vector<double> row(right.size() + 1, 0);
  for (std::size_t j = 1; j <= right.size(); ++j) row[j] = row[j - 1] + removal(right[j - 1]);
  for (const char c : left) {
    double diagonal = row[0];
    row[0] += removal(c);
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const char d = right[j - 1];
      const double same = diagonal + (c == d ? 0.0 : look_alike(c, d) ? kAlike : 1.0);
      diagonal = row[j];
      row[j] = std::min({same, row[j] + removal(c), row[j - 1] + removal(d)});
    }
  }
  return row.back();
}

std::string_view cut_text(std::string_view text) {
  for (const std::string_view dots : {"...", "..", "\xe2\x80\xa6"}) {
    if (text.size() > dots.size() && text.ends_with(dots)) {
      return trim(text.substr(0, text.size() - dots.size()));
    }
  }
  return {};
}

std::string_view characters_of(StatusColumn column) {
  switch (column) {
    case StatusColumn::Cid:
    case StatusColumn::RpcPort:
    case StatusColumn::AvgResp:
    case StatusColumn::AvgProc:
      return "0123456789.-";
    case StatusColumn::ReqFail:
      return "0123456789/.";
    case StatusColumn::Version:
      return "0123456789.";
    default:
      return {};
  }
}

std::optional<HeaderMatch> match_header(const std::vector<Opinion>& opinions,
                                        const StatusWords& words) {
  std::optional<HeaderMatch> best;
  double least = 1e9;
  bool tie = false;
  for (const StatusWords::Header& header : words.headers) {
    for (const Opinion& opinion : opinions) {
      const std::string_view begin = cut_text(opinion.text);
      const bool cut = begin.size() >= 4 && begin.size() < header.text.size();
      const double distance = cut ? 0.3 + looks_distance(begin, header.text.substr(0, begin.size()))
                                  : looks_distance(opinion.text, header.text);
      if (distance > tolerance(header.text.size())) continue;
      if (distance < least) {
        tie = false;
        least = distance;
        const double length = static_cast<double>(header.text.size());
        best = HeaderMatch{header.column, header.text,
                           (1 - distance / length) * (0.6 + 0.4 * opinion.confidence)};
      } else if (distance == least && best && best->column != header.column) {
        tie = true;
      }
    }
  }
  if (tie) return std::nullopt;
  return best;
}

Opinion vote(const std::vector<Opinion>& opinions) {
  std::map<std::string_view, double> weights;
  std::map<std::string_view, double> surest;
  std::size_t cast = 0;
  for (const Opinion& opinion : opinions) {
    if (opinion.text.empty()) continue;
    ++cast;
    weights[opinion.text] += 0.05 + opinion.confidence;
    double& most = surest[opinion.text];
    most = std::max(most, opinion.confidence);
  }
  if (weights.empty()) return {};
  const auto best =
      std::max_element(weights.begin(), weights.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  double confidence = surest[best->first];
  if (weights.size() > 1) {
    double all = 0;
    for (const auto& [text, weight] : weights) all += weight;
    confidence *= best->second / all;
  } else if (cast > 1) {
    confidence += (1 - confidence) / 2;
  }
  return {std::string(best->first), confidence};
}

Opinion match_cell(StatusColumn column, const std::vector<Opinion>& given,
                   const StatusWords& words) {
  if (given.size() == 1 && given[0].text.find_first_not_of('-') == std::string::npos)
    return given[0];
  std::vector<Opinion> opinions;
  for (Opinion opinion : given) {
    opinion.text = without_specks(opinion.text);
    if (const std::string_view allowed = characters_of(column); !allowed.empty()) {
      for (char& c : opinion.text) {
        if (allowed.find(c) == allowed.npos) c = as_digit(c);
      }
      std::erase_if(opinion.text, [&](char c) { return allowed.find(c) == allowed.npos; });
    }
    if (has_no_spaces(column)) opinion.text = without_spaces(opinion.text);
    if (column == StatusColumn::ServerName || column == StatusColumn::ProxyServer) {
      opinion.text = with_digits(std::move(opinion.text));
    }
    if (has_shared_parts(column)) opinion.text = with_known_parts(opinion.text, words);
    if (!opinion.text.empty()) opinions.push_back(std::move(opinion));
  }
  if (opinions.empty()) return {};
  if (has_layers(column)) return match_layers(column, opinions, words);
  const Opinion voted = vote(opinions);
  const bool cut = !cut_text(voted.text).empty();
  if (is_closed(column) && cut) return match_beginning(column, voted, words);
  const auto nearest = cut ? std::nullopt : nearest_word(column, opinions, words);
  if (nearest) {
    std::size_t agree = 0;
    for (const Opinion& opinion : opinions) {
      agree += looks_distance(opinion.text, nearest->word->text) < 0.5 ? 1u : 0u;
    }
    return {nearest->word->text, word_confidence(*nearest, agree)};
  }
  // Not one of the few words that the column has: it may well be one that was read badly.
  if (is_closed(column)) return {voted.text, std::min(0.45, voted.confidence)};
  return voted;
}

void settle_alike(std::vector<Opinion*> cells, const std::vector<std::string>& known) {
  /// Only letters that look alike, or spaces: "EXBE01" and "EXBE02" are two servers.
  constexpr double kOnlyAlike = 0.95;
  for (Opinion* cell : cells) {
    const std::string* best = nullptr;
    double least = kOnlyAlike;
    for (const std::string& name : known) {
      const double distance = looks_distance(cell->text, name);
      if (distance < least) {
        best = &name;
        least = distance;
      }
    }
    if (best != nullptr && !cell->text.empty()) {
      // The picture's own spelling stays where only the case differs.
      if (least > 0) cell->text = *best;
      cell->confidence = std::max(cell->confidence, 0.95);
    }
  }
  std::stable_sort(cells.begin(), cells.end(), [](const Opinion* a, const Opinion* b) {
    return a->confidence > b->confidence;
  });
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (cells[i]->text.empty()) continue;
    for (std::size_t j = i + 1; j < cells.size(); ++j) {
      if (cells[j]->text.empty() || cells[j]->text == cells[i]->text) continue;
      if (looks_distance(cells[i]->text, cells[j]->text) >= kOnlyAlike) continue;
      cells[j]->text = cells[i]->text;
      cells[j]->confidence = std::max(cells[j]->confidence, cells[i]->confidence * 0.9);
    }
  }
}

}  // namespace dropscope
