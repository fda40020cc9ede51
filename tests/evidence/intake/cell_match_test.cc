#include "evidence/intake/cell_match.h"

#include <gtest/gtest.h>

#include "evidence/catalogue/catalogue.h"
#include "evidence/intake/picture_table.h"

namespace dropscope {
namespace {

const StatusWords& words() {
  static const Catalogue kCatalogue = *Catalogue::load();
  return kCatalogue.status_words;
}

std::string read_as(StatusColumn column, std::string_view text, double confidence = 0.9) {
  return match_cell(column, {{std::string(text), confidence}}, words()).text;
}

TEST(CellMatch, WhatLooksAlikeIsNear) {
  EXPECT_EQ(looks_distance("Established", "established"), 0);
  EXPECT_LT(looks_distance("Estab1ished", "Established"), 0.5);
  EXPECT_LT(looks_distance("outlook. office365.com", "outlook.office365.com"), 0.5);
  EXPECT_EQ(looks_distance("EXBE01", "EXBE02"), 1);
  EXPECT_EQ(looks_distance("", "abc"), 3);
}

TEST(CellMatch, FindsTheWordsOfAColumn) {
  EXPECT_EQ(read_as(StatusColumn::Status, "Estab1ished"), "Established");
  EXPECT_EQ(read_as(StatusColumn::SessType, "Foregraund"), "Foreground");
  EXPECT_EQ(read_as(StatusColumn::Type, "Exchange Mai!"), "Exchange Mail");
  EXPECT_EQ(read_as(StatusColumn::Encrypt, "SSL [N0]"), "SSL [No]");
  EXPECT_EQ(read_as(StatusColumn::Authn, "Clear [Anonym0us]"), "Clear [Anonymous]");
  EXPECT_EQ(read_as(StatusColumn::Conn, "---"), "---");
  EXPECT_EQ(read_as(StatusColumn::ServerName, "EXBEO1"), "EXBE01");
  EXPECT_EQ(read_as(StatusColumn::Cid,
                    "\xe2\x80\x98"
                    "11"),
            "11");
}

TEST(CellMatch, PartsOfSharedNamesAreKnown) {
  EXPECT_EQ(read_as(StatusColumn::Interface, "Intel(R) Ethernet Connection (4) 1219-LM"),
            "Intel(R) Ethernet Connection (4) I219-LM");
  EXPECT_EQ(read_as(StatusColumn::Interface, "Realtek PCle GbE Family Controller"),
            "Realtek PCIe GbE Family Controller");
  EXPECT_EQ(read_as(StatusColumn::ServerName, "https://outiook.iris.example/mapi/emsmdb/"),
            "https://outlook.iris.example/mapi/emsmdb/");
  // Another digit is another adapter, and a part of a name is not the name.
  EXPECT_EQ(read_as(StatusColumn::Interface, "Intel(R) Wi-Fi 6 AX231"), "Intel(R) Wi-Fi 6 AX231");
  EXPECT_EQ(read_as(StatusColumn::ServerName, "MAIL.mai12.example"), "MAIL.mai12.example");
}

TEST(CellMatch, LettersInAColumnOfDigitsAreDigits) {
  EXPECT_EQ(read_as(StatusColumn::AvgProc, "il"), "11");
  EXPECT_EQ(read_as(StatusColumn::ReqFail, "1O4/S"), "104/5");
  EXPECT_EQ(read_as(StatusColumn::AvgResp, "x47"), "47");
}

TEST(CellMatch, AProtocolThatMayBeAnotherIsNotSure) {
  // A letter less of RPC/HTTP is nearer to it than to the others; what is left of a cut cell is
  // not.
  EXPECT_EQ(read_as(StatusColumn::Protocol, "RPC/HTIP"), "RPC/HTTP");
  for (const char* text : {"RPC/", "RPC/...", "RPC/T", "P/HTTP", "PC/TTP", "TTP", "xxxx"}) {
    const Opinion cell = match_cell(StatusColumn::Protocol, {{text, 0.95}}, words());
    EXPECT_LT(cell.confidence, kLeastProtocolConfidence) << text << " read as " << cell.text;
  }
  // Two readings that are different protocols.
  const Opinion torn =
      match_cell(StatusColumn::Protocol, {{"RPC/HTTP", 0.9}, {"HTTP", 0.9}}, words());
  EXPECT_LT(torn.confidence, kLeastProtocolConfidence);
  EXPECT_GE(match_cell(StatusColumn::Protocol, {{"HTTP", 0.9}, {"HTTP", 0.8}}, words()).confidence,
            kLeastProtocolConfidence);
}

TEST(CellMatch, KnowsHeadersThatAreCutOrBadlyRead) {
  EXPECT_EQ(match_header({{"cID", 0.6}}, words())->column, StatusColumn::Cid);
  EXPECT_EQ(match_header({{"5MTP Address", 0.6}}, words())->column, StatusColumn::SmtpAddress);
  EXPECT_EQ(match_header({{"SMTP Ad...", 0.9}}, words())->column, StatusColumn::SmtpAddress);
  EXPECT_FALSE(match_header({{"Inbox", 0.9}}, words()));
  EXPECT_FALSE(match_header({{"", 0.9}}, words()));
}

TEST(CellMatch, OpinionsVote) {
  EXPECT_EQ(vote({{"a", 0.5}, {"b", 0.6}, {"a", 0.5}}).text, "a");
  EXPECT_GT(vote({{"a", 0.8}, {"a", 0.8}}).confidence, 0.8);
  EXPECT_LT(vote({{"a", 0.8}, {"b", 0.8}}).confidence, 0.5);
  EXPECT_EQ(vote({}).text, "");
}

TEST(CellMatch, NamesSettleOnTheSurestAndOnKnownOnes) {
  Opinion a{"mail.contoso.example", 0.9};
  Opinion b{"mai1.contoso.example", 0.6};
  Opinion c{"mail2.contoso.example", 0.7};
  settle_alike({&a, &b, &c}, {});
  EXPECT_EQ(b.text, "mail.contoso.example");
  EXPECT_EQ(c.text, "mail2.contoso.example") << "another server";
  Opinion d{"exbeo1.corp.example", 0.4};
  settle_alike({&d}, {"exbe01.corp.example"});
  EXPECT_EQ(d.text, "exbe01.corp.example");
  EXPECT_GE(d.confidence, 0.9);
}

TEST(CellMatch, RowsWithoutAnythingOfTheWindowAreLeftOut) {
  PictureReading reading;
  reading.columns = {{"sess-type", "Sess Type"}, {"cid", "CID"}, {"protocol", "Protocol"}};
  const auto cell = [](const char* text, double confidence) {
    PictureCell out;
    out.text = text;
    out.confidence = confidence;
    return out;
  };
  reading.rows.push_back({{cell("Cache", 0.9), cell("7", 0.9), cell("HTTP", 0.6)}});
  reading.rows.push_back({{cell("Reconnect", 0.9), cell("", 1), cell("", 1)}});
  reading.rows.push_back({{cell("Foreground", 0.3), cell("8", 0.9), cell("RPC/TCP", 0.9)}});
  settle_picture(reading, {});
  const PictureRows rows = rows_of_picture(reading, words());
  ASSERT_EQ(rows.rows.size(), 2u);
  EXPECT_EQ(rows.rows[0][StatusColumn::SessType], "Cache");
  EXPECT_EQ(rows.rows[0][StatusColumn::Protocol], "") << "not sure enough to tell a protocol";
  EXPECT_EQ(rows.rows[1][StatusColumn::Protocol], "RPC/TCP");
  EXPECT_EQ(rows.rows[1].place, 3u);
  EXPECT_FALSE(rows.sessions_known);
  EXPECT_EQ(rows.doubtful_cells, 2u);
}

}  // namespace
}  // namespace dropscope
