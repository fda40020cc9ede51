// Every layout that is built in reads its own sample lines, and finds in them what they hold.

#include "evidence/catalogue/layout.h"

#include <gtest/gtest.h>

#include "evidence/catalogue/catalogue.h"
#include "evidence/catalogue/parse.h"
#include "evidence/intake/layout_log.h"
#include "evidence/intake/layout_match.h"

namespace dropscope {
namespace {

TEST(Layout, SamplesAreRead) {
  const auto catalogue = Catalogue::load();
  ASSERT_TRUE(catalogue) << catalogue.error().text();
  EXPECT_GE(catalogue->layouts.size(), 12u);
  for (const LogLayout& layout : catalogue->layouts) {
    for (const LayoutLine& line : layout.lines) {
      SCOPED_TRACE(layout.id + ": " + line.name);
      LayoutMatcher matcher(layout);
      if (!line.sample_header.empty()) {
        EXPECT_EQ(matcher.look(line.sample_header, syslog::parse(line.sample_header)),
                  LineIs::Marked);
      }
      ASSERT_EQ(matcher.look(line.sample, syslog::parse(line.sample)), LineIs::Matched);
      EXPECT_EQ(matcher.line().name, line.name);
      for (const auto& [role, value] : line.expected) {
        EXPECT_EQ(matcher.value(role), value) << to_string(role);
      }
    }
  }
}

TEST(Layout, SamplesAreOfTheirOwnLayoutOnly) {
  const auto catalogue = Catalogue::load();
  ASSERT_TRUE(catalogue);
  for (const LogLayout& layout : catalogue->layouts) {
    for (const LayoutLine& line : layout.lines) {
      SCOPED_TRACE(layout.id + ": " + line.name);
      const std::string text = line.sample_header + "\n" + line.sample + "\n";
      const Head head{as_bytes(text), text, "log", &*catalogue};
      const LogLayout* found = find_layout(head, *catalogue);
      ASSERT_NE(found, nullptr);
      // Both of nginx's logs in one file are an access log.
      const bool both = line.name.find("in the same file") != std::string::npos;
      EXPECT_EQ(found->id, both ? "nginx-error" : layout.id);
    }
  }
}

std::string error_of(std::string_view rest) {
  const std::string content =
      "schema = 1\nid = \"x\"\ntitle = \"X\"\nsource = \"s\"\nconfidence = \"c\"\n" +
      std::string(rest);
  const auto layout = parse_layout(content, "x.toml");
  return layout ? std::string() : layout.error().text();
}

TEST(Layout, MistakesAreNamedWithTheirPlace) {
  const std::string line =
      "[[line]]\nname = \"n\"\nform = \"pattern\"\nis = \"end\"\nsample = \"s\"\n";
  EXPECT_EQ(error_of(line + "pattern = \"from {client:word}\""), "");
  EXPECT_NE(error_of("").find("no [[line]]"), std::string::npos);
  const std::string unknown = error_of(line + "pattern = \"from {clinet:word}\"");
  EXPECT_NE(unknown.find("x.toml:11:"), std::string::npos) << unknown;
  EXPECT_NE(unknown.find("clinet"), std::string::npos);
  EXPECT_NE(error_of(line + "pattern = \"from {client:wrod}\"").find("wrod"), std::string::npos);
  EXPECT_NE(error_of(line + "pattern = \"from {client\"").find("}"), std::string::npos);
  EXPECT_NE(error_of(line + "pattern = \"((from\"").find("))"), std::string::npos);
  EXPECT_NE(error_of(line + "pattern = \"from\"\nfrom = 1").find("not a key"), std::string::npos);
  EXPECT_NE(
      error_of(
          line +
          "pattern = \"x\"\n[[reason]]\ntext = \"t\"\nby = \"me\"\nwhy = \"idle\"\nsource = \"s\"")
          .find("\"me\""),
      std::string::npos);
  EXPECT_NE(error_of("[[line]]\nname = \"n\"\nform = \"key-value\"\nis = \"end\"\nsample = \"s\"\n"
                     "fields = [\"klient=src\"]")
                .find("klient"),
            std::string::npos);
}

}  // namespace
}  // namespace dropscope
