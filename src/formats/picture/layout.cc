#include "formats/picture/layout.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <numeric>

namespace dropscope::picture {
namespace {

/// Brightness that differs by no more is one colour to the eye; the noise of JPEG stays below as
/// well where there is no edge.
constexpr int kSameColour = 10;
/// Stretches of one colour that are this long are taken for ground before the size of the text is
/// known: wider and higher than the strokes of text of common sizes.
constexpr int kFirstRun = 12;
constexpr int kFirstHeight = 5;
/// Pictures with more marks than this hold photographs, not text.
constexpr std::size_t kMostMarks = 200'000;

bool same_colour(int a, int b) {
  return std::abs(a - b) <= kSameColour;
}

/// For each pixel, how many above and below it have its colour without a break, it counted; up to
/// 255.
Grey uprights(const Grey& picture) {
  Grey out(picture.width, picture.height, 1);
  std::vector<int> begin(static_cast<std::size_t>(picture.width), 0);
  for (int y = 1; y <= picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      int& first = begin[static_cast<std::size_t>(x)];
      if (y < picture.height && same_colour(picture.at(x, y), picture.at(x, y - 1))) continue;
      const auto length = static_cast<std::uint8_t>(std::min(255, y - first));
      for (int row = first; row < y; ++row) out.at(x, row) = length;
      first = y;
    }
  }
  return out;
}

/// The ground of the pixels of one row of pixels: what lies between two stretches of the same
/// colour is text on it.
class GroundRow {
 public:
  GroundRow(const Grey& picture, const Grey& upright, int least_run, int least_height)
      : picture_(picture), upright_(upright), least_run_(least_run), least_height_(least_height) {}

  void contrast(int y, Grey& out) {
    find_runs(y);
    if (runs_.empty()) return;  // A photograph.
    int x = 0;
    for (std::size_t i = 0; i <= runs_.size(); ++i) {
      const int end = i < runs_.size() ? runs_[i].begin : picture_.width;
      const int before = runs_[i == 0 ? 0 : i - 1].colour;
      const int after = runs_[std::min(i, runs_.size() - 1)].colour;
      const int ground = end <= x || same_colour(before, after)
                             ? before
                             : ground_between(y, x, end, before, after);
      for (; x < end; ++x) {
        out.at(x, y) =
            static_cast<std::uint8_t>(std::abs(static_cast<int>(picture_.at(x, y)) - ground));
      }
      if (i < runs_.size()) x = runs_[i].end;
    }
  }

 private:
  struct Run {
    int begin = 0;
    int end = 0;
    int colour = 0;
  };

  void find_runs(int y) {
    runs_.clear();
    int begin = 0;
    int sum = 0;
    for (int x = 0; x <= picture_.width; ++x) {
      const int n = x - begin;
      if (x < picture_.width && (n == 0 || same_colour(picture_.at(x, y), sum / n))) {
        sum += picture_.at(x, y);
        continue;
      }
      // The bar of a T, and of two side by side, is as long but thin; lines between rows are
      // longer.
      const bool thick = upright_.at(begin + n / 2, y) >= least_height_;
      if (n >= least_run_ && (thick || n >= 4 * least_run_)) runs_.push_back({begin, x, sum / n});
      begin = x;
      sum = x < picture_.width ? picture_.at(x, y) : 0;
    }
  }

  /// Text on the colour of one side may have the colour of the other: white on a blue row beside a
  /// white window. Its own ground then reaches up to the other side; where neither or both do, it
  /// is the colour of more pixels.
  [[nodiscard]] int ground_between(int y, int begin, int end, int before, int after) const {
    // The first pixel may be a blend of both.
    const auto reach = [&](int from, int to, int step, int colour) {
      int n = 0;
      int x = from;
      if (x != to && !same_colour(picture_.at(x, y), colour)) x += step;
      for (; x != to && same_colour(picture_.at(x, y), colour); x += step) ++n;
      return n;
    };
    const int of_before = reach(end - 1, begin - 1, -1, before);
    const int of_after = reach(begin, end, 1, after);
    if (of_before != of_after) return of_before > of_after ? before : after;
    int balance = 0;
    for (int x = begin; x < end; ++x) {
      if (same_colour(picture_.at(x, y), before)) ++balance;
      if (same_colour(picture_.at(x, y), after)) --balance;
    }
    return balance >= 0 ? before : after;
  }

