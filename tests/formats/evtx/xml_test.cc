#include "formats/evtx/xml.h"

#include <gtest/gtest.h>

#include "formats/evtx/binxml_bytes.h"
#include "formats/evtx/xml_check.h"

namespace dropscope::evtx {
namespace {

using test::BinXmlBytes;
using test::XmlCheck;

std::string render(const BinXmlBytes& bytes) {
  BinXmlReader reader;
  reader.begin_chunk(bytes.bytes());
  const auto fragment = reader.fragment(kChunkHeaderBytes, bytes.pos() - kChunkHeaderBytes);
  if (!fragment) return std::string("error: ") + reader.error().what;
  std::string out;
  append_xml(out, reader, *fragment);
  std::string error;
  EXPECT_TRUE(XmlCheck::parse(out, &error)) << error << "\n" << out;
  return out;
}

std::string escaped(std::string_view text, bool attribute = false) {
  std::string out;
  append_xml_escaped(out, text, attribute);
  return out;
}

TEST(EvtxXml, EscapesTextAndAttributes) {
  EXPECT_EQ(escaped("a<b>&'\"\t\r\n"), "a&lt;b&gt;&amp;'\"\t\r\n");
  EXPECT_EQ(escaped("a<b>&'\"\t\r\n", true), "a&lt;b&gt;&amp;&apos;\"&#9;&#13;&#10;");
  EXPECT_EQ(escaped(""), "");
}

TEST(EvtxXml, CharactersThatXmlDoesNotAllowAreReplaced) {
  const std::string mark = "\xef\xbf\xbd";
  for (char c = 0; c < 0x20; ++c) {
    const std::string text = {'a', c, 'b'};
    const bool allowed = c == '\t' || c == '\n' || c == '\r';
    EXPECT_EQ(escaped(text), allowed ? text : "a" + mark + "b") << static_cast<int>(c);
  }
  EXPECT_EQ(escaped("\xef\xbf\xbe\xef\xbf\xbf!"), mark + mark + "!");
  EXPECT_EQ(escaped("\xef\xbf\xbd"), mark);
  EXPECT_EQ(escaped("\x7f\xc2\x85 é € 😀"), "\x7f\xc2\x85 é € 😀");
}

TEST(EvtxXml, NamesAreMadeNames) {
  BinXmlBytes b;
  b.header().open(u"a b", true).attribute(u"1x").text(u"1").close();
  b.open(u"").close_empty();
  b.open(u"-.é:Ω").close_empty();
  b.open(u"ok-1.2_Ж中").close().end();
  b.open(u"𝒳\xffff<>").close_empty();
  b.end().eof();
  EXPECT_EQ(render(b), "<a_b _x='1'><_/><_.é_Ω/><ok-1.2_Ж中></ok-1.2_Ж中><_____/></a_b>");
}

TEST(EvtxXml, CharactersThatOnlyTheFifthEditionCallsLettersAreReplaced) {
  BinXmlBytes b;
  b.header().open(u"a\x0132\x0300\x037e\x2ff0").close_empty().eof();
  EXPECT_EQ(render(b), "<a____/>");
}

TEST(EvtxXml, AttributeGivenTwiceKeepsTheFirst) {
  BinXmlBytes b;
  b.header().open(u"E", true).attribute(u"a").text(u"1").attribute(u"a").text(u"2");
  b.attribute(u"b").text(u"3").close_empty().eof();
  EXPECT_EQ(render(b), "<E a='1' b='3'/>");
}

TEST(EvtxXml, PrefixesThatAreBoundStay) {
  BinXmlBytes b;
  b.header().open(u"S:Envelope", true).attribute(u"S:x").text(u"1");
  b.attribute(u"xmlns:S").text(u"urn:s").close();
  b.open(u"S:Body", true).attribute(u"xml:lang").text(u"de").close().text(u"t").end();
  b.end().eof();
  EXPECT_EQ(render(b),
            "<S:Envelope S:x='1' xmlns:S='urn:s'><S:Body xml:lang='de'>t</S:Body></S:Envelope>");
}

TEST(EvtxXml, PrefixesThatAreNotBoundBecomePartOfTheName) {
  BinXmlBytes b;
  b.header().open(u"E").close();
  b.open(u"S:A", true).attribute(u"xmlns:S").text(u"urn:s").close().end();
  b.open(u"S:B", true).attribute(u"T:x").text(u"1").attribute(u"T_x").text(u"2").close();
  b.open(u"S:C").close_empty().open(u"D").close().end().end();
  b.end().eof();
  EXPECT_EQ(render(b), "<E><S:A xmlns:S='urn:s'></S:A><S_B T_x='1'><S_C/><D></D></S_B></E>");
}

TEST(EvtxXml, DeclarationsThatXmlForbidsAreNoDeclarations) {
  BinXmlBytes b;
  b.header().open(u"p:E", true).attribute(u"xmlns:p").attribute(u"xmlns:xmlns").text(u"u");
  b.attribute(u"xmlns").text(u"http://www.w3.org/2000/xmlns/").close_empty().eof();
  EXPECT_EQ(render(b), "<p_E xmlns_p='' xmlns_xmlns='u'/>");
}

TEST(EvtxXml, TwoPrefixesOfOneNamespaceDoNotGiveAnAttributeTwice) {
  BinXmlBytes b;
  b.header().open(u"E", true).attribute(u"xmlns:p").text(u"u").attribute(u"xmlns:q").text(u"u");
  b.attribute(u"p:a").text(u"1").attribute(u"q:a").text(u"2").attribute(u"a").text(u"3");
  b.close_empty().eof();
  EXPECT_EQ(render(b), "<E xmlns:p='u' xmlns:q='u' p:a='1' a='3'/>");
}

TEST(EvtxXml, ReferencesToCharactersThatAreNoneAreReplaced) {
  BinXmlBytes b;
  b.header().open(u"E").close();
  for (const int unit : {0, 1, 9, 0xd800, 0xdfff, 0xfffe, 0xffff}) b.char_ref(unit);
  b.end().eof();
  EXPECT_EQ(render(b), "<E>&#65533;&#65533;&#9;&#65533;&#65533;&#65533;&#65533;</E>");
}

TEST(EvtxXml, InstructionsStayInside) {
  BinXmlBytes b;
  b.header().open(u"E").close().pi(u"XML", u"version").pi(u"a:b", u"?>?>?\x01\xffff").end().eof();
  EXPECT_EQ(render(b), "<E><?a_b ? >? >?\xef\xbf\xbd\xef\xbf\xbd?></E>");
}

TEST(EvtxXml, AppendsBehindWhatIsThere) {
  BinXmlBytes b;
  b.header().open(u"p:E", true).attribute(u"a").text(u"1").close().text(u"x").end().eof();
  BinXmlReader reader;
  reader.begin_chunk(b.bytes());
  const auto fragment = reader.fragment(kChunkHeaderBytes, b.pos() - kChunkHeaderBytes);
  ASSERT_TRUE(fragment);
  std::string out = "<kept a:b>";
  append_xml(out, reader, *fragment);
  append_xml(out, reader, *fragment);
  EXPECT_EQ(out, "<kept a:b><p_E a='1'>x</p_E><p_E a='1'>x</p_E>");
}

TEST(EvtxXml, TheCheckerOfTheseTestsRefusesWhatIsWrong) {
  EXPECT_TRUE(XmlCheck::parse("<a b='c'>t&amp;<d/><?p q?></a>"));
  for (const char* bad : {"<a>",
                          "</a>",
                          "<a></b>",
                          "<a b='1' b='2'/>",
                          "<a b='<'/>",
                          "<a b=\"1\"/>",
                          "&nbsp;",
                          "&#0;",
                          "&#xd;",
                          "a & b",
                          "<p:a/>",
                          "<1/>",
                          "<a b/>",
                          "<!--c-->",
                          "<?xml ?>",
                          "]]>",
                          "\x01",
                          "\xff",
                          "\xef\xbf\xbf",
                          "<a/",
                          "<a b='1'c='2'/>",
                          "<a xmlns:p=''/>"}) {
    EXPECT_FALSE(XmlCheck::parse(bad)) << bad;
  }
}

}  // namespace
}  // namespace dropscope::evtx
