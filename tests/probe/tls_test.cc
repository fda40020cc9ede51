// What a session of TLS says to servers that do not agree. Servers that do are in tests/live.

#include "probe/tls.h"

#include <gtest/gtest.h>

namespace dropscope::probe {
namespace {

#ifdef _WIN32
TEST(Tls, IsNotThereOnWindows) {
  const auto session = make_tls_session("mail.example");
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, ErrorCode::Unsupported);
}
#else
/// What the session says to the first bytes of a server.
std::string problem_with(const std::string& host, std::string_view bytes) {
  auto session = make_tls_session(host);
  EXPECT_TRUE(session);
  if (!session) return {};
  const TlsSession::Step hello = (*session)->start();
  EXPECT_TRUE(hello.problem.empty()) << hello.problem;
  EXPECT_TRUE(hello.to_send.starts_with("\x16\x03"));
  // The name is told in the clear, an address is none.
  EXPECT_EQ(hello.to_send.find("mail.example") != std::string::npos, host == "mail.example");
  EXPECT_FALSE((*session)->ready());
  const TlsSession::Step step = (*session)->receive(bytes);
  EXPECT_FALSE((*session)->ready());
  return step.problem;
}

TEST(Tls, SaysWhatAServerWithoutItSays) {
  EXPECT_EQ(problem_with("mail.example", "220 mail ready\r\n"),
            "the server does not speak TLS on this port, it says \"220 mail ready\"; leave out "
            "--tls");
  EXPECT_EQ(problem_with("192.0.2.7", std::string_view("\x15\x03\x03\0\x02\x02\x28", 7)),
            "the server refuses TLS with the alert \"handshake failure\"");
  // Not enough to tell.
  EXPECT_EQ(problem_with("2001:db8::7", std::string_view("\x16\x03\x03", 3)), "");
  EXPECT_TRUE(problem_with("mail.example", std::string_view("\x16\x03\x03\0\x04\x01\0\0\0", 9))
                  .starts_with("TLS failed: "));
}
#endif

}  // namespace
}  // namespace dropscope::probe
