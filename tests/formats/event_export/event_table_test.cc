#include "formats/event_export/event_table.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/utf16.h"

namespace dropscope::event_export {
namespace {

struct Found {
  std::vector<Record> records;
  std::vector<TableTime> times;
  std::vector<Trouble> troubles;
  std::uint64_t others = 0;
};

Found read(Bytes bytes) {
  Found found;
  EventTableReader reader(bytes);
  reader.on_trouble([&](const Trouble& trouble) { found.troubles.push_back(trouble); });
  Record record;
  TableTime time;
  while (reader.next(record, time)) {
    found.records.push_back(record);
    found.times.push_back(time);
  }
  found.others = reader.others();
  return found;
}
Found read(std::string_view text) {
  return read(as_bytes(text));
}

TEST(EventTable, ReadsPowerShellByName) {
  const Found found = read(
      "#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord\r\n"
      "\"Message\",\"Id\",\"Version\",\"RecordId\",\"ProviderName\",\"LogName\",\"MachineName\","
      "\"TimeCreated\"\r\n"
      "\"Connection lost.\r\n\r\nSecond \"\"line\"\"\",\"26\",,\"5\",\"Outlook\",\"Application\","
      "\"PC01\",\"13.05.2024 10:00:02\"\r\n"
      "\"x\",\"45\",,\"6\",\"Outlook\",\"Application\",\"PC01\",\"2024-05-13T10:00:03+02:00\"\r\n");
  ASSERT_EQ(found.records.size(), 2u);
  EXPECT_EQ(found.records[0].message, "Connection lost.\r\n\r\nSecond \"line\"");
  EXPECT_EQ(found.records[0].event_id, 26);
  EXPECT_EQ(found.records[0].record_id, 5u);
  EXPECT_EQ(found.records[0].channel, "Application");
  EXPECT_EQ(found.records[0].computer, "PC01");
  ASSERT_TRUE(found.times[0].shown);
  EXPECT_EQ(found.times[0].shown->order(), DayMonth::DayFirst);
  ASSERT_TRUE(found.times[1].exact);
  EXPECT_EQ(format_utc(found.times[1].exact->instant), "2024-05-13T08:00:03Z");
  EXPECT_TRUE(found.troubles.empty());
}

TEST(EventTable, ReadsEventViewerInAnyLanguage) {
  for (const char separator : {',', '\t', ';'}) {
    std::string text =
        "Ebene,Datum und Uhrzeit,Quelle,Ereignis-ID,Aufgabenkategorie\r\n"
        "Informationen,27.10.2021 12:28:26,Outlook,26,Keine,Verbindung verloren\r\n"
        "Fehler,27.10.2021 12:28:27,Application Error,1000,(100),\"zwei\r\nZeilen\"\r\n";
    for (char& c : text) {
      if (c == ',') c = separator;
    }
    const Found found = read(text);
    ASSERT_EQ(found.records.size(), 2u);
    EXPECT_EQ(found.records[0].provider, "Outlook");
    EXPECT_EQ(found.records[0].event_id, 26);
    EXPECT_EQ(found.records[0].message, "Verbindung verloren");
    EXPECT_EQ(found.records[1].message, "zwei\r\nZeilen");
    EXPECT_TRUE(found.troubles.empty());
  }
  // UTF-16, as Event Viewer writes its text files.
  const std::u16string units =
      u"\xfeff" + to_utf16(
                      "レベル\t日付と時刻\tソース\tイベント ID\tタスクのカテゴリ\r\n"
                      "情報\t2021/10/27 12:28:26\tOutlook\t26\tなし\t接続が失われました\r\n");
  const Found found =
      read(Bytes(reinterpret_cast<const std::byte*>(units.data()), units.size() * 2));
  ASSERT_EQ(found.records.size(), 1u);
  EXPECT_EQ(found.records[0].message, "接続が失われました");
}

TEST(EventTable, StandsInAPage) {
  const Found found = read(
      "# Title\n\nSome, prose, with, many, commas\n\n```\nLevel,Date and Time,Source,Event ID,Task "
      "Category\nInformation,10/27/2021 1:28:26 PM,Outlook,26,None,lost\n[...]\n```\nThe end.\n");
  ASSERT_EQ(found.records.size(), 1u);
  EXPECT_EQ(found.records[0].message, "lost");
  EXPECT_EQ(found.others, 3u);
  EXPECT_TRUE(found.troubles.empty());
}

TEST(EventTable, CountsRowsThatCannotBeRead) {
  const Found found = read(
      "Level,Date and Time,Source,Event ID,Task Category\n"
      "Information,10/27/2021 1:28:26 PM,Outlook,26,None,one\n"
      "Information,yesterday,Outlook,26,None,two\n"
      "Information,10/27/2021 1:28:26 PM,Outlook,many,None,three\n"
      "Information,10/27/2021 1:28:27 PM,Outlook,27,None,four\n"
      "Information,10/27/2021 1:28:28 PM,Outlook,27,None,\"cut off in the mid");
  ASSERT_EQ(found.records.size(), 2u);
  EXPECT_EQ(found.records[1].message, "four");
  ASSERT_EQ(found.troubles.size(), 3u);
  EXPECT_EQ(found.troubles[0].line, 3u);
  EXPECT_NE(found.troubles[0].what.find("yesterday"), std::string::npos);
  EXPECT_EQ(found.troubles[1].line, 4u);
  EXPECT_EQ(found.troubles[2].line, 6u);
}

TEST(EventTable, IsNotFoundInOtherTables) {
  for (const char* text :
       {"computer,user,address,office\nPC01,anna,10.0.0.1,Berlin\n",
        "Time,Source,Destination,Id,Info\n2021-10-27 12:28:26,10.0.0.1,10.0.0.2,26,x\n",
        "a,b,c,d,e\n1,2021-10-27 12:28:26,10,443,5\n",
        "date,time,device,action\n2021-10-27,12:28:26,fw01,drop\n", "", ",,,,,\n,,,,,\n"}) {
    EXPECT_FALSE(find_event_table(text)) << text;
  }
}

TEST(EventTable, TakesTheStringsOfAMessageThatCouldNotBeRendered) {
  const auto strings = [](std::string_view message) {
    std::vector<Item> items;
    if (!strings_of_message(message, "Outlook", 26, items)) return std::string("none");
    std::string out;
    for (const Item& item : items) out += "[" + item.text + "]";
    return out;
  };
  EXPECT_EQ(
      strings("The description for Event ID 26 from source Outlook cannot be found. Either the "
              "component is not installed: repair it.\r\n\r\nIf the event originated on another "
              "computer, the display information had to be saved with the event.\r\n\r\nThe "
              "following information was included with the event: \r\n\r\nConnection "
              "lost.\r\nsecond\r\n\r\nThe message resource is present but the message was not "
              "found in the message table\r\n"),
      "[Connection lost.][second]");
  EXPECT_EQ(
      strings("Die Beschreibung für Ereignis-ID \"26\" aus der Quelle \"Outlook\" wurde nicht "
              "gefunden.\n\nDie folgenden Informationen wurden mit dem Ereignis gespeichert: "
              "\n\nVerbindung verloren."),
      "[Verbindung verloren.]");
  EXPECT_EQ(
      strings("The description for Event ID '1073741850' in Source 'Outlook' cannot be found.  "
              "The following information is part of the event:'one', 'two'"),
      "[one][two]");
  EXPECT_EQ(
      strings("The description for Event ID ( 26 ) in Source ( Outlook ) cannot be found. The "
              "following information is part of the event: Connection lost.."),
      "[Connection lost.]");
  EXPECT_EQ(strings("Outlook 26 is fine"), "none");
  EXPECT_EQ(strings("Connection lost."), "none");
}

}  // namespace
}  // namespace dropscope::event_export
