#pragma once

// A path to a server whose clock costs no time: what ends its connections is known.

#include <algorithm>
#include <chrono>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "probe/long_poll.h"
#include "probe/wire.h"

namespace dropscope::probe {

enum class Ending { Fin, Rst, Silence, RstOnSend };

struct PathRules {
  double idle_s = 0;  ///< 0 = no idle time-out.
  double age_s = 0;   ///< 0 = no limit on age.
  Ending ending = Ending::Fin;
  bool keep_alive_refreshes = false;
  double moment_s = 0;  ///< Everything ends with a FIN then; 0 = never.
  double latency_s = 0.002;
  bool answers = true;
  bool refuses = false;
  bool closes_at_once = false;
  bool says_goodbye = false;         ///< Some words come 1 ms before an end.
  std::string answer = "an answer";  ///< To whatever is sent.
  double request_idle_s = 0;         ///< HTTP: idle time-out behind an answer; 0 = none.
  double first_request_s = 0;        ///< HTTP: time-out of a connection without a request.
  bool tls_fails = false;            ///< The handshake of TLS does.
  std::set<int> loses = {};  ///< Connections, by number of opening, whose later sends are lost.
};

class SimulatedPath : public Wire {
 public:
  explicit SimulatedPath(PathRules rules) : rules_(std::move(rules)) {}

  double now() override { return now_; }

  Result<int> open(const Opening& how) override {
    opened_at.push_back(now_);
    const int id = next_++;
    Connection one;
    one.born = one.traffic = now_;
    one.keep_alive = how.keep_alive_s > 0;
    open_[id] = one;
    most_open = std::max(most_open, open_.size());
    if (how.tls && !rules_.refuses) deliver(id, WireEvent::Kind::Reached, rules_.latency_s);
    deliver(id,
            rules_.refuses                ? WireEvent::Kind::Reset
            : how.tls && rules_.tls_fails ? WireEvent::Kind::Unusable
                                          : WireEvent::Kind::Connected,
            rules_.latency_s);
    if (rules_.closes_at_once) deliver(id, WireEvent::Kind::Finished, 2 * rules_.latency_s);
    return id;
  }

  void send(int id, std::string_view bytes) override {
    Connection& one = open_.at(id);
    if (const auto every = poll_every(bytes)) {
      one.piece_every = std::chrono::duration<double>(*every).count();
      one.next_piece = now_ + *one.piece_every;
    }
    one.acknowledged_at.reset();
    const bool lost = rules_.loses.contains(id) && one.sends > 0;
    ++one.sends;
    if (lost) return;
    if (now_ >= death_of(one)) {
      if (rules_.ending == Ending::RstOnSend) {
        deliver(id, WireEvent::Kind::Reset, rules_.latency_s);
      }
      return;
    }
    one.traffic = now_;
    one.acknowledged_at = now_ + rules_.latency_s;
    if (rules_.answers) deliver(id, WireEvent::Kind::Answered, rules_.latency_s);
  }

  bool acknowledged(int id) override {
    const auto& at = open_.at(id).acknowledged_at;
    return at && *at <= now_;
  }

  IpEndpoint local(int id) override {
    return {IpAddress::v4({192, 0, 2, 9}), static_cast<std::uint16_t>(40000 + id)};
  }

  IpEndpoint peer(int) override { return {IpAddress::v4({192, 0, 2, 7}), 443}; }

  void renew(std::size_t to) override { renewed.push_back(to); }

  void close(int id) override { open_.erase(id); }

  void wait(double until, std::vector<WireEvent>& events) override {
    double next = until;
    for (const Delivery& one : deliveries_) next = std::min(next, one.at);
    for (const auto& [id, one] : open_) {
      if (!one.ended) next = std::min(next, told_of(one));
      if (!one.ended && one.piece_every) next = std::min(next, one.next_piece);
    }
    now_ = std::max(now_, next);
    for (const Delivery& one : deliveries_) {
      if (one.at <= now_ && open_.contains(one.id)) {
        events.push_back({one.id, one.kind, now_, "refused",
                          one.kind == WireEvent::Kind::Answered ? rules_.answer : std::string()});
      }
    }
    for (auto& [id, one] : open_) {
      if (one.ended || !one.piece_every || one.next_piece > now_) continue;
      if (rules_.answers && one.next_piece < death_of(one)) {
        events.push_back({id, WireEvent::Kind::Answered, now_, {}, rules_.answer});
        one.traffic = now_;
        one.next_piece = now_ + *one.piece_every;
      } else {
        one.piece_every.reset();
      }
    }
    std::erase_if(deliveries_, [&](const Delivery& one) { return one.at <= now_; });
    for (auto& [id, one] : open_) {
      if (one.ended || told_of(one) > now_) continue;
      one.ended = true;
      const bool reset = rules_.ending == Ending::Rst;
      if (rules_.says_goodbye) {
        events.push_back({id, WireEvent::Kind::Answered, now_ - 1e-3, {}, "421 time is over"});
      }
      events.push_back(
          {id, reset ? WireEvent::Kind::Reset : WireEvent::Kind::Finished, now_, "reset"});
    }
  }

  std::vector<double> opened_at;
  std::vector<std::size_t> renewed;
  std::size_t most_open = 0;

 private:
  struct Connection {
    double born = 0;
    double traffic = 0;
    bool keep_alive = false;
    bool ended = false;
    int sends = 0;
    std::optional<double> acknowledged_at;
    std::optional<double> piece_every;  ///< A long poll.
    double next_piece = 0;
  };
  struct Delivery {
    int id;
    WireEvent::Kind kind;
    double at;
  };
  static constexpr double kNever = std::numeric_limits<double>::infinity();

  void deliver(int id, WireEvent::Kind kind, double after) {
    deliveries_.push_back({id, kind, now_ + after});
  }

  [[nodiscard]] double death_of(const Connection& one) const {
    double at = kNever;
    const bool refreshed = one.keep_alive && rules_.keep_alive_refreshes;
    if (rules_.idle_s > 0 && !refreshed) at = std::min(at, one.traffic + rules_.idle_s);
    if (rules_.age_s > 0) at = std::min(at, one.born + rules_.age_s);
    const double request = one.sends > 0 ? rules_.request_idle_s : rules_.first_request_s;
    if (request > 0) at = std::min(at, one.traffic + request);
    return at;
  }

  /// When the client is told that the connection ended.
  [[nodiscard]] double told_of(const Connection& one) const {
    if (rules_.moment_s > 0 && one.born <= rules_.moment_s) return rules_.moment_s;
    const bool told = rules_.ending == Ending::Fin || rules_.ending == Ending::Rst;
    return told ? death_of(one) : kNever;
  }

  PathRules rules_;
  double now_ = 100;
  int next_ = 0;
  std::map<int, Connection> open_;
  std::vector<Delivery> deliveries_;
};

}  // namespace dropscope::probe
