#pragma once

// Connections that are kept open until something ends them, and opened again. Sees what a client
// such as Outlook would see of a path, with the cause that the socket knows.
//
// It is polite: a session that is lost is tried again after a second, then after twice as long each
// time up to a minute, and a server that ends sessions soon is not asked more often either.

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/ip_address.h"
#include "base/result.h"
#include "formats/watch_record/entry.h"
#include "probe/wire.h"

namespace dropscope::probe {

using watch_record::Cause;

/// Judgement: quick enough that the restored time tells when a server is back, and a restarting one
/// is not run over.
inline constexpr double kFirstRetry_s = 1;
inline constexpr double kLongestRetry_s = 60;
/// The longest sleep: an interrupt and requests for metrics are looked at.
inline constexpr double kWatchTick_s = 0.2;

struct WatchPlan {
  std::vector<std::size_t> sessions;  ///< For each session, which of the wire's addresses.
  double send_every_s = 0;            ///< A line feed is sent so often; 0 = never.
  int keep_alive_s = 0;               ///< TCP keep-alive after so long; 0 = off.
  bool tls = false;                   ///< All of it through TLS.
  double give_up_s = 20;              ///< What was sent and not acknowledged for so long is lost.
};

/// Of a session.
struct SessionEvent {
  enum class Kind : std::uint8_t {
    Up,
    Lost,
    Failed,  ///< The first of an outage, and when the cause changes.
  };
  Kind kind = Kind::Up;
  std::size_t session = 0;  ///< Index into WatchPlan::sessions.
  double at = 0;            ///< On the wire's clock.
  IpEndpoint local;
  IpEndpoint peer;               ///< Up: where it leads.
  std::optional<double> down_s;  ///< Up: since the loss; nothing for the first connection.
  Cause cause = Cause::Fin;      ///< Lost, Failed.
  std::string text;              ///< Lost, Failed: what the system says.
  double idle_s = 0;             ///< Lost: time without data before the end.
  double age_s = 0;              ///< Lost: since it came about.
};

/// What can be asked of a session at any time.
struct SessionState {
  bool up = false;
  double since = 0;       ///< Up: when it came about, on the wire's clock.
  double up_before = 0;   ///< Seconds that its earlier connections lasted.
  std::size_t tries = 0;  ///< Connections that were begun.
};

class SessionWatch {
 public:
  SessionWatch(Wire& wire, WatchPlan plan);

  /// Does what is due, waits for at most kWatchTick_s, and appends what happened in the order of
  /// time. Io when the system gives no socket.
  [[nodiscard]] Result<void> step(std::vector<SessionEvent>& out);

  [[nodiscard]] const std::vector<SessionState>& states() const { return states_; }

 private:
  struct Session {
    int id = -1;
    bool connected = false;
    double opened = 0;
    double retry_at = 0;
    double retry_s = kFirstRetry_s;  ///< The wait before the next try.
    double last_traffic = 0;         ///< Data that came, or was sent and acknowledged.
    double last_sent = 0;
    bool unanswered = false;  ///< Something that was sent is not acknowledged yet.
    std::optional<double> lost_at;
    std::optional<Cause> failed_by;  ///< Already told of this outage.
  };

  [[nodiscard]] Result<void> act(std::size_t index, double now, std::vector<SessionEvent>& out);
  void take(const WireEvent& event, std::vector<SessionEvent>& out);
  void end(std::size_t index, Cause cause, std::string text, double at,
           std::vector<SessionEvent>& out);
  [[nodiscard]] double next_deadline(double now) const;

  Wire& wire_;
  WatchPlan plan_;
  std::vector<Session> sessions_;
  std::vector<SessionState> states_;
  double next_open_ = 0;
};

}  // namespace dropscope::probe
