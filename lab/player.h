#pragma once

// One client of the laboratory: an Outlook whose days come from the simulator and whose connection
// is a real socket.
//
// Who the client is, when its computer has power and when its user works, what it sends and when it
// tries again: all that is the simulator's. What ends the connection is not: a loss is what the
// socket says (end of stream, reset) or an answer that does not come. So the two can be compared.
//
// Time runs faster here. All times are those of the simulated world; ScaledClock turns them into
// real ones.

#include <sys/socket.h>

#include <netinet/in.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "lab/link_watch.h"
#include "simulate/client.h"
#include "simulate/prng.h"
#include "simulate/scenario.h"
#include "simulate/world.h"

namespace dropscope::lab {

/// Real seconds since 1970 against the world's time.
struct ScaledClock {
  Instant world_begin{};
  double real_begin_s = 0;
  double scale = 1;  ///< Seconds of the world in a real one.

  [[nodiscard]] Instant now() const;
  [[nodiscard]] double real_seconds_until(Instant t) const;
  /// What a real duration lasts in the world.
  [[nodiscard]] Ticks scaled(double real_s) const { return ticks_from_seconds(real_s * scale); }
};

/// Where a client's Outlook connects to, and a change of its computer's TCP keep-alive.
struct Path {
  sockaddr_in server{};
  double keep_alive_s = 0;  ///< From `change` on; 0 = none.
  Instant change = Instant::max();
};

/// How the socket noticed a loss.
enum class Sign : std::uint8_t { EndOfStream, Reset, NoAnswer, LinkDown };
[[nodiscard]] const char* to_string(Sign sign);

class Player {
 public:
  /// The scenario and the clock outlive the player.
  Player(const simulation::Scenario& scenario, simulation::Client client, const ScaledClock& clock,
         const Path& path);
  ~Player();
  Player(Player&& other) noexcept;
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;
  Player& operator=(Player&&) = delete;

  /// Does what is due and gives the time of the next thing to do.
  Instant act(Instant now);
  /// The socket to wait for, -1 = none, and whether for writing (a connection being made).
  [[nodiscard]] int socket() const { return socket_; }
  [[nodiscard]] bool connecting() const { return state_ == State::Connecting; }
  /// The socket is ready.
  void ready(Instant now);
  /// A link went down or came up. "wire" is the segment's cable (lab/network.py), "tun-ADDRESS" the
  /// tunnel of the computer with that address (lab/tunnel.py); others mean nothing to a computer.
  void link_changed(Instant now, const LinkChange& change);

  [[nodiscard]] const simulation::Client& client() const { return client_; }
  [[nodiscard]] const simulation::ClientHistory& history() const { return history_; }
  [[nodiscard]] const std::vector<Sign>& signs() const { return signs_; }

 private:
  enum class State : std::uint8_t { Off, Waiting, Connecting, Greeting, Up };
  /// A span in which the computer has power and Outlook runs.
  struct Piece {
    simulation::Span span;
    bool outlook_starts = false;
  };

  void make_pieces();
  void connect(Instant now);
  [[nodiscard]] bool set_keep_alive(Instant now) const;
  void attempt_failed(Instant now);
  void connected(Instant now);
  void send(Instant now);
  void lose(Instant now, Sign sign);
  void close_socket(bool reset);

  const simulation::Scenario& scenario_;
  const ScaledClock& clock_;
  simulation::Client client_;
  simulation::ClientHistory history_;
  Path path_;
  simulation::Random random_;
  std::vector<Sign> signs_;  // One per loss.
  std::vector<Piece> pieces_;
  std::size_t piece_ = 0;
  std::size_t next_traffic_ = 0;
  State state_ = State::Off;
  int socket_ = -1;
  bool wire_up_ = true;
  bool tunnel_up_ = true;
  bool lost_ = false;  // The last loss is not restored yet.
  Instant up_since_{};
  Instant synced_{};  // Traffic goes on until here after a connection is made.
  bool sync_open_ = false;
  Instant tries_since_{};  // Attempts are counted from here.
  unsigned attempt_ = 0;
  Instant attempt_at_{};
  Instant answer_by_{};
  bool answer_due_ = false;
};

}  // namespace dropscope::lab
