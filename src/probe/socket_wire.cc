// The time of an event is read as soon as the wait for the sockets returns.

#include "probe/socket_wire.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <future>
#include <map>
#include <system_error>
#include <thread>
#include <utility>

#include "probe/sockets.h"
#include "probe/tls.h"

namespace dropscope::probe {
namespace {

/// A wait takes no longer at a time, so that its milliseconds cannot overflow.
constexpr double kLongestWait = 60;
constexpr std::string_view kNoHandshake =
    "the server ends the connection instead of agreeing on TLS; leave out --tls if the port has "
    "none";

class SystemWire : public Wire {
 public:
  SystemWire(std::vector<HostPort> hosts, std::vector<SocketAddress> addresses, Resolver resolver)
      : hosts_(std::move(hosts)),
        addresses_(std::move(addresses)),
        resolver_(std::move(resolver)),
        renewals_(hosts_.size()) {}

  double now() override {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

  Result<int> open(const Opening& how) override {
    check(how.to < addresses_.size(), "a connection goes to one of the wire's addresses");
    std::unique_ptr<TlsSession> tls;
    if (how.tls) {
      auto session = make_tls_session(hosts_[how.to].host);
      if (!session) return fail(session.error());
      tls = std::move(*session);
    }
    take_renewal(how.to);
    const SocketAddress& address = addresses_[how.to];
    auto begun = connect_to(address, how.keep_alive_s, how.give_up_s);
    if (!begun) return fail(begun.error());
    const int id = next_id_++;
    open_[id] =
        Connection{std::move(begun->socket), std::move(tls), endpoint_of(address), false, false};
    if (begun->done) {
      reached(id);
    } else {
      end_if(id, begun->problem);
    }
    return id;
  }

  void send(int id, std::string_view bytes) override {
    const auto found = open_.find(id);
    if (found == open_.end()) return;
    Connection& one = found->second;
    if (one.tls == nullptr) {
      transmit(id, bytes);
    } else if (!one.ended && one.tls->ready()) {
      take(id, one.tls->send(bytes));
    }
  }

  bool acknowledged(int id) override {
    const auto found = open_.find(id);
    // Where the system does not tell, it gives up by itself what is not answered.
    return found != open_.end() && probe::acknowledged(found->second.socket).value_or(true);
  }

  IpEndpoint local(int id) override {
    const auto found = open_.find(id);
    return found == open_.end() ? IpEndpoint{} : local_of(found->second.socket);
  }

  IpEndpoint peer(int id) override {
    const auto found = open_.find(id);
    return found == open_.end() ? IpEndpoint{} : found->second.peer;
  }

  void renew(std::size_t to) override {
    take_renewal(to);
    const HostPort& host = hosts_[to];
    // One look-up at a time: without a network, each takes as long as the system is patient.
    if (renewals_[to].valid() || IpAddress::parse(host.host)) return;
    std::promise<Result<SocketAddress>> promise;
    renewals_[to] = promise.get_future();
    try {
      // Not waited for: a look-up cannot be broken off, and the end of the program must not wait.
      std::thread([promise = std::move(promise), resolver = resolver_, host]() mutable {
        promise.set_value(resolver(host.host, host.port));
      }).detach();
    } catch (const std::system_error&) {
      renewals_[to] = {};  // No thread to be had: the address stays.
    }
  }

  void close(int id) override { open_.erase(id); }

  void wait(double until, std::vector<WireEvent>& events) override {
    if (pending_.empty()) wait_until(until);
    events.insert(events.end(), pending_.begin(), pending_.end());
    pending_.clear();
  }

 private:
  struct Connection {
    Socket socket;
    std::unique_ptr<TlsSession> tls;  ///< Null without.
    IpEndpoint peer;
    bool connected = false;  ///< TCP is.
    bool ended = false;      ///< Its end was told; nothing more is.
  };

  /// Takes the answer of a look-up, if it is there.
  void take_renewal(std::size_t to) {
    std::future<Result<SocketAddress>>& answer = renewals_[to];
    if (!answer.valid() || answer.wait_for(std::chrono::seconds{0}) != std::future_status::ready) {
      return;
    }
    // Not found: the old address is the best there is.
    if (const auto address = answer.get()) addresses_[to] = *address;
  }

  static WireEvent::Kind kind_of(SocketEnd end) {
    switch (end) {
      case SocketEnd::Closed:
        return WireEvent::Kind::Finished;
      case SocketEnd::Reset:
        return WireEvent::Kind::Reset;
      case SocketEnd::Unreachable:
        return WireEvent::Kind::Unreachable;
      default:
        return WireEvent::Kind::Lost;
    }
  }

  void end_if(int id, const SocketResult& result) {
    Connection& one = open_[id];
    if (result.end == SocketEnd::None || one.ended) return;
    one.ended = true;
    const bool agreeing = one.connected && one.tls != nullptr && !one.tls->ready();
    if (agreeing && (result.end == SocketEnd::Closed || result.end == SocketEnd::Reset)) {
      pending_.push_back({id, WireEvent::Kind::Unusable, now(), std::string(kNoHandshake)});
    } else {
      pending_.push_back({id, kind_of(result.end), now(), result.text});
    }
  }

  void transmit(int id, std::string_view bytes) {
    // What is sent is far smaller than an empty send buffer, so it goes whole or not at all.
    end_if(id, probe::send(open_[id].socket, bytes));
  }

  /// TCP is connected.
  void reached(int id) {
    Connection& one = open_[id];
    one.connected = true;
    if (one.tls == nullptr) {
      pending_.push_back({id, WireEvent::Kind::Connected, now(), {}});
    } else {
      pending_.push_back({id, WireEvent::Kind::Reached, now(), {}});
      take(id, one.tls->start());
    }
  }

  /// Does what a step of TLS asks for, apart from what came by it.
  void take(int id, const TlsSession::Step& step) {
    Connection& one = open_[id];
    if (!step.to_send.empty()) transmit(id, step.to_send);
    if (one.ended || (!step.closed && step.problem.empty())) return;
    one.ended = true;
    // A close_notify is the FIN of TLS; the one of TCP follows at once, or does not matter.
    const auto kind = step.closed ? WireEvent::Kind::Finished : WireEvent::Kind::Unusable;
    pending_.push_back({id, kind, now(), step.problem});
  }

  void receive_tls(int id, std::string_view bytes) {
    Connection& one = open_[id];
    const bool before = one.tls->ready();
    TlsSession::Step step = one.tls->receive(bytes);
    if (!before && one.tls->ready()) {
      pending_.push_back({id, WireEvent::Kind::Connected, now(), {}});
    }
    // Tickets of TLS 1.3 come right behind the handshake, in the same bytes or later, and are
    // traffic. Its end is none.
    const bool ends = step.closed || !step.problem.empty();
    if (!step.data.empty() || (before && !ends)) {
      pending_.push_back({id, WireEvent::Kind::Answered, now(), {}, std::move(step.data)});
    }
    take(id, step);
  }

  void wait_until(double until) {
    std::vector<Polled> watched;
    std::vector<int> ids;
    for (const auto& [id, one] : open_) {
      if (one.ended) continue;
      watched.push_back({one.socket.get(), !one.connected, false});
      ids.push_back(id);
    }
    const double left = std::clamp(until - now(), 0.0, kLongestWait);
    // Rounded up: waking too early would turn the last millisecond into a busy loop.
    if (!wait_for(watched, static_cast<int>(std::ceil(left * 1000)))) return;
    for (std::size_t i = 0; i < watched.size(); ++i) {
      if (watched[i].ready) look(ids[i]);
    }
  }

  void look(int id) {
    Connection& one = open_[id];
    if (!one.connected) {
      const SocketResult result = connected(one.socket);
      if (result.end != SocketEnd::None) {
        end_if(id, result);
      } else {
        reached(id);
      }
      return;
    }
    std::array<char, 4096> buffer{};
    // One piece at a time, so that a server which never stops cannot hold up the others.
    const SocketResult result = receive(one.socket, buffer);
    const std::string_view came(buffer.data(), result.bytes);
    if (!came.empty() && one.tls != nullptr) {
      receive_tls(id, came);
    } else if (!came.empty()) {
      pending_.push_back({id, WireEvent::Kind::Answered, now(), {}, std::string(came)});
    }
    end_if(id, result);
  }

  std::vector<HostPort> hosts_;
  std::vector<SocketAddress> addresses_;
  Resolver resolver_;
  std::vector<std::future<Result<SocketAddress>>> renewals_;  ///< Look-ups that are being made.
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::map<int, Connection> open_;
  std::vector<WireEvent> pending_;
  int next_id_ = 0;
};

}  // namespace

Result<SocketWires> make_socket_wires(const std::vector<HostPort>& hosts,
                                      const Resolver& resolver) {
  SocketWires out;
  std::vector<SocketAddress> addresses;
  for (const HostPort& one : hosts) {
    const auto address = resolver(one.host, one.port);
    if (!address) return fail(address.error());
    out.addresses.push_back(endpoint_of(*address).to_string());
    addresses.push_back(*address);
  }
  out.wire = std::make_unique<SystemWire>(hosts, std::move(addresses), resolver);
  return out;
}

Result<SocketWire> make_socket_wire(const std::string& host, std::uint16_t port) {
  if (!tells_acknowledgements()) {
    return fail(ErrorCode::Unsupported,
                "the Windows program cannot probe; run the probe on a Linux computer beside it",
                host);
  }
  auto wires = make_socket_wires({{host, port}});
  if (!wires) return fail(wires.error());
  return SocketWire{std::move(wires->wire), std::move(wires->addresses.front())};
}

}  // namespace dropscope::probe
