// What is done at which time. What a connection says and how it ends is in round_events.cc.

#include "probe/round.h"

#include <algorithm>

#include "probe/plan.h"
#include "probe/round_state.h"

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

}  // namespace

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

Result<bool> run_round(Wire& wire, const Options& options, const std::string& host,
                       const std::vector<double>& times, const Watch& watch, Observations& seen) {
  return Round(wire, options, host, seen).run(times, watch);
}

}  // namespace dropscope::probe
