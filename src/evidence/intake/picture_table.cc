#include "evidence/intake/picture_table.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <span>
#include <utility>

#include "base/text.h"
#include "evidence/intake/cell_match.h"
#include "formats/picture/table.h"

namespace dropscope {
namespace {

using picture::Box;
using picture::Grey;
using picture::Layout;

/// Heights of capitals that a line is enlarged to. Tesseract's network sees lines of 36 pixels,
/// capitals of 20 to 30 of them; two sizes give two opinions. Measured on the pictures of
/// tests/cli/render_status.py, 2026-11-28.
constexpr std::array<int, 2> kEnlargements = {20, 27};
constexpr int kThirdEnlargement = 34;
/// Below this a third opinion is asked for.
constexpr double kSure = 0.8;
/// What remains of the confidence in a reading that is shorter than its picture.
constexpr double kOfLostLetters = 0.3;
/// What Outlook shows where a connection has none; its dashes touch each other at some sizes.
constexpr std::string_view kNone = "---";
/// A list of more phrases than a screen full of mails has; each costs some milliseconds.
constexpr std::size_t kMostHeaderLines = 80;
constexpr std::size_t kMostLines = 60;
/// The window shows some tens of connections.
constexpr std::size_t kMostRows = 100;
/// A line whose first phrases hold no header of the window is none.
constexpr std::size_t kPhrasesTried = 6;
/// The longest header of data/status has three words.
constexpr std::size_t kMostHeaderWords = 3;

class LineReader {
 public:
  LineReader(const Layout& layout, const ReadLine& read) : layout_(layout), read_(read) {}

  /// Each different picture is read once: columns repeat their words in most rows.
  const std::vector<Opinion>& opinions(Box part, std::string_view characters) {
    std::string key(characters);
    std::vector<Grey> images;
    for (const int capital : kEnlargements) {
      images.push_back(picture::text_image(layout_, part, capital));
    }
    key.push_back('\n');
    key.append(reinterpret_cast<const char*>(images[0].pixels.data()), images[0].pixels.size());
    key += std::to_string(images[0].width);
    const auto [at, added] = known_.try_emplace(std::move(key));
    if (added) {
      if (images[0].pixels.empty()) return at->second;
      const std::vector<Box> pieces = picture::pieces_of(layout_, part);
      if (are_dashes(pieces)) {
        at->second.push_back({std::string(kNone), 1.0});
        return at->second;
      }
      const auto ask = [&](const Grey& image, std::string_view allowed) {
        at->second.push_back(whole(read(image, allowed), pieces.size()));
      };
      for (const Grey& image : images) ask(image, characters);
      bring_back_stops(part, characters, at->second);
      if (!characters.empty() && letters_of(vote(at->second).text) < pieces.size()) {
        at->second.push_back(whole(read_apart(part, pieces, characters), pieces.size()));
      }
      if (vote(at->second).confidence < kSure) {
        const Grey larger = picture::text_image(layout_, part, kThirdEnlargement);
        ask(larger, characters);
        if (!characters.empty()) ask(larger, {});
      }
    }
    return at->second;
  }

 private:
  /// Each letter is one piece or a part of one, so a text of fewer letters has lost some: Tesseract
  /// likes to leave out a thin 1 at the beginning.
  [[nodiscard]] static Opinion whole(Opinion opinion, std::size_t pieces) {
    if (letters_of(opinion.text) < pieces) opinion.confidence *= kOfLostLetters;
    return opinion;
  }

  [[nodiscard]] static std::size_t letters_of(std::string_view text) {
    return text.size() - static_cast<std::size_t>(std::count(text.begin(), text.end(), ' '));
  }

  [[nodiscard]] static std::size_t stops_in(std::string_view text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '.'));
  }

  /// Marks that are full stops: small, and on the line that the letters stand on. A comma hangs
  /// below it, a hyphen and the dot of an i float above it.
  [[nodiscard]] std::vector<Box> full_stops(const std::vector<Box>& marks) const {
    const int largest = (layout_.capital + 2) / 3;
    std::vector<int> bottoms;
    for (const Box& mark : marks) {
      if (2 * mark.height() >= layout_.capital) bottoms.push_back(mark.bottom);
    }
    if (bottoms.empty()) return {};
    // Most letters have no tail.
    const auto middle = bottoms.begin() + static_cast<std::ptrdiff_t>(bottoms.size() / 2);
    std::nth_element(bottoms.begin(), middle, bottoms.end());
    const auto is_small = [&](const Box& mark) {
      return mark.height() <= largest && mark.width() <= largest;
    };
    std::vector<Box> out;
    for (const Box& mark : marks) {
      if (!is_small(mark) || std::abs(mark.bottom - *middle) > 1) continue;
      const bool of_colon = std::any_of(marks.begin(), marks.end(), [&](const Box& other) {
        return is_small(other) && other.bottom <= mark.top && other.left < mark.right &&
               other.right > mark.left;
      });
      if (!of_colon) out.push_back(mark);
    }
    return out;
  }

