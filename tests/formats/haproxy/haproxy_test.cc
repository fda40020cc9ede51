#include "formats/haproxy/haproxy.h"

#include <gtest/gtest.h>

#include <string>

#include "formats/text/line_reader.h"

namespace dropscope::haproxy {
namespace {

TEST(Haproxy, ReadsTheExampleOfTheManual) {
  // HAProxy's manual, section 8.2.2.
  Session session;
  ASSERT_TRUE(parse(
      "haproxy[14387]: 10.0.1.2:33313 [06/Feb/2009:12:12:51.443] fnt bck/srv1 0/0/5007 212 -- "
      "0/0/0/0/3 0/0",
      session));
  EXPECT_EQ(session.form, Form::Tcp);
  EXPECT_EQ(session.prefix, "haproxy[14387]: ");
  EXPECT_EQ(session.client, "10.0.1.2:33313");
  EXPECT_EQ(format_utc(*from_civil_utc(session.accepted), 3), "2009-02-06T12:12:51.443Z");
  EXPECT_EQ(session.frontend, "fnt");
  EXPECT_EQ(session.backend, "bck");
  EXPECT_EQ(session.server, "srv1");
  EXPECT_EQ(session.total_ms(), 5007);
  EXPECT_EQ(session.bytes, 212u);
  EXPECT_EQ(session.state, "--");
  EXPECT_EQ(session.rest, " 0/0/0/0/3 0/0");
}

TEST(Haproxy, ReadsHttpLinesAndFailures) {
  Session session;
  ASSERT_TRUE(parse(
      "<134>Jul 18 17:05:30 localhost haproxy[8247]: 188.223.50.7:51940 [18/Jul/2011:17:05:24.339] "
      "http_proxy_ads http_proxy_ads/<NOSRV> -1/-1/-1/-1/6001 408 212 - - cR-- 100/89/0/0/0 0/0 "
      "\"<BADREQ>\"",
      session));
  EXPECT_EQ(session.form, Form::Http);
  EXPECT_EQ(session.status, 408);
  EXPECT_EQ(session.state, "cR--");
  EXPECT_EQ(session.server, "<NOSRV>");
  EXPECT_EQ(session.connect, -1);
  EXPECT_EQ(session.total_ms(), 6001);

  ASSERT_TRUE(parse("::1:50033 [28/Feb/2025:02:43:10.123] frontend/backend: SSL handshake failure",
                    session));
  EXPECT_EQ(session.form, Form::Failure);
  EXPECT_EQ(session.frontend, "frontend");
  EXPECT_EQ(session.message, "SSL handshake failure");
  EXPECT_EQ(parse_endpoint(session.client)->to_string(), "[::1]:50033");

  ASSERT_TRUE(
      parse("1.2.3.4:5 [09/Dec/2013:12:59:46.633] f b/s 0/51536/1/48082/+99627 200 +83285 - "
            "- ---- 87/87/87/1/0 0/67",
            session));
  EXPECT_TRUE(session.unfinished);
  EXPECT_EQ(session.total_ms(), 99627);
  EXPECT_EQ(session.bytes, 83285u);
}

TEST(Haproxy, TakesNoOtherLine) {
  Session session;
  for (const std::string_view line :
       {"1.2.3.4 - - [29/Jul/2023:10:26:06 -0700] \"GET / HTTP/1.1\" 200 157",
        "10.0.1.2:33313 [06/Feb/2009:12:12:51.443] fnt bck/srv1 0/0/5007 212 --",
        "10.0.1.2:33313 [06/Feb/2009:12:12:51.443] fnt bck/srv1 0/0 212 -- 0/0/0/0/3 0/0",
        "10.0.1.2:33313 [06/Feb/2009:12:12:51.443] fnt bck/srv1 0/0/5007 212 XX 0/0/0/0/3 0/0",
        "10.0.1.2:33313 [06/Feb/2009:12:12:51.443]",
        "[06/Feb/2009:12:12:51.443] f b/s 1/1/1 2 -- 1/1",
        "'10.0.1.2:33313 [06/Feb/2009:12:12:51.443] fnt bck/srv1 0/0/5007 212 -- 0/0/0/0/3 0/0'",
        "[", ""}) {
    EXPECT_FALSE(parse(line, session)) << line;
  }
}

TEST(Haproxy, RefusesATimeThatNoCounterHolds) {
  Session session;
  const std::string head =
      "haproxy[1]: 10.0.1.2:33313 [06/Feb/2009:12:12:51.443] fnt bck/srv1 0/0/";
  const std::string tail = " 212 -- 0/0/0/0/3 0/0";
  EXPECT_TRUE(parse(head + "1000000000000" + tail, session));
  EXPECT_FALSE(parse(head + "1000000000001" + tail, session));
  EXPECT_FALSE(parse(head + "362202162202100003" + tail, session));
}

TEST(Haproxy, ReadsWhatIsSaidOfServers) {
  const auto down = parse_notice(
      "Server bk_exchange/ex02 is DOWN, reason: Layer7 wrong status, code: 503, check duration: "
      "12ms. 1 active and 0 backup servers left.");
  ASSERT_TRUE(down);
  EXPECT_EQ(down->kind, Notice::Kind::ServerDown);
  EXPECT_EQ(down->backend, "bk_exchange");
  EXPECT_EQ(down->server, "ex02");
  EXPECT_EQ(down->reason, "Layer7 wrong status, code: 503");
  const auto up =
      parse_notice("Server bk/ex01 is UP, reason: Layer4 check passed, check duration: 0ms.");
  ASSERT_TRUE(up);
  EXPECT_EQ(up->kind, Notice::Kind::ServerUp);
  EXPECT_EQ(parse_notice("backend bk has no server available!")->kind, Notice::Kind::BackendEmpty);
  EXPECT_TRUE(parse_notice("Proxy prod_http_in started."));
  EXPECT_FALSE(parse_notice("something else"));
}

// Cutting a line anywhere must not make another line of it, except in its last number.
TEST(Haproxy, EveryCutIsRefusedOrTheSameSession) {
  const std::string line =
      "Sep  1 12:31:00 lb1 haproxy[29217]: 10.20.100.10:20059 [01/Sep/2025:08:08:18.711] "
      "fe_exchange "
      "bk_exchange/ex01 1/3/15762047 559914 CD 29/29/29/14/0 0/0";
  for (std::size_t size = 0; size <= line.size(); ++size) {
    Session session;
    if (!parse(std::string_view(line).substr(0, size), session)) continue;
    EXPECT_EQ(session.total, 15762047);
    EXPECT_EQ(session.state, "CD");
  }
}

}  // namespace
}  // namespace dropscope::haproxy
