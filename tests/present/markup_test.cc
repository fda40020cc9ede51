#include "present/markup.h"

#include <gtest/gtest.h>

#include "present/html/fill.h"
#include "present/svg/heatmap.h"
#include "present/svg/histogram.h"

namespace dropscope {

TEST(Markup, EscapesTextAndAttributes) {
  Markup m;
  m.open("p", {{"title", "a\"b'<>&"}}).text("<script>&\x1b[31m\xff").close();
  EXPECT_EQ(m.str(),
            "<p title=\"a&quot;b&#39;&lt;&gt;&amp;\">&lt;script&gt;&amp;\\x1b[31m\\xff</p>");
}

TEST(Markup, KeepsReadingDirectionInOneHand) {
  EXPECT_EQ(escape_markup("a\xe2\x80\xae"
                          "b"),
            "a\\u202eb");
}

TEST(Markup, CoordinatesAreShort) {
  EXPECT_EQ(coordinate(12), "12");
  EXPECT_EQ(coordinate(0.25), "0.3");
  EXPECT_EQ(coordinate(-0.01), "0");
  EXPECT_EQ(coordinate(99.96), "100");
}

TEST(FillTemplate, DoesNotReadWhatItInserts) {
  EXPECT_EQ(fill_template("a {{x}} {{y}}", {{"x", "{{y}}"}, {"y", "2"}}), "a {{y}} 2");
}

TEST(Histogram, TimersLieInsideAClass) {
  std::vector<double> values;
  for (int i = 0; i < 50; ++i) values.push_back(3590 + i % 20);
  for (int i = 0; i < 20; ++i) values.push_back(3600 + i * 200);
  const LengthClasses linear = classify_lengths(values, {}, 64, 3600);
  ASSERT_FALSE(linear.logarithmic);
  std::uint64_t most = 0;
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < linear.values.size(); ++i) {
    most = std::max(most, linear.values[i]);
    sum += linear.values[i];
  }
  EXPECT_EQ(sum, values.size());
  EXPECT_EQ(most, 51u) << "the heap around 60 minutes is not split by an edge";
}

TEST(Histogram, WideSpreadGetsALogarithmicAxisCentredOnTheTimer) {
  std::vector<double> values = {10, 20, 40, 80, 300, 900, 3600, 3600, 3601, 40000, 90000};
  const LengthClasses classes = classify_lengths(values, {5, 1e6}, 32, 3600);
  ASSERT_TRUE(classes.logarithmic);
  EXPECT_EQ(classes.censored_beyond, 1u);
  std::size_t hit = 0;
  while (!(classes.edge(hit) <= 3600 && 3600 < classes.edge(hit + 1))) ++hit;
  EXPECT_EQ(classes.values[hit], 3u);
  EXPECT_NEAR(3600 / classes.edge(hit), classes.edge(hit + 1) / 3600, 0.001);
  EXPECT_LE(classes.min_s, 10);
  EXPECT_GE(classes.max_s, 90000);
}

TEST(Histogram, OneValueIsDrawn) {
  Markup m;
  HistogramInput input;
  input.id = "x";
  input.values = {60};
  draw_histogram(m, ChartSize::Wide, input, Speech());
  EXPECT_NE(m.str().find("class=\"bar\""), std::string::npos);
}

TEST(Histogram, EqualValuesAreDrawn) {
  Markup m;
  HistogramInput input;
  input.id = "x";
  input.values = std::vector<double>(40, 0.0);
  draw_histogram(m, ChartSize::Narrow, input, Speech());
  EXPECT_NE(m.str().find("class=\"bar\""), std::string::npos);
  EXPECT_EQ(m.str().find("nan"), std::string::npos);
}

TEST(Axis, TicksKeepTheirDistance) {
  for (const double max : {3.0, 61.0, 4000.0, 90000.0, 3e6, 4e8}) {
    for (const bool logarithmic : {true, false}) {
      const LengthAxis axis(1, max, logarithmic, 50, 850);
      const std::vector<double> ticks = axis.ticks(60);
      for (std::size_t i = 1; i < ticks.size(); ++i) {
        EXPECT_GE(axis.at(ticks[i]) - axis.at(ticks[i - 1]), 59.9) << max << logarithmic;
      }
    }
  }
}

TEST(Axis, CountTicksAreFewAndCover) {
  for (const std::uint64_t max : {0u, 1u, 3u, 4u, 63u, 100u, 12345u, 2000000u}) {
    const std::vector<std::uint64_t> ticks = count_ticks(max);
    EXPECT_GE(ticks.back(), max);
    EXPECT_LE(ticks.size(), 5u);
    EXPECT_GE(ticks.size(), 2u);
  }
}

TEST(Heat, ClassesSpreadOverTheLargest) {
  EXPECT_EQ(heat_class(0, 10), 0);
  EXPECT_EQ(heat_class(1, 1000000), 1);
  EXPECT_EQ(heat_class(10, 10), 5);
  EXPECT_EQ(heat_class(4000000000u, 4000000000u), 5);
}

}  // namespace dropscope
