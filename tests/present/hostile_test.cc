// Texts from evidence are written by strangers. Whatever they hold, no output lets them act.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "base/utf16.h"
#include "present/present.h"
#include "present/text/layout.h"
#include "sample_diagnosis.h"

namespace dropscope::testing {

namespace {

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t n = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
  return n;
}

}  // namespace

TEST(Hostile, HtmlHoldsOnlyOurElements) {
  const Sample hostile = hostile_sample();
  const Sample plain = idle_timer_sample();
  const std::string page = render_html(hostile.input());
  EXPECT_TRUE(is_utf8(page));
  EXPECT_EQ(count(page, "<script"), 0u);
  EXPECT_EQ(count(page, "<img"), 0u);
  EXPECT_LT(page.find("</head>"), page.find("<body>"));
  EXPECT_EQ(count(page, "</style>"), 1u);
  EXPECT_EQ(page.find('\x1b'), std::string::npos);
  EXPECT_EQ(page.find('\x07'), std::string::npos);
  EXPECT_EQ(count(page, "\xe2\x80\xae"), 0u);

  // Every tag is one that a harmless report uses, and no attribute is an event handler.
  const auto tags_of = [](const std::string& text) {
    std::set<std::string> tags;
    const std::regex tag("<(/?[a-zA-Z][a-zA-Z0-9]*)");
    for (std::sregex_iterator i(text.begin(), text.end(), tag), end; i != end; ++i) {
      tags.insert((*i)[1]);
    }
    return tags;
  };
  std::set<std::string> known = tags_of(render_html(plain.input()));
  const std::set<std::string> fleet = tags_of(render_html(fleet_sample().input()));
  known.insert(fleet.begin(), fleet.end());
  for (const std::string& tag : tags_of(page)) EXPECT_TRUE(known.count(tag) == 1) << tag;
  const std::string without_values = std::regex_replace(page, std::regex("=\"[^\"]*\""), "");
  EXPECT_FALSE(std::regex_search(without_values, std::regex("<[a-z]+[^<>]* on[a-z]+=?")));
}

// Links that nothing follows by itself: into the page, or to the sources of methods.
std::size_t known_links(const std::string& page) {
  std::size_t links = count(page, "<a href=\"#method-");
  for (const char* source :
       {"https://support.microsoft.com/kb/2543396", "https://doi.org/10.1093/biomet/28.3-4.437",
        "https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxcmapihttp/"}) {
    links += count(page, std::string("<a href=\"") + source + "\" rel=\"noreferrer\">");
  }
  return links;
}

TEST(Hostile, HtmlNeedsNothingFromOutside) {
  for (const Sample& s : {idle_timer_sample(), fleet_sample(), no_log_sample()}) {
    const std::string page = render_html(s.input());
    EXPECT_FALSE(std::regex_search(page, std::regex("(src|action)=")));
    EXPECT_GE(known_links(page), 3u);
    EXPECT_EQ(count(page, "href="), known_links(page));
    EXPECT_EQ(count(page, "@import"), 0u);
    EXPECT_EQ(count(page, "url("), count(page, "url(#"));
    EXPECT_EQ(count(page, "{{"), 0u);
  }
}

// Outside of code, no character that Markdown or HTML would act on stands without its escape.
TEST(Hostile, MarkdownHoldsOnlyOurMarkup) {
  const std::string text = render_markdown(hostile_sample().input());
  EXPECT_TRUE(is_utf8(text));
  const std::string plain = render_markdown(idle_timer_sample().input());
  for (const char* markup : {"<script", "<img", "](", "![", "://", "<!--"}) {
    std::istringstream lines(text);
    bool code = false;
    for (std::string line; std::getline(lines, line);) {
      if (line.find("```") != std::string::npos) code = !code;
      if (code || line.find('`') != std::string::npos) continue;
      const std::size_t at = line.find(markup);
      EXPECT_TRUE(at == std::string::npos || (at > 0 && line[at - 1] == '\\')) << line;
    }
    EXPECT_FALSE(code) << "every block of code is closed";
  }
  for (const char c : text) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
}

TEST(Hostile, TablesComputeNothing) {
  Sample s = fleet_sample();
  s.evidence.computers[0].name = "=HYPERLINK(\"http://evil.example\")";
  const std::string text = render_csv(s.input(), CsvTable::Clients);
  EXPECT_NE(text.find("\"'=HYPERLINK("), std::string::npos);
  EXPECT_EQ(text.find("\"=HYPERLINK("), std::string::npos);
}

TEST(Hostile, EvidenceAddsNoLink) {
  const std::string page = render_html(hostile_sample().input());
  const std::string names_only = std::regex_replace(page, std::regex("=\"[^\"]*\""), "");
  const std::regex loads("<[a-z]+[^<>]* (src|action|srcset|data|poster)[ />]");
  EXPECT_FALSE(std::regex_search(names_only, loads));
  const std::regex link("<[a-z]+[^<>]* href[ />]");
  const auto links = std::distance(std::sregex_iterator(names_only.begin(), names_only.end(), link),
                                   std::sregex_iterator());
  EXPECT_EQ(static_cast<std::size_t>(links), known_links(page));
}

TEST(Hostile, TerminalGetsNoControlCharacters) {
  const Sample s = hostile_sample();
  for (const bool unicode : {true, false}) {
    const std::string text =
        render_terminal(s.input(), {.colour = false, .width = 80, .unicode = unicode});
    EXPECT_TRUE(is_utf8(text));
    for (const char c : text) {
      EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << static_cast<int>(c);
      if (!unicode) {
        EXPECT_LT(static_cast<unsigned char>(c), 0x7f);
      }
    }
    EXPECT_EQ(count(text, "\xc2\x9b"), 0u) << "C1 control";
  }
  // With colour, escape sequences are ours alone: SGR.
  const std::string colour = render_terminal(s.input(), {.colour = true, .width = 80});
  const std::string stripped = std::regex_replace(colour, std::regex("\x1b\\[[0-9]*m"), "");
  EXPECT_EQ(stripped.find('\x1b'), std::string::npos);
  EXPECT_TRUE(stripped == render_terminal(s.input(), {.colour = false, .width = 80}))
      << "colour changes nothing but the colour";
}

TEST(Hostile, JsonStaysJson) {
  const std::string text = render_json(hostile_sample().input());
  EXPECT_TRUE(is_utf8(text));
  EXPECT_NO_THROW({
    const auto parsed = nlohmann::json::parse(text);
    EXPECT_EQ(parsed["schema"], "dropscope.diagnosis/2");
  });
}

}  // namespace dropscope::testing
