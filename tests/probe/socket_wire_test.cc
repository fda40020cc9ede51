// The wire made of sockets, on loopback.

#include "probe/socket_wire.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>

namespace dropscope::probe {
namespace {

TEST(SocketWire, AHostThatHasMovedIsFoundOnceItIsLookedUpAgain) {
  auto old_place = listen_on(*IpEndpoint::parse("127.0.0.1:0"));
  auto new_place = listen_on(*IpEndpoint::parse("127.0.0.1:0"));
  ASSERT_TRUE(old_place && new_place);
  const IpEndpoint before = local_of(*old_place);
  const IpEndpoint after = local_of(*new_place);
  // The thread of a look-up may outlive the test.
  const auto moved = std::make_shared<std::atomic<bool>>(false);
  const auto wires =
      make_socket_wires({{"moving.example", 1}}, [=](const std::string& host, std::uint16_t) {
        EXPECT_EQ(host, "moving.example");
        return resolve("127.0.0.1", *moved ? after.port : before.port);
      });
  ASSERT_TRUE(wires);
  EXPECT_EQ(wires->addresses.front(), before.to_string());
  Wire& wire = *wires->wire;
  const auto first = wire.open({});
  ASSERT_TRUE(first);
  EXPECT_EQ(wire.peer(*first), before);
  *moved = true;
  // Until the answer is there, the old address is used; then the new one.
  IpEndpoint peer = before;
  for (int i = 0; i < 1000 && peer == before; ++i) {
    wire.renew(0);
    std::vector<WireEvent> events;
    wire.wait(wire.now() + 0.01, events);
    const auto next = wire.open({});
    ASSERT_TRUE(next);
    peer = wire.peer(*next);
    wire.close(*next);
  }
  EXPECT_EQ(peer, after);
}

TEST(SocketWire, AnAddressIsNoName) {
  std::atomic<int> asked = 0;
  const auto wires =
      make_socket_wires({{"127.0.0.1", 9}}, [&](const std::string& host, std::uint16_t port) {
        ++asked;
        return resolve(host, port);
      });
  ASSERT_TRUE(wires);
  wires->wire->renew(0);
  EXPECT_EQ(asked, 1);
}

}  // namespace
}  // namespace dropscope::probe
