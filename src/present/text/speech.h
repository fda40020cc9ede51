#pragma once

// The language of a page: words, numbers, dates, and the verdict's sentences.
//
// A writer gives English and gets the reader's language; what the phrasebook does not hold comes
// back in English. Names, paths and texts of logs are never given to it.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/rhythm/episode_rhythm.h"
#include "base/timezone.h"
#include "evidence/catalogue/phrasebook.h"

namespace dropscope {

/// A part of a finished text, and whether it could be put into the reader's language.
struct Retold {
  std::string text;
  bool known = true;
};

class Speech {
 public:
  /// English.
  Speech() = default;
  /// `book` may be null (English) and outlives the object.
  explicit Speech(const Phrasebook* book);

  [[nodiscard]] std::string language() const { return book_ ? book_->language : "en"; }

  /// `english` is a text of the program. Values for its {} come as they shall be read.
  [[nodiscard]] std::string say(std::string_view english,
                                const std::vector<std::string>& values = {}) const;
  /// One of two forms: "{} loss" for 1, else "{} losses". More values may follow the count.
  [[nodiscard]] std::string count(std::uint64_t n, std::string_view one, std::string_view many,
                                  const std::vector<std::string>& more = {}) const;

  /// Sentences of the verdict or of a data file, put into the language one by one: looked up as
  /// they are, or recognised by an entry whose {} stand for what differs from case to case. In
  /// English one part, unchanged. Linear in text and entries, however hostile a name inside is.
  [[nodiscard]] std::vector<Retold> retell(std::string_view english) const;
  /// The same as one text.
  [[nodiscard]] std::string retold(std::string_view english) const;

  /// As present/text/wording.h words them, with the marks of the language.
  [[nodiscard]] std::string grouped(std::uint64_t n) const;
  [[nodiscard]] std::string percent(double probability) const;
  [[nodiscard]] std::string timer(double seconds) const;
  [[nodiscard]] std::string bound(double bound, double other) const;  ///< As bound_text.
  [[nodiscard]] std::string duration(double seconds) const;
  [[nodiscard]] std::string rate(double rate) const;
  [[nodiscard]] std::string bytes(std::uint64_t bytes) const;
  [[nodiscard]] std::string interval(const IntervalEstimate& interval) const;

  /// "2024-05-13 16:02:03", "13.05.2024 16:02:03": the wall clock of the zone.
  [[nodiscard]] std::string time(const TimeZone& zone, Instant t) const;
  /// "13 May", "13. Mai": a day in a chart.
  [[nodiscard]] std::string day_of_month(const CivilTime& c) const;
  /// 0 = Monday; "Mon" or "Monday".
  [[nodiscard]] std::string weekday(int day, bool whole) const;

 private:
  struct Pattern {
    std::vector<std::string_view> literals;  ///< Around the values; one more than there are values.
    std::string_view translation;
    std::size_t weight = 0;  ///< Letters that have to agree.
  };
  struct Match {
    const Pattern* pattern = nullptr;
    std::size_t end = 0;
    std::vector<std::string_view> values;
  };
  struct Value {
    std::string text;
    bool known = false;
  };
  [[nodiscard]] Match find(std::string_view text, std::size_t from) const;
  [[nodiscard]] std::optional<std::string> entry(std::string_view text) const;
  [[nodiscard]] std::optional<std::string> clock_time(std::string_view text) const;
  [[nodiscard]] Value value(std::string_view text, int depth) const;
  [[nodiscard]] Value list(std::string_view text, std::string_view between, int depth) const;
  [[nodiscard]] Value fill(const Match& match, int depth) const;
  [[nodiscard]] std::string number(std::string text) const;

  const Phrasebook* book_ = nullptr;
  std::vector<Pattern> patterns_;  ///< Of entries with values; views into the book.
};

}  // namespace dropscope
