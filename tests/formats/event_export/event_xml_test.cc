#include "formats/event_export/event_xml.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "base/utf16.h"
#include "formats/event_export/xml_scanner.h"

namespace dropscope::event_export {
namespace {

struct Found {
  std::vector<Record> events;
  std::vector<Trouble> troubles;
};

Found read(Bytes bytes) {
  Found found;
  EventXmlReader reader(bytes);
  reader.on_trouble([&](const Trouble& trouble) { found.troubles.push_back(trouble); });
  XmlEvent event;
  while (reader.next(event)) {
    Record& record = found.events.emplace_back();
    record.time = event.time;
    record.record_id = event.record_id;
    record.place = event.offset;
    record.event_id = event.event_id;
    record.level = event.level;
    record.provider = event.provider;
    record.channel = event.channel;
    record.computer = event.computer;
    record.user = event.user_id;
    decode_text(record.message, event.message);
    decode_items(event, record.items);
  }
  return found;
}
Found read(std::string_view text) {
  return read(as_bytes(text));
}

std::string event(int id, const std::string& data, const std::string& more = "") {
  return "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
         "<Provider Name='Outlook'/><EventID Qualifiers='16384'>" +
         std::to_string(id) +
         "</EventID><Level>4</Level><Task>0</Task><TimeCreated "
         "SystemTime='2025-09-12T18:16:56.1512470Z'/><EventRecordID>82784</EventRecordID>"
         "<Channel>Application</Channel><Computer>PC01.corp.example</Computer>"
         "<Security UserID='S-1-5-18'/></System><EventData>" +
         data + "</EventData>" + more + "</Event>";
}

TEST(EventXml, GivesTheFieldsOfAnEvent) {
  const Found found = read(
      event(26, "<Data>lost &amp; gone</Data><Data Name=\"Text\">b</Data><Binary>00ff</Binary>",
            "<RenderingInfo Culture='de-DE'><Message>Verloren</Message><Level>Info</Level>"
            "<Provider>Outlook 16</Provider></RenderingInfo>"));
  ASSERT_EQ(found.events.size(), 1u);
  const Record& e = found.events[0];
  EXPECT_EQ(e.provider, "Outlook");
  EXPECT_EQ(e.event_id, 26);
  EXPECT_EQ(e.level, 4);
  EXPECT_EQ(e.record_id, 82784u);
  EXPECT_EQ(e.channel, "Application");
  EXPECT_EQ(e.computer, "PC01.corp.example");
  EXPECT_EQ(e.user, "S-1-5-18");
  EXPECT_EQ(e.message, "Verloren");
  EXPECT_EQ(format_utc(e.time, 7), "2025-09-12T18:16:56.1512470Z");
  EXPECT_EQ(e.items, (std::vector<Item>{{"", "lost & gone"}, {"Text", "b"}, {"Binary", "00ff"}}));
  EXPECT_TRUE(found.troubles.empty());
}

TEST(EventXml, NeedsNoRootAndMindsNothingBetweenEvents) {
  const std::string text = "<?xml version='1.0'?>\n<Events>" + event(1, "") + "</Events>\n" +
                           "Sep 12 18:16:56 host forwarder: " + event(2, "") + " trailing\n" +
                           event(3, "") + event(4, "");
  const Found found = read(text);
  ASSERT_EQ(found.events.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(found.events[i].event_id, i + 1);
    EXPECT_EQ(text.substr(found.events[i].place, 6), "<Event");
  }
  EXPECT_TRUE(found.troubles.empty());
}

TEST(EventXml, ReadsWhatIsCopiedFromEventViewer) {
  const Found found = read(
      "- <Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\">\r\n- <System>\r\n"
      "  <Provider Name=\"Outlook\" /> \r\n  <EventID Qualifiers=\"16384\">26</EventID> \r\n"
      "  <TimeCreated SystemTime=\"2025-09-12T18:16:56.1512470Z\" /> \r\n"
      "  <Channel>Application</Channel> \r\n  <Computer>PC01</Computer> \r\n  <Security /> \r\n"
      "  </System>\r\n- <EventData>\r\n  <Data>lost</Data> \r\n  </EventData>\r\n  </Event>\r\n");
  ASSERT_EQ(found.events.size(), 1u);
  EXPECT_EQ(found.events[0].provider, "Outlook");
  EXPECT_EQ(found.events[0].items, (std::vector<Item>{{"", "lost"}}));
}

TEST(EventXml, TakesUserDataByTheNamesOfItsElements) {
  const Found found = read(
      "<Event><System><Provider Name=\"P\"/><EventID>104</EventID><TimeCreated "
      "SystemTime=\"2025-09-12T18:16:56Z\"/></System><UserData><LogFileCleared xmlns:auto-ns2='x'>"
      "<SubjectUserName>anna</SubjectUserName><List><Item>1</Item><Item/></List></LogFileCleared>"
      "</UserData></Event>");
  ASSERT_EQ(found.events.size(), 1u);
  EXPECT_EQ(found.events[0].items,
            (std::vector<Item>{{"SubjectUserName", "anna"}, {"Item", "1"}, {"Item", ""}}));
}

TEST(EventXml, UnderstandsSectionsCommentsAndNumbers) {
  const Found found = read(event(
      1,
      "<!-- </Event> --><Data><![CDATA[a </Data></Event> <b>]]>&#228;&#x20AC;<!-- x --></Data>"));
  ASSERT_EQ(found.events.size(), 1u);
  EXPECT_EQ(found.events[0].items, (std::vector<Item>{{"", "a </Data></Event> <b>ä€"}}));
}

TEST(EventXml, ReadsUtf16OfBothOrders) {
  std::string text = "<Events>";
  // More than one block of the window, with characters of every length.
  for (int i = 0; i < 2000; ++i)
    text += event(i, "<Data>Größe 連線 𝄞 " + std::string(200, 'x') + "</Data>\n");
  text += "</Events>";
  for (const bool big : {false, true}) {
    std::u16string units = u"\xfeff" + to_utf16(text);
    if (big) {
      for (char16_t& unit : units) unit = static_cast<char16_t>((unit >> 8) | (unit << 8));
    }
    const Bytes bytes(reinterpret_cast<const std::byte*>(units.data()), units.size() * 2);
    const Found found = read(bytes);
    EXPECT_TRUE(found.troubles.empty());
    ASSERT_EQ(found.events.size(), 2000u);
    for (std::size_t i = 0; i < 2000; ++i) {
      ASSERT_EQ(found.events[i].event_id, i);
      ASSERT_EQ(found.events[i].items[0].text.substr(0, 20),
                std::string("Größe 連線 𝄞 ").substr(0, 20));
      ASSERT_EQ(units[found.events[i].place / 2], big ? 0x3c00 : u'<');
    }
  }
}

TEST(EventXml, ReadsThePageOfTheConsole) {
  const Found found = read(event(1,
                                 "<Data>ge\x94"
                                 "ffnet</Data>") +
                           event(2,
                                 "<Data>ge\xf6"
                                 "ffnet</Data>") +
                           event(3, "<Data>geöffnet</Data>"));
  ASSERT_EQ(found.events.size(), 3u);
  for (const Record& record : found.events) EXPECT_EQ(record.items[0].text, "geöffnet");
}

TEST(EventXml, CountsACutEventAndUsesTheOthers) {
  const std::string text = event(1, "<Data>one</Data>") + "\n" + event(2, "<Data>two</Data>");
  for (const std::size_t cut : {text.size() - 1, text.size() - 30, text.size() - 250}) {
    const Found found = read(std::string_view(text).substr(0, cut));
    ASSERT_EQ(found.events.size(), 1u) << cut;
    EXPECT_EQ(found.events[0].event_id, 1);
    ASSERT_EQ(found.troubles.size(), 1u);
    EXPECT_EQ(found.troubles[0].line, 2u);
    EXPECT_EQ(found.troubles[0].lost_events, 1u);
  }
}

TEST(EventXml, CountsAnEventWhoseBeginningIsMissing) {
  const std::string text = event(1, "<Data>one</Data>") + "\n" + event(2, "<Data>two</Data>");
  const Found found = read(std::string_view(text).substr(100));
  ASSERT_EQ(found.events.size(), 1u);
  EXPECT_EQ(found.events[0].event_id, 2);
  EXPECT_EQ(found.troubles.size(), 1u);
}

TEST(EventXml, NeverMakesOneEventOfTwoHalves) {
  const std::string a = event(1, "<Data>one</Data>");
  const std::string b = event(2, "<Data>two</Data>");
  const std::string c = event(3, "<Data>three</Data>");
  const std::string noise("\xdf\xf6\x01\xc9\xe1\x31\x00\x90", 8);
  const std::size_t data = a.find("one");
  // Overwritten from the middle of one text to the middle of the next event's: all tags nest.
  const Found found = read(a.substr(0, data + 1) + noise + b.substr(data + 1) + c);
  ASSERT_EQ(found.events.size(), 1u);
  EXPECT_EQ(found.events[0].event_id, 3);
  EXPECT_EQ(found.troubles.size(), 1u);
  // Joined without a trace at another place: they do not nest.
  const Found joined = read(a.substr(0, 150) + b.substr(60) + c);
  ASSERT_EQ(joined.events.size(), 1u);
  EXPECT_EQ(joined.events[0].event_id, 3);
}

TEST(EventXml, SaysWhatAnEventLacks) {
  const Found found = read(
      "<Event><System><Provider Name='P'/><TimeCreated SystemTime='2025-09-12T18:16:56Z'/></System>"
      "</Event>\n<Event><System><EventID>1</EventID><TimeCreated SystemTime='yesterday'/></System>"
      "</Event>");
  EXPECT_TRUE(found.events.empty());
  ASSERT_EQ(found.troubles.size(), 2u);
  EXPECT_NE(found.troubles[0].what.find("EventID"), std::string::npos);
  EXPECT_NE(found.troubles[1].what.find("yesterday"), std::string::npos);
  EXPECT_EQ(found.troubles[1].line, 2u);
}

TEST(EventXml, RecognisesEventsOnly) {
  EXPECT_TRUE(holds_event_xml("x <Event xmlns='y'>\n - <System>"));
  EXPECT_TRUE(holds_event_xml("<Event>\n<!-- c --><System />"));
  EXPECT_FALSE(holds_event_xml("<Events><Event id='1'><Name>concert</Name></Event></Events>"));
  EXPECT_FALSE(holds_event_xml("<EventLog><System>"));
  EXPECT_FALSE(holds_event_xml("<Event/><System>"));
  EXPECT_FALSE(holds_event_xml("<Event><Systems>"));
}

TEST(EventXml, TakesTheDataOfFragments) {
  std::vector<Item> items;
  data_of_fragment(
      "<EventData xmlns=\"x\">\r\n  <Data Name=\"Port\">443</Data><Data>&lt;</Data>"
      "</EventData>",
      items);
  EXPECT_EQ(items, (std::vector<Item>{{"Port", "443"}, {"", "<"}}));
  items.clear();
  data_of_fragment(
      "<DataItem type=\"System.XmlData\"><EventData><Data>a</Data></EventData></DataItem>", items);
  EXPECT_EQ(items, (std::vector<Item>{{"", "a"}}));
  items.clear();
  data_of_fragment("<Param>a</Param><Param>b</Param><Param>", items);
  EXPECT_EQ(items, (std::vector<Item>{{"", "a"}, {"", "b"}}));
}

}  // namespace
}  // namespace dropscope::event_export