  /// Tesseract passes over the dots of small text. Where a reading has fewer than the picture, the
  /// parts between them are read alone: their lengths say where the dots belong.
  void bring_back_stops(Box part, std::string_view characters,
                        std::vector<Opinion>& opinions) const {
    const std::vector<Box> stops = full_stops(picture::marks_of(layout_, part));
    const auto has_lost = [&](const Opinion& opinion) {
      return stops_in(opinion.text) < stops.size();
    };
    if (std::none_of(opinions.begin(), opinions.end(), has_lost)) return;
    std::vector<Box> parts;
    int left = part.left;
    for (const Box& stop : stops) {
      parts.push_back({left, part.top, stop.left, part.bottom});
      left = stop.right;
    }
    parts.push_back({left, part.top, part.right, part.bottom});
    std::string pattern;
    double confidence = 1;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const Opinion between = read_apart(part, {parts[i]}, characters);
      pattern += (i > 0 ? "." : "") + between.text;
      confidence = std::min(confidence, between.confidence);
    }
    for (Opinion& opinion : opinions) {
      if (!has_lost(opinion)) continue;
      const auto is_mark = [](char c) { return c == '.' || c == ' '; };
      std::string letters = opinion.text;
      std::erase_if(letters, is_mark);
      std::string with_stops = pattern;
      auto next = letters.begin();
      for (char& c : with_stops) {
        if (!is_mark(c) && next != letters.end()) c = *next++;
      }
      const bool as_long = letters_of(pattern) - stops_in(pattern) == letters.size();
      if (as_long) {
        opinion.text = std::move(with_stops);
      } else {
        opinion.confidence *= kOfLostLetters;
      }
    }
    opinions.push_back({std::move(pattern), confidence});
  }

  /// Parts of a text read one by one and put together; what is blank adds nothing.
  [[nodiscard]] Opinion read_apart(Box part, const std::vector<Box>& parts,
                                   std::string_view characters) const {
    Opinion out{{}, 1.0};
    for (const Box& box : parts) {
      const Grey image = picture::text_image(layout_, {box.left, part.top, box.right, part.bottom},
                                             kEnlargements.back());
      if (image.pixels.empty()) continue;
      const Opinion one = read(image, characters);
      out.text += one.text;
      out.confidence = std::min(out.confidence, one.confidence);
    }
    return out;
  }

  /// Whether dashes are all there is: no letters, so nothing for text recognition.
  [[nodiscard]] bool are_dashes(const std::vector<Box>& pieces) const {
    for (const Box& piece : pieces) {
      if (4 * piece.height() > std::max(8, layout_.capital) ||
          2 * piece.width() < 3 * piece.height()) {
        return false;
      }
    }
    return !pieces.empty();
  }

  [[nodiscard]] Opinion read(const Grey& image, std::string_view characters) const {
    const picture::Reading reading = read_(image, characters);
    return {reading.text(), reading.confidence()};
  }

  const Layout& layout_;
  const ReadLine& read_;
  std::map<std::string, std::vector<Opinion>> known_;
};

/// The box of words with room above and below for dots and tails that the words lack.
Box in_line(Box words, const picture::TextLine& line) {
  return {words.left - 1, line.box.top - 1, words.right + 1, line.box.bottom + 1};
}

struct Header {
  Box box;
  std::string text;
  std::optional<StatusColumn> column;
};

std::string surest_text(const std::vector<Opinion>& opinions) {
  return vote(opinions).text;
}

/// Words of one phrase that are headers of several columns close to each other.
std::vector<Header> split_phrase(const std::vector<Box>& words, const picture::TextLine& line,
                                 LineReader& reader, const StatusWords& vocabulary) {
  std::vector<Header> out;
  for (std::size_t i = 0; i < words.size();) {
    std::optional<Header> found;
    std::size_t used = 1;
    for (std::size_t n = std::min(kMostHeaderWords, words.size() - i); n > 0 && !found; --n) {
      Box box = words[i];
      box.right = words[i + n - 1].right;
      if (const auto match = match_header(reader.opinions(in_line(box, line), ""), vocabulary)) {
        found = Header{box, match->text, match->column};
        used = n;
      }
    }
    if (!found) {
      found =
          Header{words[i], surest_text(reader.opinions(in_line(words[i], line), "")), std::nullopt};
    }
    out.push_back(std::move(*found));
    i += used;
  }
  return out;
}