  const Grey& picture_;
  const Grey& upright_;
  int least_run_;
  int least_height_;
  std::vector<Run> runs_;
};

Grey contrast_of(const Grey& picture, const Grey& upright, int least_run, int least_height) {
  Grey out(picture.width, picture.height, 0);
  GroundRow ground(picture, upright, least_run, least_height);
  for (int y = 0; y < picture.height; ++y) ground.contrast(y, out);
  return out;
}

/// Takes lines out of the contrast, with the frames of cells, before letters that touch them are
/// looked for. No letter has an upright stroke of 1.6 capitals (a bracket's has 1.4), and none a
/// level one of 2.5 (three dashes that touch, 2.3). Returns the upright ones.
std::vector<Box> take_out_lines(Grey& contrast, int capital) {
  std::vector<Box> rules;
  std::vector<Box> lines;
  const auto ink = [&](int x, int y) { return contrast.at(x, y) >= kLeastContrast; };
  for (int x = 0; x < contrast.width; ++x) {
    for (int y = 0; y < contrast.height;) {
      if (!ink(x, y)) {
        ++y;
        continue;
      }
      const int begin = y;
      while (y < contrast.height && ink(x, y)) ++y;
      if (5 * (y - begin) >= 8 * capital) rules.push_back({x, begin, x + 1, y});
    }
  }
  const int thin = std::max(2, capital / 5);
  const auto is_thin = [&](int x, int y) {
    int n = 1;
    for (int up = y - 1; up >= 0 && n <= thin && ink(x, up); --up) ++n;
    for (int down = y + 1; down < contrast.height && n <= thin && ink(x, down); ++down) ++n;
    return n <= thin;
  };
  for (int y = 0; y < contrast.height; ++y) {
    for (int x = 0; x < contrast.width;) {
      if (!ink(x, y)) {
        ++x;
        continue;
      }
      const int begin = x;
      int thin_pixels = 0;
      for (; x < contrast.width && ink(x, y); ++x) thin_pixels += is_thin(x, y) ? 1 : 0;
      if (2 * (x - begin) >= 5 * capital && 10 * thin_pixels >= 7 * (x - begin)) {
        lines.push_back({begin, y, x, y + 1});
      }
    }
  }
  for (const auto* boxes : {&rules, &lines}) {
    for (const Box& box : *boxes) {
      for (int y = box.top; y < box.bottom; ++y) {
        for (int x = box.left; x < box.right; ++x) contrast.at(x, y) = 0;
      }
    }
  }
  return rules;
}

/// Pixels that hang together.
struct Mark {
  Box box;
  int area = 0;
};

class Marks {
 public:
  explicit Marks(const Grey& contrast)
      : contrast_(contrast), owner_(contrast.pixels.size(), kNone) {}

  std::vector<Mark> find() {
    std::vector<Mark> marks;
    for (int y = 0; y < contrast_.height; ++y) {
      for (int x = 0; x < contrast_.width; ++x) {
        if (!is_ink(x, y) || owner_[index(x, y)] != kNone) continue;
        if (marks.size() >= kMostMarks) return marks;
        marks.push_back(fill(x, y, static_cast<std::uint32_t>(marks.size())));
      }
    }
    return marks;
  }
  [[nodiscard]] std::uint32_t owner(int x, int y) const { return owner_[index(x, y)]; }
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

 private:
  [[nodiscard]] std::size_t index(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(contrast_.width) +
           static_cast<std::size_t>(x);
  }
  [[nodiscard]] bool is_ink(int x, int y) const { return contrast_.at(x, y) >= kLeastContrast; }

  Mark fill(int x, int y, std::uint32_t id) {
    Mark mark{{x, y, x + 1, y + 1}, 0};
    stack_.assign(1, {x, y});
    owner_[index(x, y)] = id;
    while (!stack_.empty()) {
      const auto [px, py] = stack_.back();
      stack_.pop_back();
      ++mark.area;
      mark.box.left = std::min(mark.box.left, px);
      mark.box.right = std::max(mark.box.right, px + 1);
      mark.box.top = std::min(mark.box.top, py);
      mark.box.bottom = std::max(mark.box.bottom, py + 1);
      for (int ny = std::max(0, py - 1); ny <= std::min(contrast_.height - 1, py + 1); ++ny) {
        for (int nx = std::max(0, px - 1); nx <= std::min(contrast_.width - 1, px + 1); ++nx) {
          if (!is_ink(nx, ny) || owner_[index(nx, ny)] != kNone) continue;
          owner_[index(nx, ny)] = id;
          stack_.push_back({nx, ny});
        }
      }
    }
    return mark;
  }

