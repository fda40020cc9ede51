#pragma once

// The inside of a round (round.h), which is in two files: round.cc has what is done at which time,
// round_events.cc what a connection says and how it ends.
//
// Every connection is a small state machine: opening, connecting, greeting (the first exchange),
// idle, checking (something is waited for), done. Idle ones end in `seen.samples`, controls in
// `seen.controls`. The clock of a connection's idleness starts at its last traffic of any
// direction.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "probe/http_reader.h"
#include "probe/observation.h"
#include "probe/round.h"
#include "probe/wire.h"

namespace dropscope::probe {

/// Why a connection for a long poll is of no use.
inline constexpr std::string_view kNoPeer =
    "the other end does not answer as a peer of this probe does; run dropscope probe --server "
    "there";

enum class Role : std::uint8_t { Idle, Busy, KeepAlive, Fresh };
enum class Phase : std::uint8_t { Opening, Connecting, Greeting, Idle, Checking, Done };

struct Connection {
  Role role = Role::Idle;
  double idle_s = 0;  ///< Role::Idle: when it is tried.
  Phase phase = Phase::Opening;
  int id = -1;
  double opened = 0;
  double connected = 0;
  double last_traffic = 0;
  double last_good = 0;  ///< When it was last known to be in order.
  double sent = 0;
  bool reached = false;                ///< TLS is being agreed.
  bool closes = false;                 ///< The server has said that it closes.
  std::optional<double> unasked = {};  ///< When data came by itself in an idle time, and …
  double before_unasked = 0;           ///< … `last_traffic` before it.
  HttpReader reader = {};
  std::string heard = {};  ///< Of a long poll: what came up to the first piece.
};

class Round {
 public:
  Round(Wire& wire, const Options& options, const std::string& host, Observations& seen)
      : wire_(wire), options_(options), host_(host), seen_(seen) {}

  Result<bool> run(const std::vector<double>& times, const Watch& watch);

 private:
  [[nodiscard]] bool polls() const { return options_.payload == Payload::LongPoll; }
  [[nodiscard]] bool waits_for_answer() const {
    return polls() || (options_.payload != Payload::None && !seen_.unanswered);
  }
  [[nodiscard]] std::string payload_for(const Connection& one) const;
  void plan(const std::vector<double>& times);
  [[nodiscard]] Result<void> open_next(double now);
  void act(Connection& one, double now);
  void take(const WireEvent& event);
  void take_data(Connection& one, const WireEvent& event);
  [[nodiscard]] bool is_piece(const Connection& one, const WireEvent& event) const;
  void send(Connection& one, double now);
  void good(Connection& one, double now);
  void bad(Connection& one, Outcome outcome, double now);
  void failed(Connection& one, std::string why);
  void done(Connection& one);
  void finish_when_known();
  [[nodiscard]] double next_deadline(double now) const;
  [[nodiscard]] int open_idle() const;
  [[nodiscard]] double last_try(double now) const;

  Wire& wire_;
  const Options& options_;
  const std::string& host_;
  Observations& seen_;
  std::vector<Connection> all_;
  double began_ = 0;
  double next_open_ = 0;
  int number_ = 0;
  bool finishing_ = false;  ///< The idle ones are done; controls that lasted long enough end.
};

}  // namespace dropscope::probe
