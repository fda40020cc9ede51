// Any bytes as each of the lists that describe a computer's network, recognised or not.
#include "base/result.h"
#include "evidence/intake/connection_mode.h"
#include "evidence/intake/network_state.h"

namespace {
using namespace dropscope;

const Catalogue& catalogue() {
  static const Catalogue kCatalogue = *Catalogue::load();
  return kCatalogue;
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const EventMatcher kMatcher(catalogue());
  const Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  const ReadContext context{kMatcher, catalogue(), 20, {}, DateOrder::DayFirst};
  const Head head{bytes, std::string(as_text(bytes)), "fuzz", &catalogue()};
  Content content;
  content.bytes = bytes;
  for (const auto recognises :
       {is_netstat, is_net_tcp_connection, is_route_print, is_ipconfig, is_systeminfo,
        is_time_status, is_wireless_state, is_network_clixml, is_connection_mode}) {
    (void)recognises(head);
  }
  for (const auto read :
       {read_netstat, read_net_tcp_connection, read_route_print, read_ipconfig, read_systeminfo,
        read_time_status, read_wireless_state, read_network_clixml, read_connection_mode}) {
    const SourceIntake in = read(content, context);
    check(in.source.state != SourceState::Ignored, "no state");
    check(in.source.damage.size() <= 20, "more damages than are to be kept");
    for (const RawAddress& address : in.addresses) {
      check(is_own_address(address.use.address), "an address that says nothing");
    }
  }
  return 0;
}