  const Grey& contrast_;
  std::vector<std::uint32_t> owner_;
  std::vector<std::pair<int, int>> stack_;
};

/// The height of capitals and of letters that rise like them. The most frequent height is that of
/// small letters, unless capitals and digits outnumber them; then nothing is half as tall again.
int capital_height(const std::vector<Mark>& marks) {
  constexpr std::size_t kTallest = 96;
  std::array<int, kTallest + 2> counts{};
  for (const Mark& mark : marks) {
    const int h = mark.box.height();
    const int w = mark.box.width();
    // Dots, dashes and lines are no letters.
    if (h >= 4 && h <= static_cast<int>(kTallest) && w <= 3 * h && 5 * w >= h) {
      ++counts.at(static_cast<std::size_t>(h));
    }
  }
  std::size_t usual = 0;
  int most = 5;  // Fewer marks than that are no text.
  for (std::size_t h = 4; h <= kTallest; ++h) {
    const int n = counts[h - 1] + 2 * counts[h] + counts[h + 1];
    if (n > most) {
      most = n;
      usual = h;
    }
  }
  std::size_t taller = usual;
  // Brackets and touching letters are taller than capitals as well, and fewer.
  int best = most * 2 / 5;
  for (std::size_t h = usual * 5 / 4 + 1; h <= std::min(usual * 8 / 5 + 1, kTallest); ++h) {
    const int n = counts[h - 1] + 2 * counts[h] + counts[h + 1];
    if (n > best) {
      best = n;
      taller = h;
    }
  }
  return static_cast<int>(taller);
}

/// Dotted lines, such as the rectangle around the focus, are many single pixels in one row of
/// pixels, every other one of them; the dots of cut cells stand further apart.
std::vector<bool> dotted_rows(const std::vector<Mark>& marks, int height) {
  std::vector<int> singles(static_cast<std::size_t>(height), 0);
  std::vector<int> last(singles.size(), -9);
  for (const Mark& mark : marks) {  // In the order of rows, from left to right.
    if (mark.area != 1) continue;
    const auto y = static_cast<std::size_t>(mark.box.top);
    if (mark.box.left - last[y] == 2) ++singles[y];
    last[y] = mark.box.left;
  }
  std::vector<bool> out(singles.size());
  for (std::size_t y = 0; y < singles.size(); ++y) out[y] = singles[y] > 20;
  return out;
}

bool is_rule(const Mark& mark, int capital) {
  return 5 * mark.box.height() >= 8 * capital && mark.box.width() <= std::max(3, capital / 3);
}

bool is_text(const Mark& mark, int capital, const std::vector<bool>& dotted) {
  const int h = mark.box.height();
  const int w = mark.box.width();
  // Brackets are the tallest, 1.4 capitals; letters of a word that touch each other the widest.
  if (h > 2 * capital || w > 16 * capital || is_rule(mark, capital)) return false;
  // Filled areas: icons, blackened addresses.
  if (w > 2 * capital && 2 * h > capital && mark.area * 10 > w * h * 9) return false;
  return mark.area > 1 || !dotted[static_cast<std::size_t>(mark.box.top)];
}

int overlap(int a0, int a1, int b0, int b1) {
  return std::min(a1, b1) - std::max(a0, b0);
}

void extend(Box& box, const Box& other) {
  box.left = std::min(box.left, other.left);
  box.top = std::min(box.top, other.top);
  box.right = std::max(box.right, other.right);
  box.bottom = std::max(box.bottom, other.bottom);
}

/// Marks of one height on the screen, sorted into lines. Tall marks first: they say where a line
/// is, dots and dashes then fall into it.
std::vector<TextLine> lines_of(std::vector<Box> marks, int capital) {
  std::stable_sort(marks.begin(), marks.end(), [](const Box& a, const Box& b) {
    return a.bottom != b.bottom ? a.bottom < b.bottom : a.left < b.left;
  });
  std::vector<TextLine> lines;
  const auto place = [&](const Box& mark) {
    TextLine* best = nullptr;
    int most = 0;
    for (std::size_t i = lines.size(); i-- > 0;) {
      TextLine& line = lines[i];
      if (line.box.bottom + 6 * capital < mark.top) break;
      const int common = overlap(line.box.top, line.box.bottom, mark.top, mark.bottom);
      const int joint = std::max(line.box.bottom, mark.bottom) - std::min(line.box.top, mark.top);
      if (2 * common >= std::min(mark.height(), line.box.height()) && 5 * joint <= 11 * capital &&
          common > most) {
        best = &line;
        most = common;
      }
    }
    return best;
  };
  for (const bool tall : {true, false}) {
    for (const Box& mark : marks) {
      if ((2 * mark.height() >= capital) != tall) continue;
      TextLine* line = place(mark);
      if (line == nullptr) {
        // Dots of i, accents and quotation marks stand above their line.
        Box below = mark;
        below.bottom += capital / 2 + 1;
        line = tall ? nullptr : place(below);
      }
      if (line == nullptr) {
        lines.push_back({mark, {mark}});
        continue;
      }
      extend(line->box, mark);
      line->words.push_back(mark);
    }
    std::stable_sort(lines.begin(), lines.end(), [](const TextLine& a, const TextLine& b) {
      return a.box.bottom < b.box.bottom;
    });
  }
  for (TextLine& line : lines) {
    std::stable_sort(line.words.begin(), line.words.end(), [](const Box& a, const Box& b) {
      return a.left != b.left ? a.left < b.left : a.top < b.top;
    });
    // Gaps between letters stay below a quarter of a capital's height, those between words above.
    line.words = join_words(line.words, std::max(2, (capital * 3 + 5) / 10));
  }
  return lines;
}

/// Catmull-Rom: sharper than linear, without the ringing of longer kernels.
double weight(double distance) {
  const double d = std::abs(distance);
  if (d < 1) return 1.5 * d * d * d - 2.5 * d * d + 1;
  if (d < 2) return -0.5 * d * d * d + 2.5 * d * d - 4 * d + 2;
  return 0;
}

Grey enlarged(const Grey& in, double factor) {
  const int width = std::max(1, static_cast<int>(std::lround(in.width * factor)));
  const int height = std::max(1, static_cast<int>(std::lround(in.height * factor)));
  std::vector<double> wide(static_cast<std::size_t>(width) * static_cast<std::size_t>(in.height));
  for (int y = 0; y < in.height; ++y) {
    for (int x = 0; x < width; ++x) {
      const double place = (x + 0.5) / factor - 0.5;
      const int base = static_cast<int>(std::floor(place));
      double sum = 0;
      for (int k = base - 1; k <= base + 2; ++k) {
        sum += weight(place - k) * in.at(std::clamp(k, 0, in.width - 1), y);
      }
      wide[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
           static_cast<std::size_t>(x)] = sum;
    }
  }
  Grey out(width, height, 0);
  for (int y = 0; y < height; ++y) {
    const double place = (y + 0.5) / factor - 0.5;
    const int base = static_cast<int>(std::floor(place));
    for (int x = 0; x < width; ++x) {
      double sum = 0;
      for (int k = base - 1; k <= base + 2; ++k) {
        const int row = std::clamp(k, 0, in.height - 1);
        sum += weight(place - k) *
               wide[static_cast<std::size_t>(row) * static_cast<std::size_t>(width) +
                    static_cast<std::size_t>(x)];
      }
      out.at(x, y) = static_cast<std::uint8_t>(std::clamp(std::lround(sum), 0L, 255L));
    }
  }
  return out;
}

}  // namespace

