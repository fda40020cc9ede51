// Every connection is a small state machine: opening, connecting, greeting (the first exchange),
// idle, checking (something was sent and is waited for), done. Idle ones end in `seen.samples`,
// controls in `seen.controls`. The clock of a connection's idleness starts at its last traffic of
// any direction.

#include "probe/round.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "probe/http_reader.h"
#include "probe/long_poll.h"
#include "probe/plan.h"

namespace dropscope::probe {
namespace {

/// Acknowledgements are not announced, so they are looked for.
constexpr double kLookEvery = 0.02;
/// The longest sleep: an interrupt and the progress line are looked at.
constexpr double kTick = 0.5;
/// Keep-alives begin after a second of silence, so that they come in time for any time-out that is
/// worth measuring.
constexpr int kKeepAlive_s = 1;
/// Keep-alive controls: one may be lost by chance.
constexpr int kKeepAliveControls = 2;

/// Servers and proxies say good-bye ("421 timeout", "408 Request Time-out") right before they end a
/// connection: such words are no traffic of the idle time, they are its end.
constexpr double kFarewell = 1;

/// A line that an echo server answers with itself, and that says whose it is.
constexpr std::string_view kEchoLine = "dropscope probe\n";
constexpr std::string_view kLineFeed = "\n";
/// The peer's head and its first piece have some 200 bytes; a proxy adds fields.
constexpr std::size_t kLongestGreeting = 65'536;
constexpr std::string_view kNoPeer =
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

void Round::plan(const std::vector<double>& times) {
  const bool controls = !controls_suffice(options_, seen_);
  if (controls) {
    all_.push_back(Connection{.role = Role::Busy});
    for (int i = 0; !options_.keep_alive && i < kKeepAliveControls; ++i) {
      all_.push_back(Connection{.role = Role::KeepAlive});
    }
    if (options_.payload == Payload::Http) all_.push_back(Connection{.role = Role::Fresh});
  }
  // Ascending, so that those with shorter times, which start earlier, are also judged earlier.
  for (const double time : times) all_.push_back(Connection{.role = Role::Idle, .idle_s = time});
}

Result<void> Round::open_next(double now) {
  if (now < next_open_) return {};
  for (Connection& one : all_) {
    if (one.phase != Phase::Opening) continue;
    const auto id = wire_.open(
        {.keep_alive_s = options_.keep_alive || one.role == Role::KeepAlive ? kKeepAlive_s : 0,
         .tls = options_.tls});
    if (!id) return fail(id.error());
    one.id = *id;
    one.opened = now;
    one.phase = Phase::Connecting;
    next_open_ = now + kOpenEvery;
    return {};
  }
  return {};
}

void Round::done(Connection& one) {
  if (one.id >= 0) wire_.close(one.id);
  one.id = -1;
  one.phase = Phase::Done;
}

void Round::failed(Connection& one, std::string why) {
  ++seen_.failed;
  if (seen_.failure.empty()) seen_.failure = std::move(why);
  done(one);
}

void Round::send(Connection& one, double now) {
  const bool first = one.phase == Phase::Connecting;
  one.sent = now;
  one.phase = first ? Phase::Greeting : Phase::Checking;
  // In an answer that is kept open, it is the peer's turn; only the connection with keep-alive,
  // which is tried at a time that the peer cannot know, has to ask.
  if (polls() && !first && one.role != Role::KeepAlive) return;
  one.reader = HttpReader();
  wire_.send(one.id, payload_for(one));
}

/// What was sent has been answered, or acknowledged where no answer is expected.
void Round::good(Connection& one, double now) {
  const bool checked = one.phase == Phase::Checking;
  // The idle time is what passed before the try, not the time that its answer took.
  const double idle = one.sent - one.last_traffic;
  one.phase = Phase::Idle;
  one.last_traffic = now;
  one.last_good = now;
  if (!checked) return;
  switch (one.role) {
    case Role::Idle:
      seen_.samples.push_back({Outcome::Survived, idle, now - began_, number_});
      break;
    case Role::KeepAlive:
      seen_.controls.push_back({ControlKind::KeepAlive, Outcome::Survived, idle});
      break;
    case Role::Fresh:
      seen_.controls.push_back({ControlKind::Fresh, Outcome::Survived, idle});
      break;
    case Role::Busy:
      if (!finishing_ || one.sent < one.connected + control_seconds(seen_.samples)) return;
      seen_.controls.push_back({ControlKind::Busy, Outcome::Survived, one.sent - one.connected});
      break;
  }
  done(one);
}

void Round::bad(Connection& one, Outcome outcome, double now) {
  // A try that nobody answered was made at `sent`; an end that came by itself came now.
  const bool came_by_itself = polls() && is_direct(outcome);
  double at = one.phase == Phase::Checking && !came_by_itself ? one.sent : now;
  double since = one.last_traffic;
  if (is_direct(outcome) && one.unasked && now <= *one.unasked + kFarewell) {
    at = *one.unasked;
    since = one.before_unasked;
  }
  const double idle = at - since;
  switch (one.role) {
    case Role::Idle:
      seen_.samples.push_back({outcome, idle, now - began_, number_});
      break;
    case Role::KeepAlive:
      seen_.controls.push_back({ControlKind::KeepAlive, outcome, idle});
      break;
    case Role::Fresh:
      seen_.controls.push_back({ControlKind::Fresh, outcome, idle});
      break;
    case Role::Busy:
      if (one.closes) {
        // The server counts requests and said so: no timer has ended it.
        seen_.controls.push_back(
            {ControlKind::Busy, Outcome::Survived, one.last_good - one.connected});
        break;
      }
      seen_.controls.push_back(
          {ControlKind::Busy, outcome, (is_direct(outcome) ? now : one.last_good) - one.connected});
      break;
  }
  done(one);
}

void Round::act(Connection& one, double now) {
  switch (one.phase) {
    case Phase::Opening:
    case Phase::Done:
      return;
    case Phase::Connecting:
      if (now >= one.opened + kConnectBound) {
        failed(one, one.reached ? "connected, and no answer within 10 s to the beginning of TLS; "
                                  "leave out --tls if the port has none"
                                : "no answer to the connection request within 10 s");
      }
      return;
    case Phase::Greeting: {
      // Once it is known that no answer comes, none is waited for: short times would be missed.
      const bool acknowledged = wire_.acknowledged(one.id);
      const bool enough = seen_.unanswered && acknowledged;
      if (!enough && now < one.sent + kAnswerBound) return;
      if (!acknowledged) {
        failed(one, "connected, and nothing that was sent is acknowledged");
        return;
      }
      if (polls()) {
        failed(one, std::string(kNoPeer));
        return;
      }
      seen_.unanswered = true;
      one.phase = Phase::Idle;
      one.last_traffic = one.sent;
      one.last_good = now;
      return;
    }
    case Phase::Idle: {
      // The same sums as in next_deadline(), so that a wake-up at a deadline finds it reached.
      const double controls = control_seconds(seen_.samples);
      const bool due = (one.role == Role::Idle && now >= one.last_traffic + one.idle_s) ||
                       (one.role == Role::Busy && now >= one.last_traffic + kBusyEvery) ||
                       (one.role == Role::Busy && finishing_ && now >= one.connected + controls) ||
                       ((one.role == Role::KeepAlive || one.role == Role::Fresh) && finishing_ &&
                        now >= one.last_traffic + controls);
      if (due) send(one, now);
      return;
    }
    case Phase::Checking:
      if (!waits_for_answer() && wire_.acknowledged(one.id)) {
        good(one, now);
      } else if (now >= one.sent + kAnswerBound) {
        bad(one, Outcome::Silent, now);
      }
      return;
  }
}

/// Whether data that comes in an idle time is the piece that ends it, and not the one that came
/// with the head of the answer.
bool Round::is_piece(const Connection& one, const WireEvent& event) const {
  return polls() && one.phase == Phase::Idle && one.role == Role::Idle && !event.data.empty() &&
         event.at >= one.last_traffic + one.idle_s / 2;
}

void Round::take_data(Connection& one, const WireEvent& event) {
  const bool head = options_.payload == Payload::Http ? one.phase != Phase::Idle
                                                      : polls() && one.phase == Phase::Greeting;
  if (head && !event.data.empty()) {
    const HttpReader::State state = one.reader.add(event.data);
    if (state == HttpReader::State::Reading) {
      if (polls()) one.heard += event.data;
      return;
    }
    if (state == HttpReader::State::Broken) {
      failed(one, one.reader.problem());
      return;
    }
    if (polls() && one.reader.answer().status != 200) {
      failed(one, fmt::format("status {}: {}", one.reader.answer().status, kNoPeer));
      return;
    }
    if (polls()) {
      one.heard += event.data;
      if (one.heard.find(kPieceText) == std::string::npos) {
        if (one.heard.size() > kLongestGreeting) failed(one, std::string(kNoPeer));
        return;
      }
      one.heard.clear();
    }
    one.closes = !polls() && one.reader.answer().closes;
    if (!polls() && !seen_.http) seen_.http = one.reader.answer();
  }
  if (is_piece(one, event)) {
    // It came a little before it was waited for: the peer's clock began earlier.
    one.phase = Phase::Checking;
    one.sent = event.at;
    good(one, event.at);
  } else if (one.phase == Phase::Idle) {
    if (!polls() && !event.data.empty() && (!one.unasked || event.at > *one.unasked + kFarewell)) {
      one.unasked = event.at;
      one.before_unasked = one.last_traffic;
    }
    one.last_traffic = one.last_good = event.at;
  } else if (!event.data.empty() && (waits_for_answer() || one.phase == Phase::Greeting)) {
    good(one, event.at);
  }
}

void Round::take(const WireEvent& event) {
  const auto found = std::find_if(all_.begin(), all_.end(),
                                  [&](const Connection& one) { return one.id == event.id; });
  if (found == all_.end()) return;  // Closed by ourselves in the meantime.
  Connection& one = *found;
  switch (event.kind) {
    case WireEvent::Kind::Reached:
      one.reached = true;
      return;
    case WireEvent::Kind::Connected:
      ++seen_.connected;
      one.connected = one.last_traffic = one.last_good = event.at;
      if (options_.payload == Payload::None || one.role == Role::Fresh) {
        one.phase = Phase::Idle;
      } else {
        send(one, event.at);
      }
      return;
    case WireEvent::Kind::Answered:
      take_data(one, event);
      return;
    case WireEvent::Kind::Finished:
      if (one.phase == Phase::Connecting) {
        failed(one, "the connection was closed while it was made");
      } else {
        bad(one, Outcome::Finished, event.at);
      }
      return;
    case WireEvent::Kind::Reset:
      if (one.phase == Phase::Connecting) {
        failed(one, event.text);
      } else {
        bad(one, one.phase == Phase::Checking ? Outcome::ResetOnSend : Outcome::Reset, event.at);
      }
      return;
    case WireEvent::Kind::Lost:
    case WireEvent::Kind::Unreachable:
      if (one.phase == Phase::Connecting) {
        failed(one, event.text);
      } else {
        bad(one, Outcome::Silent, event.at);
      }
      return;
    case WireEvent::Kind::Unusable:
      // A connection that TLS lets through and ends at once, as for a certificate that is missing,
      // was none.
      if (one.phase == Phase::Connecting || event.at < one.connected + kAtOnce) {
        failed(one, event.text);
      } else {
        bad(one, Outcome::Finished, event.at);
      }
      return;
  }
}

int Round::open_idle() const {
  return static_cast<int>(std::count_if(all_.begin(), all_.end(), [](const Connection& one) {
    return one.role == Role::Idle && one.phase != Phase::Done;
  }));
}

/// When the last idle connection is tried, if nothing happens before.
double Round::last_try(double now) const {
  double last = now;
  for (const Connection& one : all_) {
    if (one.role != Role::Idle || one.phase == Phase::Done) continue;
    last = std::max(last, (one.phase == Phase::Opening ? now : one.last_traffic) + one.idle_s);
  }
  return last;
}

void Round::finish_when_known() {
  // By what this round saw: earlier ones are why it asks more closely.
  const auto own = std::find_if(seen_.samples.begin(), seen_.samples.end(),
                                [&](const Sample& one) { return one.round == number_; });
  if (is_decided({own, seen_.samples.end()})) {
    for (Connection& one : all_) {
      if (one.role == Role::Idle) done(one);
    }
  }
  if (open_idle() > 0) return;
  finishing_ = true;
}

double Round::next_deadline(double now) const {
  double next = now + kTick;
  const double controls = control_seconds(seen_.samples);
  for (const Connection& one : all_) {
    switch (one.phase) {
      case Phase::Opening:
        next = std::min(next, next_open_);
        break;
      case Phase::Connecting:
        next = std::min(next, one.opened + kConnectBound);
        break;
      case Phase::Greeting:
        next = std::min(next, seen_.unanswered ? now + kLookEvery : one.sent + kAnswerBound);
        break;
      case Phase::Idle:
        if (one.role == Role::Idle) next = std::min(next, one.last_traffic + one.idle_s);
        if (one.role == Role::Busy) next = std::min(next, one.last_traffic + kBusyEvery);
        if (one.role == Role::Busy && finishing_) next = std::min(next, one.connected + controls);
        if ((one.role == Role::KeepAlive || one.role == Role::Fresh) && finishing_) {
          next = std::min(next, one.last_traffic + controls);
        }
        break;
      case Phase::Checking:
        next = std::min(next, waits_for_answer() ? one.sent + kAnswerBound : now + kLookEvery);
        break;
      case Phase::Done:
        break;
    }
  }
  return std::max(next, now);
}

Result<bool> Round::run(const std::vector<double>& times, const Watch& watch) {
  began_ = next_open_ = wire_.now();
  number_ = seen_.rounds++;
  plan(times);
  std::vector<WireEvent> events;
  bool whole = true;
  while (true) {
    const double now = wire_.now();
    if (watch.stop && watch.stop()) {
      whole = false;
      break;
    }
    if (const auto opened = open_next(now); !opened) {
      for (Connection& one : all_) done(one);
      return fail(opened.error());
    }
    for (Connection& one : all_) act(one, now);
    finish_when_known();
    if (std::all_of(all_.begin(), all_.end(),
                    [](const Connection& one) { return one.phase == Phase::Done; })) {
      break;
    }
    if (watch.progress) watch.progress(open_idle(), now - began_, last_try(now) - began_);
    events.clear();
    wire_.wait(next_deadline(now), events);
    for (const WireEvent& event : events) take(event);
  }
  for (Connection& one : all_) done(one);
  return whole;
}

std::string Round::payload_for(const Connection& one) const {
  switch (options_.payload) {
    case Payload::None:
      return std::string(kLineFeed);
    case Payload::Echo:
      return std::string(kEchoLine);
    case Payload::Http:
      return http_request(host_, options_.path);
    case Payload::LongPoll:
      if (one.role == Role::Idle) return long_poll_request(host_, one.idle_s);
      if (one.role == Role::Busy) return long_poll_request(host_, kBusyEvery);
      // Never by itself, as far as this round goes.
      return one.phase == Phase::Greeting
                 ? long_poll_request(host_,
                                     std::min(2 * options_.max_s,
                                              std::chrono::duration<double>(kLongestPoll).count()))
                 : std::string(kLineFeed);
  }
  return {};
}

}  // namespace

Result<bool> run_round(Wire& wire, const Options& options, const std::string& host,
                       const std::vector<double>& times, const Watch& watch, Observations& seen) {
  return Round(wire, options, host, seen).run(times, watch);
}

}  // namespace dropscope::probe
