// The whole document is read in tests/present/diff, where the writer is.
#include "formats/diagnosis/document.h"

#include <gtest/gtest.h>

namespace dropscope::diagnosis_json {
namespace {

TEST(DiagnosisDocument, KnowsItsOwn) {
  EXPECT_TRUE(is_document(as_bytes(std::string_view(R"( {"schema": "dropscope.diagnosis/2",)"))));
  EXPECT_FALSE(is_document(as_bytes(std::string_view(R"({"schema": "dropscope.inventory/1",)"))));
  EXPECT_FALSE(is_document({}));
}

TEST(DiagnosisDocument, TellsWhatIsMissing) {
  const auto error_of = [](std::string_view json) {
    const auto document = read(json);
    return document ? Error{} : document.error();
  };
  EXPECT_EQ(error_of("nothing").code, ErrorCode::Corrupt);
  EXPECT_EQ(error_of(R"({"schema": "dropscope.diagnosis/9"})").code, ErrorCode::Unsupported);
  const Error error = error_of(R"({"schema": "dropscope.diagnosis/2"})");
  EXPECT_EQ(error.code, ErrorCode::Corrupt);
  EXPECT_NE(error.message.find("member \"tool\""), std::string::npos) << error.message;
}

}  // namespace
}  // namespace dropscope::diagnosis_json
