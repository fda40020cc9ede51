// Leaks planted where they are easily missed.
#include "present/redact/leak_check.h"

#include <gtest/gtest.h>

#include "formats/archive/zip_writer.h"
#include "formats/evtx/writer.h"

namespace dropscope::redact {
namespace {

std::vector<Leak> leaks_in(const std::string& name, std::string_view content) {
  archive::ZipWriter zip(Instant{});
  EXPECT_TRUE(zip.add("clean.txt", as_bytes(std::string_view("nothing here"))).has_value());
  EXPECT_TRUE(zip.add(name, as_bytes(content)).has_value());
  const std::string bytes = zip.finish();
  const LeakCheck check({"anna", "anna.muster", "corp.example", "10.1.2.30", "müller"});
  auto found = check.search(as_bytes(bytes));
  EXPECT_TRUE(found.has_value());
  return found ? *found : std::vector<Leak>{};
}

std::string log_with(std::string_view text) {
  evtx::EventSpec event;
  event.provider = "Outlook";
  event.event_id = 26;
  event.channel = "Application";
  event.computer = "host-aaaa";
  event.time = parse_utc("2025-09-01T17:02:03Z").value();
  event.data = {{"", evtx::OwnedValue::string(text)}};
  evtx::Writer writer;
  EXPECT_TRUE(writer.add(event).has_value());
  const auto bytes = writer.finish();
  return std::string(as_text(bytes));
}

TEST(LeakCheck, FindsWhatIsPlanted) {
  struct Planted {
    std::string name, content, form;
  };
  const std::vector<Planted> planted = {
      {"a.txt", "user ANNA lost", "text"},
      {"logs-of-anna.txt", "", "name of the member"},
      {"a%6Ena.txt", "", "name of the member"},
      {"evidence/a.evtx", log_with("The mailbox of Anna was lost"), "UTF-16"},
      {"odd.bin", std::string("x") + std::string("a\0n\0n\0a\0", 8), "UTF-16"},
      {"iis.log", "GET /mapi?user=ann%61 200", "percent-encoded"},
      {"iis.log", "GET /?x=%2561nna", "percent-encoded twice"},
      {"iis.log", "GET /?m=anna%40corp.example", "text"},
      {"a.xml", "<d>&#97;nna</d>", "references to characters"},
      {"a.json", R"({"u": "\u0061nna"})", "references to characters"},
      {"b.json", R"({"u": "M\u00fcller"})", "references to characters"},
      {"n.txt", "from 10.1.2.30:443", "text"},
      {"a.png",
       "\x89PNG\xae\x42\x60\x82"
       "anna",
       "text"},
      {"c.txt", "xcorp.exampley", "text"},
  };
  for (const Planted& each : planted) {
    const auto leaks = leaks_in(each.name, each.content);
    ASSERT_EQ(leaks.size(), 1u) << each.name << ": " << each.content;
    EXPECT_EQ(leaks[0].form, each.form) << each.content;
    EXPECT_EQ(leaks[0].member, each.name);
  }
}

TEST(LeakCheck, PartsOfWordsAndNumbersAreNone) {
  for (const std::string_view text :
       {"Susanna Hannah annas", "10.1.2.304 110.1.2.30", "muller", "%zz &#; \\u12"}) {
    EXPECT_TRUE(leaks_in("a.txt", text).empty()) << text;
  }
  EXPECT_TRUE(leaks_in("evidence/b.evtx", log_with("nobody")).empty());
}

}  // namespace
}  // namespace dropscope::redact