/// A header whose words stand further apart than words usually do. What lies between columns is
/// wider, except where a column's name fills it; so words are one header only where the vocabulary
/// has them as one.
std::optional<Header> join_phrases(std::span<const Box> phrases, const Layout& layout,
                                   const picture::TextLine& line, LineReader& reader,
                                   const StatusWords& words, std::size_t& used) {
  // DejaVu Sans has 0.8 capitals between words at 12 pixels; columns of Outlook have 2 and more.
  const int widest = std::max(4, layout.capital * 3 / 2);
  Box box = phrases[0];
  for (std::size_t n = 1; n < std::min(phrases.size(), kMostHeaderWords); ++n) {
    if (phrases[n].left - phrases[n - 1].right >= widest) return std::nullopt;
    box.right = phrases[n].right;
    if (const auto match = match_header(reader.opinions(in_line(box, line), ""), words)) {
      used = n + 1;
      return Header{box, match->text, match->column};
    }
  }
  return std::nullopt;
}

std::vector<Header> read_header(const Layout& layout, const picture::TextLine& line,
                                LineReader& reader, const StatusWords& words) {
  std::vector<Header> headers;
  const std::vector<Box> phrases =
      picture::join_words(line.words, std::max(3, layout.capital * 3 / 4));
  if (phrases.size() < 4) return headers;
  std::size_t tried = 0;
  std::size_t known = 0;
  for (std::size_t i = 0; i < phrases.size(); ++i) {
    const Box& phrase = phrases[i];
    if (known == 0 && ++tried > kPhrasesTried) return {};
    // The longer header first: "Proxy" alone is a header as well.
    std::size_t used = 1;
    const auto behind = std::span(phrases).subspan(i);
    if (auto joined = join_phrases(behind, layout, line, reader, words, used)) {
      headers.push_back(std::move(*joined));
      ++known;
      i += used - 1;
      continue;
    }
    const std::vector<Opinion>& opinions = reader.opinions(in_line(phrase, line), "");
    if (const auto match = match_header(opinions, words)) {
      headers.push_back({phrase, match->text, match->column});
      ++known;
      continue;
    }
    std::vector<Box> parts;
    for (const Box& word : line.words) {
      if (word.left >= phrase.left && word.right <= phrase.right) parts.push_back(word);
    }
    std::vector<Header> split;
    if (parts.size() > 1 && parts.size() <= 12) split = split_phrase(parts, line, reader, words);
    const auto named = static_cast<std::size_t>(std::count_if(
        split.begin(), split.end(), [](const Header& h) { return h.column.has_value(); }));
    if (named == 0) {
      headers.push_back({phrase, surest_text(opinions), std::nullopt});
    } else {
      known += named;
      for (Header& header : split) headers.push_back(std::move(header));
    }
  }
  // What stands beside the list on the same height is no column of it.
  const auto has_column = [](const Header& h) { return h.column.has_value(); };
  headers.erase(headers.begin(), std::find_if(headers.begin(), headers.end(), has_column));
  while (!headers.empty() && !headers.back().column) headers.pop_back();
  return headers;
}

StatusHeader as_status_header(std::vector<Header>& headers) {
  StatusHeader out;
  std::array<bool, kStatusColumnCount> seen{};
  for (Header& header : headers) {
    if (header.column) {
      bool& known = seen.at(static_cast<std::size_t>(*header.column));
      if (known) header.column.reset();
      known = true;
    }
    out.columns.push_back(header.column);
    out.known += header.column ? 1u : 0u;
  }
  return out;
}

std::vector<Header> find_header(const Layout& layout, LineReader& reader,
                                const StatusWords& words) {
  std::size_t looked_at = 0;
  for (const picture::TextLine& line : layout.lines) {
    if (line.words.size() < 4) continue;
    if (++looked_at > kMostHeaderLines) break;
    std::vector<Header> headers = read_header(layout, line, reader, words);
    if (!headers.empty() && is_status_header(as_status_header(headers))) return headers;
  }
  return {};
}

bool decides_protocol(const std::string& column) {
  return column == to_string(StatusColumn::Protocol) || column == to_string(StatusColumn::Conn) ||
         column == to_string(StatusColumn::ServerName);
}

/// Columns whose cells repeat names, of servers and people.
bool holds_names(const std::string& column) {
  return column == to_string(StatusColumn::ServerName) ||
         column == to_string(StatusColumn::ProxyServer) ||
         column == to_string(StatusColumn::SmtpAddress) ||
         column == to_string(StatusColumn::DisplayName) ||
         column == to_string(StatusColumn::Interface) || column == to_string(StatusColumn::Version);
}

std::optional<StatusColumn> column_of(const std::string& id) {
  for (const StatusColumn column : kStatusColumns) {
    if (to_string(column) == id) return column;
  }
  return std::nullopt;
}

}  // namespace

