#include "formats/event_export/clixml.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dropscope::event_export {
namespace {

struct Found {
  std::vector<Record> records;
  std::vector<Trouble> troubles;
};

Found read(std::string_view text) {
  Found found;
  ClixmlReader reader(as_bytes(text));
  reader.on_trouble([&](const Trouble& trouble) { found.troubles.push_back(trouble); });
  Record record;
  TimeKind kind{};
  while (reader.next(record, kind)) found.records.push_back(record);
  return found;
}

const std::string kType =
    "<TN "
    "RefId=\"0\"><T>System.Diagnostics.Eventing.Reader.EventLogRecord</T><T>System.Object</T></TN>";

std::string object(int id, const std::string& type) {
  return "<Obj RefId=\"" + std::to_string(id) + "\">" + type +
         "<ToString>System.Diagnostics.Eventing.Reader.EventLogRecord</ToString><Props>"
         "<I32 N=\"Id\">" +
         std::to_string(id) +
         "</I32><Nil N=\"Version\" /><By N=\"Level\">4</By>"
         "<I64 N=\"RecordId\">142609</I64><S N=\"ProviderName\">Outlook</S>"
         "<S N=\"LogName\">Application</S><S N=\"MachineName\">PC01.corp.example</S>"
         "<DT N=\"TimeCreated\">2024-06-18T05:42:06.00811-04:00</DT>"
         "<Obj N=\"Properties\" RefId=\"4\"><TN RefId=\"2\"><T>List</T></TN><LST><Obj RefId=\"5\">"
         "<Props><S N=\"Value\">Connection lost_x000A_&amp; "
         "gone</S></Props></Obj></LST></Obj></Props>"
         "<MS><S N=\"Message\">rendered</S></MS></Obj>";
}
const std::string kAgain = "<TNRef RefId=\"0\" />";

std::string file(const std::string& objects) {
  return "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">" +
         objects + "</Objs>";
}

TEST(Clixml, GivesEventRecords) {
  const Found found = read(file(object(26, kType) + "\n" + object(27, kAgain)));
  ASSERT_EQ(found.records.size(), 2u);
  EXPECT_TRUE(found.troubles.empty());
  const Record& r = found.records[0];
  EXPECT_EQ(r.event_id, 26);
  EXPECT_EQ(r.provider, "Outlook");
  EXPECT_EQ(r.channel, "Application");
  EXPECT_EQ(r.computer, "PC01.corp.example");
  EXPECT_EQ(r.record_id, 142609u);
  EXPECT_EQ(r.message, "rendered");
  EXPECT_EQ(format_utc(r.time, 5), "2024-06-18T09:42:06.00811Z");
  EXPECT_EQ(r.items, (std::vector<Item>{{"", "Connection lost\n& gone"}}));
  EXPECT_EQ(found.records[1].event_id, 27);
}

TEST(Clixml, FindsRecordsInLists) {
  const Found found =
      read(file("<Obj RefId=\"90\"><TN RefId=\"9\"><T>System.Object[]</T></TN><LST>" +
                object(1, kType) + object(2, kAgain) + "</LST></Obj>"));
  EXPECT_EQ(found.records.size(), 2u);
}

TEST(Clixml, CountsACutRecord) {
  const std::string text = file(object(1, kType) + object(2, kAgain));
  const Found found = read(std::string_view(text).substr(0, text.size() - 60));
  EXPECT_EQ(found.records.size(), 1u);
  ASSERT_EQ(found.troubles.size(), 1u);
  EXPECT_EQ(found.troubles[0].lost_events, 1u);
}

TEST(Clixml, TellsEventsFromSettings) {
  EXPECT_EQ(clixml_kind(file(object(1, kType))), ClixmlKind::Events);
  EXPECT_EQ(
      clixml_kind(file("<Obj RefId=\"0\"><TN RefId=\"0\"><T>System.Diagnostics.Eventing.Reader."
                       "EventLogConfiguration</T></TN></Obj>")),
      ClixmlKind::Settings);
  EXPECT_EQ(clixml_kind(file("<Obj RefId=\"0\"><TN RefId=\"0\"><T>System.String</T></TN></Obj>")),
            ClixmlKind::None);
  EXPECT_TRUE(read(file("<Obj RefId=\"0\"><TN RefId=\"0\"><T>System.String</T></TN></Obj>"))
                  .records.empty());
}

TEST(Clixml, DecodesItsEscapes) {
  EXPECT_EQ(clixml_text("a_x000D__x000A_b_x005F_x_xZZ_ &lt;"), "a\r\nb_x_xZZ_ <");
}

}  // namespace
}  // namespace dropscope::event_export