std::vector<Box> join_words(const std::vector<Box>& words, int gap) {
  std::vector<Box> out;
  for (const Box& word : words) {
    if (!out.empty() && word.left - out.back().right < gap) {
      extend(out.back(), word);
    } else {
      out.push_back(word);
    }
  }
  return out;
}

Layout lay_out(const Grey& picture) {
  Layout out;
  const Grey upright = uprights(picture);
  out.contrast = contrast_of(picture, upright, kFirstRun, kFirstHeight);
  out.ink = Grey(picture.width, picture.height, 0);
  const int first_guess = capital_height(Marks(out.contrast).find());
  if (first_guess == 0) return out;
  // A stroke is not as thick as half a capital; the room between two columns is as wide as one.
  out.contrast = contrast_of(picture, upright, std::max(6, first_guess * 13 / 10),
                             std::max(4, first_guess / 2 + 1));
  out.rules = take_out_lines(out.contrast, first_guess);
  Marks found(out.contrast);
  const std::vector<Mark> marks = found.find();
  out.capital = capital_height(marks);
  if (out.capital == 0) return out;
  const std::vector<bool> dotted = dotted_rows(marks, picture.height);
  std::vector<bool> text(marks.size());
  std::vector<Box> letters;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    text[i] = is_text(marks[i], out.capital, dotted);
    if (text[i]) letters.push_back(marks[i].box);
    if (!text[i] && is_rule(marks[i], out.capital)) out.rules.push_back(marks[i].box);
  }
  // What is no text is blanked, with the pale pixels that edge it.
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      const std::uint32_t mark = found.owner(x, y);
      if (mark == Marks::kNone) continue;
      if (text[mark]) {
        out.ink.at(x, y) = 1;
        continue;
      }
      for (int ny = std::max(0, y - 1); ny <= std::min(picture.height - 1, y + 1); ++ny) {
        for (int nx = std::max(0, x - 1); nx <= std::min(picture.width - 1, x + 1); ++nx) {
          const std::uint32_t other = found.owner(nx, ny);
          if (other == Marks::kNone || !text[other]) out.contrast.at(nx, ny) = 0;
        }
      }
    }
  }
  out.lines = lines_of(std::move(letters), out.capital);
  return out;
}

