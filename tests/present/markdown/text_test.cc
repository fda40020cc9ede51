#include "present/markdown/text.h"

#include <gtest/gtest.h>

namespace dropscope::testing {

TEST(MarkdownText, EscapesWhatWouldBeMarkup) {
  EXPECT_EQ(markdown_text("a *b* _c_ <b> [x](y) `z` | #1 ~"),
            "a \\*b\\* \\_c\\_ \\<b\\> \\[x\\](y) \\`z\\` \\| \\#1 \\~");
  EXPECT_EQ(markdown_text("- item"), "\\- item");
  EXPECT_EQ(markdown_text("http://x"), "http\\://x");
  EXPECT_EQ(markdown_text("10:30"), "10:30");
  EXPECT_EQ(markdown_text("two\r\nlines\x1b"), "two lines\\\\x1b");
}

TEST(MarkdownCode, FenceIsLongerThanWhatItHolds) {
  EXPECT_EQ(markdown_code("a"), "`a`");
  EXPECT_EQ(markdown_code("a``b"), "```a``b```");
  EXPECT_EQ(markdown_code("`a"), "`` `a ``");
  EXPECT_EQ(markdown_code(""), "");
  EXPECT_EQ(markdown_block("x"), "```text\nx\n```\n");
  EXPECT_EQ(markdown_block("```", 2), "  ````text\n  ```\n  ````\n");
}

}  // namespace dropscope::testing
