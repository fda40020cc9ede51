// The names in the JSON schema are those that the program writes: a new enum value must be added to
// both.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "base/files.h"
#include "verdict/verdict.h"

namespace dropscope {

namespace {

template <typename Enum>
void expect_names(const nlohmann::json& schema, const std::string& definition, Enum last) {
  std::set<std::string> written;
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    written.insert(std::string(to_string(static_cast<Enum>(i))));
  }
  const auto listed = schema["$defs"][definition]["enum"].get<std::set<std::string>>();
  EXPECT_EQ(written, listed) << definition;
  EXPECT_EQ(written.size(), static_cast<std::size_t>(last) + 1) << "two values share a name";
}

}  // namespace

TEST(SchemaNames, AgreeWithTheProgram) {
  const Result<std::string> text = read_file(path_from_utf8(DROPSCOPE_SOURCE_DIR) / "docs" /
                                             "schemas" / "diagnosis.schema.json");
  ASSERT_TRUE(text.has_value());
  const nlohmann::json schema = nlohmann::json::parse(*text);
  expect_names(schema, "protocol", Protocol::Other);
  expect_names(schema, "mode", ClientMode::Online);
  expect_names(schema, "edge", Edge::ClockStep);
  expect_names(schema, "rhythm", Rhythm::Mixed);
  expect_names(schema, "outcome", Outcome::RegularUnexplained);
  expect_names(schema, "timer_kind", TimerKind::Other);
  expect_names(schema, "meaning", Meaning::Context);
  expect_names(schema, "recognition", Recognition::None);
  expect_names(schema, "source_state", SourceState::Ignored);
}

}  // namespace dropscope