std::optional<PictureReading> read_status_picture(const picture::Picture& picture,
                                                  const Layout& layout, const ReadLine& read,
                                                  const StatusWords& words) {
  LineReader reader(layout, read);
  const std::vector<Header> headers = find_header(layout, reader, words);
  if (headers.empty()) return std::nullopt;
  PictureReading out;
  out.width = picture.size.width;
  out.height = picture.size.height;
  std::vector<Box> boxes;
  for (const Header& header : headers) {
    boxes.push_back(header.box);
    out.columns.push_back(
        {header.column ? std::string(to_string(*header.column)) : std::string(), header.text});
  }
  const picture::Table table = picture::cut_table(layout, boxes);
  for (std::size_t row = 0; row < std::min(table.rows.size(), kMostRows); ++row) {
    PictureRow cells;
    for (std::size_t i = 0; i < headers.size(); ++i) {
      Box box = table.cell(row, i);
      // Room for the pale edges of letters, not for the frames of cells.
      --box.top;
      ++box.bottom;
      PictureCell cell;
      const std::optional<StatusColumn> column = headers[i].column;
      const std::vector<Opinion>& opinions =
          reader.opinions(box, column ? characters_of(*column) : std::string_view());
      const Opinion text = column ? match_cell(*column, opinions, words) : vote(opinions);
      cell.read = surest_text(opinions);
      cell.text = text.text;
      cell.confidence = opinions.empty() ? 1.0 : text.confidence;
      if (table.cut[row][i]) cell.confidence = std::min(cell.confidence, 0.4);
      if (!opinions.empty()) {
        const Box shown{box.left, box.top - 2, box.right, box.bottom + 2};
        if (auto png = picture::encode_png(picture, shown)) cell.png = std::move(*png);
      }
      cells.cells.push_back(std::move(cell));
    }
    out.rows.push_back(std::move(cells));
  }
  return out;
}

std::vector<std::string> read_lines(const Layout& layout, const ReadLine& read) {
  LineReader reader(layout, read);
  std::vector<std::string> out;
  for (const picture::TextLine& line : layout.lines) {
    if (out.size() >= kMostLines) break;
    for (const Box& phrase : picture::join_words(line.words, std::max(3, layout.capital * 3 / 2))) {
      out.push_back(surest_text(reader.opinions(in_line(phrase, line), "")));
    }
  }
  return out;
}

void settle_picture(PictureReading& reading, const std::vector<std::string>& known) {
  for (std::size_t i = 0; i < reading.columns.size(); ++i) {
    const std::string& id = reading.columns[i].id;
    if (holds_names(id)) {
      std::vector<Opinion> opinions;
      for (const PictureRow& row : reading.rows) {
        opinions.push_back({row.cells[i].text, row.cells[i].confidence});
      }
      std::vector<Opinion*> pointers;
      for (Opinion& opinion : opinions) pointers.push_back(&opinion);
      settle_alike(std::move(pointers), known);
      for (std::size_t row = 0; row < opinions.size(); ++row) {
        reading.rows[row].cells[i].text = opinions[row].text;
        reading.rows[row].cells[i].confidence = opinions[row].confidence;
      }
    }
    const double least = decides_protocol(id) ? kLeastProtocolConfidence : kLeastConfidence;
    for (PictureRow& row : reading.rows) {
      PictureCell& cell = row.cells[i];
      cell.used = !id.empty() && !cell.text.empty() && cell.confidence >= least;
    }
  }
}

PictureRows rows_of_picture(const PictureReading& reading, const StatusWords& words) {
  PictureRows out;
  for (std::size_t r = 0; r < reading.rows.size(); ++r) {
    StatusRow row;
    row.place = r + 1;
    std::size_t fits = 0;
    std::size_t misfits = 0;
    std::size_t doubtful = 0;
    bool session_known = true;
    for (std::size_t i = 0; i < reading.columns.size(); ++i) {
      const PictureCell& cell = reading.rows[r].cells[i];
      const auto column = column_of(reading.columns[i].id);
      if (!column || cell.text.empty()) continue;
      if (!cell.used) {
        ++doubtful;
        if (*column == StatusColumn::SessType) session_known = false;
        continue;
      }
      // A cell that is cut off says what it says as far as it goes; of a word the beginning is
      // enough.
      const std::string_view begin = cut_text(cell.text);
      std::string text = cell.text;
      if (!begin.empty()) {
        for (const StatusWords::Word& word : words.words) {
          if (word.column == *column && word.text.starts_with(begin)) text = word.value;
        }
      } else if (is_checked(*column)) {
        ++(fits_column(*column, text, words) ? fits : misfits);
      } else if (words.word(*column, text)) {
        ++fits;
      }
      row[*column] = text;
      row.confidence = std::min(row.confidence, cell.confidence);
    }
    if (fits == 0 || misfits > fits) continue;
    out.doubtful_cells += doubtful;
    out.sessions_known = out.sessions_known && session_known;
    out.rows.push_back(std::move(row));
  }
  return out;
}

}  // namespace dropscope
