#include "present/diff/diff.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "present/sample_diagnosis.h"

namespace dropscope::testing {

diagnosis_json::Document document_of(const Sample& sample) {
  const std::string json = render_json(sample.input());
  EXPECT_TRUE(diagnosis_json::is_document(as_bytes(json)));
  auto document = diagnosis_json::read(json);
  EXPECT_TRUE(document.has_value()) << document.error().text();
  return document.value_or(diagnosis_json::Document{});
}

// Whatever the writer writes, the reader reads, and it says the same.
TEST(DiagnosisDocument, ReadsWhatIsWritten) {
  for (const Sample& s : {idle_timer_sample(), not_enough_sample(), no_log_sample(), fleet_sample(),
                          hostile_sample()}) {
    const Decision& d = s.diagnosis.verdict.decision;
    const diagnosis_json::Document document = document_of(s);
    EXPECT_EQ(document.cause, d.cause);
    EXPECT_NEAR(document.probability, d.probability, 0.00005);
    EXPECT_EQ(document.impacted.size(), d.impacted.size());
    EXPECT_EQ(document.causes.size(), d.verdicts.size());
    EXPECT_EQ(document.rate.losses, s.diagnosis.frequency.losses);
    EXPECT_EQ(document.computers.size(), s.diagnosis.computers.size());
  }
}

TEST(Diff, WritersSayTheSame) {
  const auto before = document_of(fleet_sample());
  const auto after = document_of(idle_timer_sample());
  const Comparison comparison = compare(before, after);
  const DiffInput input{before, after, comparison};
  const auto json = nlohmann::json::parse(render_diff_json(input));
  const std::string text = render_diff_terminal(input, {.colour = false, .width = 400});
  EXPECT_EQ(json["headline"], comparison.headline);
  EXPECT_EQ(json["aspects"].size(), comparison.aspects.size());
  for (const Compared& each : comparison.aspects) {
    EXPECT_NE(text.find(each.title), std::string::npos) << each.title;
  }
  EXPECT_FALSE(comparison.computers_gone.empty());
  EXPECT_NE(text.find(comparison.computers_gone.front()), std::string::npos);
}

}  // namespace dropscope::testing