std::vector<Box> pieces_of(const Layout& layout, Box part) {
  part.left = std::max(part.left, 0);
  part.top = std::max(part.top, 0);
  part.right = std::min(part.right, layout.ink.width);
  part.bottom = std::min(part.bottom, layout.ink.height);
  std::vector<Box> out;
  bool open = false;
  for (int x = part.left; x < part.right; ++x) {
    int top = part.bottom;
    int bottom = part.top;
    for (int y = part.top; y < part.bottom; ++y) {
      if (layout.ink.at(x, y) == 0) continue;
      top = std::min(top, y);
      bottom = y + 1;
    }
    if (top >= bottom) {
      open = false;
      continue;
    }
    const Box column{x, top, x + 1, bottom};
    if (open) {
      extend(out.back(), column);
    } else {
      out.push_back(column);
    }
    open = true;
  }
  return out;
}

std::vector<Box> marks_of(const Layout& layout, Box part) {
  part.left = std::max(part.left, 0);
  part.top = std::max(part.top, 0);
  part.right = std::min(part.right, layout.ink.width);
  part.bottom = std::min(part.bottom, layout.ink.height);
  if (part.left >= part.right || part.top >= part.bottom) return {};
  Grey ink(part.width(), part.height(), 0);
  for (int y = 0; y < ink.height; ++y) {
    for (int x = 0; x < ink.width; ++x) {
      if (layout.ink.at(part.left + x, part.top + y) != 0) ink.at(x, y) = 255;
    }
  }
  std::vector<Box> out;
  for (const Mark& mark : Marks(ink).find()) {
    out.push_back({part.left + mark.box.left, part.top + mark.box.top, part.left + mark.box.right,
                   part.top + mark.box.bottom});
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const Box& a, const Box& b) { return a.left < b.left; });
  return out;
}

Grey text_image(const Layout& layout, Box part, int enlarged_capital) {
  part.left = std::max(part.left, 0);
  part.top = std::max(part.top, 0);
  part.right = std::min(part.right, layout.ink.width);
  part.bottom = std::min(part.bottom, layout.ink.height);
  int left = part.right;
  int right = part.left;
  int strongest = 1;
  for (int y = part.top; y < part.bottom; ++y) {
    for (int x = part.left; x < part.right; ++x) {
      if (layout.ink.at(x, y) == 0) continue;
      left = std::min(left, x);
      right = std::max(right, x + 1);
      strongest = std::max(strongest, static_cast<int>(layout.contrast.at(x, y)));
    }
  }
  if (left >= right || layout.capital == 0) return {};
  const int margin = layout.capital;
  // Pale pixels beside the ink belong to it.
  left = std::max(part.left, left - 1);
  right = std::min(part.right, right + 1);
  Grey small(right - left + 2 * margin, part.height() + 2 * (margin / 2), 255);
  for (int y = part.top; y < part.bottom; ++y) {
    for (int x = left; x < right; ++x) {
      const int dark = std::min(255, layout.contrast.at(x, y) * 255 / strongest);
      small.at(x - left + margin, y - part.top + margin / 2) =
          static_cast<std::uint8_t>(255 - dark);
    }
  }
  return enlarged(small, static_cast<double>(enlarged_capital) / layout.capital);
}

}  // namespace dropscope::picture
