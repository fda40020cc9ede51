#include "formats/capture/opening.h"

#include <gtest/gtest.h>

#include <string>

#include "formats/capture/packets.h"

namespace dropscope::capture {
namespace {

using test::Buffer;

/// A ClientHello with a padding extension before the server name.
std::string client_hello(const std::string& name, std::size_t padding = 20) {
  const std::string list = Buffer().u8(0).u16(name.size()).text(name).bytes;
  const std::string extension = Buffer()
                                    .u16(21)
                                    .u16(padding)
                                    .zeros(padding)
                                    .u16(0)
                                    .u16(list.size() + 2)
                                    .u16(list.size())
                                    .text(list)
                                    .bytes;
  const std::string body = Buffer()
                               .u16(0x0303)
                               .zeros(32)
                               .u8(4)
                               .u32(1)
                               .u16(2)
                               .u16(0x1301)
                               .u8(1)
                               .u8(0)
                               .u16(extension.size())
                               .text(extension)
                               .bytes;
  const std::string handshake = Buffer().u8(1).number(body.size(), 3).text(body).bytes;
  return Buffer().u8(22).u16(0x0301).u16(handshake.size()).text(handshake).bytes;
}

TEST(Opening, ServerNameOfAClientHello) {
  const std::string hello = client_hello("mail.example.test");
  const auto out = recognise_opening(as_bytes(hello), true);
  ASSERT_TRUE(out);
  EXPECT_EQ(out->application, Application::Tls);
  EXPECT_EQ(out->server_name, "mail.example.test");
  EXPECT_EQ(out->sent_by_client, true);
  // In pieces: more is asked for until the name is there.
  for (std::size_t size = 16; size < hello.size(); ++size) {
    EXPECT_FALSE(recognise_opening(as_bytes(hello.substr(0, size)), true)) << size;
    EXPECT_TRUE(recognise_opening(as_bytes(hello.substr(0, size)), false)) << size;
  }
  // One that is larger than is looked at is TLS without a name.
  const std::string large = client_hello("mail.example.test", 3000).substr(0, kOpeningBytes);
  ASSERT_TRUE(recognise_opening(as_bytes(large), true));
  EXPECT_EQ(recognise_opening(as_bytes(large), true)->server_name, "");
  // What is no name is not shown.
  EXPECT_EQ(recognise_opening(as_bytes(client_hello("a\nb")), true)->server_name, "");
}

TEST(Opening, Http) {
  const std::string request =
      "RPC_IN_DATA /rpc/rpcproxy.dll?ex01:6001 HTTP/1.1\r\nAccept: x\r\nhOST:  mail.example.test "
      "\r\n\r\n";
  auto out = recognise_opening(as_bytes(request), true);
  ASSERT_TRUE(out);
  EXPECT_EQ(out->application, Application::Http);
  EXPECT_EQ(out->method, "RPC_IN_DATA");
  EXPECT_EQ(out->path, "/rpc/rpcproxy.dll");
  EXPECT_EQ(out->server_name, "mail.example.test");
  EXPECT_FALSE(recognise_opening(as_bytes(request.substr(0, 60)), true));
  out = recognise_opening(as_bytes("CONNECT outlook.example.test:443 HTTP/1.1\r\n\r\n"), true);
  EXPECT_EQ(out->server_name, "outlook.example.test:443");
  EXPECT_EQ(recognise_opening(as_bytes("HTTP/1.1 200 OK\r\n\r\n"), true)->sent_by_client, false);
}

TEST(Opening, BindOfDceRpc) {
  const Guid mapi = *Guid::parse("{a4f1db00-ca47-1067-b31f-00dd010662da}");
  Buffer bind(false);
  bind.u8(5).u8(0).u8(11).u8(3).u32(0x10).u16(72).u16(0).u32(1);
  bind.u16(5840).u16(5840).u32(0).u8(1).zeros(3).u16(0).u8(1).u8(0);
  bind.text({reinterpret_cast<const char*>(mapi.bytes.data()), 16});
  const auto out = recognise_opening(as_bytes(bind.bytes), true);
  ASSERT_TRUE(out);
  EXPECT_EQ(out->application, Application::DceRpc);
  EXPECT_EQ(out->sent_by_client, true);
  EXPECT_EQ(out->interface, mapi);
  std::string response = bind.bytes.substr(0, 24);
  response[2] = 2;
  EXPECT_EQ(recognise_opening(as_bytes(response), true)->sent_by_client, false);
}

TEST(Opening, TooLittleAndNothingKnown) {
  EXPECT_FALSE(recognise_opening(as_bytes("GE"), true));
  EXPECT_EQ(recognise_opening(as_bytes("GE"), false)->application, Application::Unknown);
  EXPECT_EQ(recognise_opening(as_bytes("anything else at all"), true)->application,
            Application::Unknown);
}

TEST(Opening, Farewells) {
  const auto farewell = [](std::string_view text) { return is_farewell(as_bytes(text)); };
  using namespace std::string_view_literals;
  EXPECT_TRUE(farewell("\x15\x03\x03\x00\x02\x01\x00"sv));
  EXPECT_TRUE(farewell("\x17\x03\x03\x00\x13"sv));
  EXPECT_FALSE(farewell("\x17\x03\x03\x00\x14"sv));
  EXPECT_TRUE(farewell("HTTP/1.0 504 Gateway Time-out"));
  EXPECT_FALSE(farewell("HTTP/1.1 200 OK"));
  EXPECT_FALSE(farewell(""));
}

}  // namespace
}  // namespace dropscope::capture
