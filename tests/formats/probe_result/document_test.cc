#include "formats/probe_result/document.h"

#include <gtest/gtest.h>

#include <string>

namespace dropscope::probe_result {
namespace {

const std::string kGood =
    R"({"schema": "dropscope.probe/1", "tool": {"name": "dropscope", "version": "1.2"},)"
    R"( "host": "mail.example", "port": 443, "address": "192.0.2.7:443",)"
    R"( "finding": {"mechanism": "packet-filter", "end": "silent", "seconds": 300.5,)"
    R"( "accuracy_s": 2.5, "complete": true, "sentence": "s", "notes": []},)"
    R"( "options": {}, "seen": {"unanswered": false, "samples": [{"outcome": 7}], "controls": []}})";

TEST(ProbeResult, TellsWhatWasFound) {
  EXPECT_TRUE(is_document(as_bytes(kGood)));
  const auto document = read(kGood);
  ASSERT_TRUE(document) << document.error().text();
  EXPECT_EQ(document->version, "1.2");
  EXPECT_EQ(document->host, "mail.example");
  EXPECT_EQ(document->port, 443);
  EXPECT_EQ(document->address, "192.0.2.7:443");
  EXPECT_EQ(document->mechanism, Mechanism::PacketFilter);
  EXPECT_EQ(document->seconds, 300.5);
  EXPECT_EQ(document->accuracy_s, 2.5);
  EXPECT_TRUE(document->complete);
  EXPECT_FALSE(document->unanswered);
}

TEST(ProbeResult, TellsTheProtocol) {
  const auto protocol = [](const std::string& schema, const std::string& options) {
    std::string text = kGood;
    text.replace(text.find("probe/1"), 7, schema);
    text.replace(text.find("\"options\": {}"), 13, "\"options\": {" + options + "}");
    const auto document = read(text);
    return document ? document->protocol : document.error().message;
  };
  EXPECT_EQ(protocol("probe/1", R"("payload": "http")"), "HTTP");
  EXPECT_EQ(protocol("probe/1", R"("payload": "none")"), "");
  EXPECT_EQ(protocol("probe/2", R"("payload": "echo", "tls": false)"), "");
  EXPECT_EQ(protocol("probe/2", R"("payload": "none", "tls": true)"), "TLS");
  EXPECT_EQ(protocol("probe/2", R"("payload": "http", "tls": false)"), "HTTP");
  EXPECT_EQ(protocol("probe/2", R"("payload": "http", "tls": true)"), "HTTPS");
  EXPECT_EQ(protocol("probe/2", R"("payload": "long-poll", "tls": true)"), "HTTPS long poll");
}

TEST(ProbeResult, OtherDocumentsAreNotTakenForOne) {
  EXPECT_FALSE(is_document(as_bytes(std::string(R"({"schema": "dropscope.scope/1"})"))));
  EXPECT_FALSE(is_document(as_bytes(std::string("the schema \"dropscope.probe/1\""))));
  EXPECT_FALSE(is_document({}));
}

TEST(ProbeResult, SaysWhatIsWrongWithADamagedOne) {
  const auto problem = [](const std::string& from, const std::string& to) {
    std::string text = kGood;
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    const auto document = read(text);
    return document ? std::string("read") : document.error().message;
  };
  EXPECT_NE(problem("probe/1", "probe/3").find("reads dropscope.probe/2"), std::string::npos);
  EXPECT_NE(problem("probe/1", "probe/2").find("\"payload\""), std::string::npos);
  EXPECT_NE(problem("300.5", "-1").find("\"seconds\""), std::string::npos);
  EXPECT_NE(problem("300.5", "1e300").find("\"seconds\""), std::string::npos);
  EXPECT_NE(problem("300.5", "null").find("the length of the time-out"), std::string::npos);
  EXPECT_NE(problem("2.5", "null").find("\"accuracy_s\""), std::string::npos);
  EXPECT_NE(problem("packet-filter", "packet-eater").find("\"mechanism\""), std::string::npos);
  EXPECT_NE(problem("443", "0").find("\"port\""), std::string::npos);
  EXPECT_NE(problem("\"unanswered\"", "\"answered\"").find("unanswered"), std::string::npos);
  EXPECT_NE(problem("]}}", "]}").find("no JSON"), std::string::npos);
  // Without a time-out there need not be a length.
  EXPECT_EQ(problem(R"("packet-filter", "end": "silent", "seconds": 300.5)",
                    R"("unreachable", "end": null, "seconds": null)"),
            "read");
}

}  // namespace
}  // namespace dropscope::probe_result
