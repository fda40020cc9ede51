#include "formats/picture/table.h"

#include <algorithm>

namespace dropscope::picture {
namespace {

/// More rows than a screen shows at the smallest text that can be read.
constexpr std::size_t kMostRows = 400;

class Cutter {
 public:
  Cutter(const Layout& layout, const std::vector<Box>& headers)
      : layout_(layout), headers_(headers), capital_(layout.capital) {
    top_ = headers.front().top;
    bottom_ = headers.front().bottom;
    for (const Box& header : headers) {
      top_ = std::min(top_, header.top);
      bottom_ = std::max(bottom_, header.bottom);
    }
    left_ = std::max(0, headers.front().left - 2 * capital_);
    right_ = std::min(layout.ink.width, headers.back().right + capital_);
  }

  Table run() {
    Table table;
    find_rows(table);
    extend_last_column(table);
    extend_first_column(table);
    table.edges.push_back(left_);
    for (std::size_t i = 1; i < headers_.size(); ++i) {
      table.edges.push_back(edge_between(headers_[i - 1], headers_[i], table.rows));
    }
    table.edges.push_back(right_);
    for (Box& row : table.rows) {
      row.left = left_;
      row.right = right_;
    }
    find_cuts(table);
    return table;
  }

 private:
  [[nodiscard]] int ink_in_row(int y) const {
    int n = 0;
    for (int x = left_; x < right_; ++x) n += layout_.ink.at(x, y);
    return n;
  }
  [[nodiscard]] bool ink_in_column(int x, int top, int bottom) const {
    for (int y = top; y < bottom; ++y) {
      if (layout_.ink.at(x, y) != 0) return true;
    }
    return false;
  }

  /// Bands of rows of pixels with text, below the headers and as long as they keep their distance.
  void find_rows(Table& table) const {
    int usual_gap = -1;
    int end = bottom_;  // Of the last band.
    int y = bottom_;
    while (y < layout_.ink.height && table.rows.size() < kMostRows) {
      if (ink_in_row(y) == 0) {
        ++y;
        // A list begins close below its headers; what stands further below is another part of the
        // window, such as its buttons.
        const int gap = y - end;
        if (table.rows.empty() ? gap > 6 * capital_
                               : gap > std::max(3 * capital_, 2 * std::max(usual_gap, 0))) {
          break;
        }
        continue;
      }
      Box band{left_, y, right_, y};
      while (y < layout_.ink.height && ink_in_row(y) > 0) ++y;
      band.bottom = y;
      // Only dots of i without anything taller, or an underline.
      if (2 * band.height() < capital_) continue;
      if (!table.rows.empty() && usual_gap < 0) usual_gap = band.top - end;
      end = band.bottom;
      split(band, table.rows);
    }
  }

  /// Rows that touch each other are parted where there is least ink.
  void split(Box band, std::vector<Box>& rows) const {
    // Letters between the lowest descender and the highest bracket take 1.5 capitals.
    while (band.height() > 2 * capital_ + 1 && rows.size() < kMostRows) {
      int best = band.top + capital_;
      for (int y = band.top + capital_; y < std::min(band.bottom, band.top + 2 * capital_); ++y) {
        if (ink_in_row(y) < ink_in_row(best)) best = y;
      }
      rows.push_back({band.left, band.top, band.right, best});
      band.top = best;
    }
    if (2 * band.height() >= capital_) rows.push_back(band);
  }

  /// The last column reaches as far as its rows do, or to the line that ends it.
  void extend_last_column(const Table& table) {
    const int begin = headers_.back().right;
    int end = begin;
    int blank = 0;
    for (int x = begin; x < layout_.ink.width && blank <= 2 * capital_; ++x) {
      if (rule_between(x, x + 1) >= 0) break;
      bool ink = false;
      for (const Box& row : table.rows) ink = ink || ink_in_column(x, row.top, row.bottom);
      blank = ink ? 0 : blank + 1;
      if (ink) end = x + 1;
    }
    right_ = std::min(layout_.ink.width, std::max(end, begin) + 2);
  }

  void extend_first_column(const Table& table) {
    const int begin = headers_.front().left;
    int end = begin;
    int blank = 0;
    for (int x = begin - 1; x >= 0 && blank <= 2 * capital_; --x) {
      if (rule_between(x, x + 1) >= 0) break;
      bool ink = false;
      for (const Box& row : table.rows) ink = ink || ink_in_column(x, row.top, row.bottom);
      blank = ink ? 0 : blank + 1;
      if (ink) end = x;
    }
    left_ = std::max(0, end - 2);
  }

  /// A thin line beside the headers with its middle in [begin, end); -1 without.
  [[nodiscard]] int rule_between(int begin, int end) const {
    for (const Box& rule : layout_.rules) {
      const int x = (rule.left + rule.right) / 2;
      if (x >= begin && x < end && rule.top < bottom_ && rule.bottom > top_) return x;
    }
    return -1;
  }

  [[nodiscard]] int edge_between(const Box& a, const Box& b, const std::vector<Box>& rows) const {
    const int begin = a.right;
    const int end = std::max(b.left, begin + 1);
    if (const int x = rule_between(begin, end); x >= 0) return x;
    // Text of a column begins below its header, or is centred below it: the widest stretch that no
    // row has text in parts the columns; where there is none, the place that fewest rows cross.
    int best = (begin + end) / 2;
    int fewest = -1;
    int longest = 0;
    int x = begin;
    while (x < end) {
      const int crossing = rows_at(x, rows);
      int stop = x;
      while (stop < end && rows_at(stop, rows) == crossing) ++stop;
      if (fewest < 0 || crossing < fewest || (crossing == fewest && stop - x >= longest)) {
        fewest = crossing;
        longest = stop - x;
        best = (x + stop) / 2;
      }
      x = stop;
    }
    return best;
  }
  [[nodiscard]] int rows_at(int x, const std::vector<Box>& rows) const {
    int n = 0;
    for (const Box& row : rows) n += ink_in_column(x, row.top, row.bottom) ? 1 : 0;
    return n;
  }

  void find_cuts(Table& table) const {
    for (const Box& row : table.rows) {
      std::vector<bool> cut(headers_.size(), false);
      for (std::size_t i = 1; i + 1 < table.edges.size(); ++i) {
        const int x = table.edges[i];
        if (x > 0 && x < layout_.ink.width && ink_in_column(x, row.top, row.bottom) &&
            ink_in_column(x - 1, row.top, row.bottom)) {
          cut[i - 1] = true;
          cut[i] = true;
        }
      }
      table.cut.push_back(std::move(cut));
    }
  }

  const Layout& layout_;
  const std::vector<Box>& headers_;
  int capital_;
  int top_ = 0;
  int bottom_ = 0;
  int left_ = 0;
  int right_ = 0;
};

}  // namespace

Box Table::cell(std::size_t row, std::size_t column) const {
  return {edges[column], rows[row].top, edges[column + 1], rows[row].bottom};
}

Table cut_table(const Layout& layout, const std::vector<Box>& headers) {
  if (headers.empty() || layout.capital == 0) return {};
  return Cutter(layout, headers).run();
}

}  // namespace dropscope::picture
