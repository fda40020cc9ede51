#include "probe/session_watch.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "probe/plan.h"

namespace dropscope::probe {
namespace {

/// Judgement: a session that lasted so long is no reason to wait longer before the next one.
constexpr double kHeld_s = 60;
constexpr std::string_view kLine = "\n";

Cause cause_of(WireEvent::Kind kind, bool connected) {
  switch (kind) {
    case WireEvent::Kind::Finished:
      return Cause::Fin;
    case WireEvent::Kind::Reset:
      return connected ? Cause::Rst : Cause::Refused;
    case WireEvent::Kind::Unreachable:
      return Cause::Unreachable;
    case WireEvent::Kind::Unusable:
      // Without TLS there is nothing to watch; an alert later on is an end in order.
      return connected ? Cause::Fin : Cause::Refused;
    default:
      return Cause::TimeOut;
  }
}

}  // namespace

SessionWatch::SessionWatch(Wire& wire, WatchPlan plan)
    : wire_(wire),
      plan_(std::move(plan)),
      sessions_(plan_.sessions.size()),
      states_(plan_.sessions.size()),
      next_open_(wire.now()) {}

void SessionWatch::end(std::size_t index, Cause cause, std::string text, double at,
                       std::vector<SessionEvent>& out) {
  Session& one = sessions_[index];
  SessionState& state = states_[index];
  SessionEvent event;
  event.session = index;
  event.at = at;
  event.cause = cause;
  event.text = std::move(text);
  event.local = wire_.local(one.id);
  wire_.close(one.id);
  one.id = -1;
  // The host may have moved; until the next try there is time to ask.
  wire_.renew(plan_.sessions[index]);
  if (one.connected) {
    event.kind = SessionEvent::Kind::Lost;
    // What was sent last had no answer: the connection was idle until then.
    const double until = one.unanswered ? one.last_sent : at;
    event.idle_s = std::max(0.0, until - one.last_traffic);
    event.age_s = at - state.since;
    state.up = false;
    state.up_before += event.age_s;
    if (event.age_s >= kHeld_s) one.retry_s = kFirstRetry_s;
    one.lost_at = at;
    one.failed_by.reset();
    out.push_back(std::move(event));
  } else {
    event.kind = SessionEvent::Kind::Failed;
    if (one.failed_by != cause) out.push_back(std::move(event));
    one.failed_by = cause;
  }
  one.connected = false;
  one.retry_at = at + one.retry_s;
  one.retry_s = std::min(2 * one.retry_s, kLongestRetry_s);
}

Result<void> SessionWatch::act(std::size_t index, double now, std::vector<SessionEvent>& out) {
  Session& one = sessions_[index];
  if (one.id < 0) {
    if (now < one.retry_at || now < next_open_) return {};
    const auto id = wire_.open({.keep_alive_s = plan_.keep_alive_s,
                                .give_up_s = static_cast<int>(std::ceil(plan_.give_up_s)),
                                .to = plan_.sessions[index],
                                .tls = plan_.tls});
    if (!id) return fail(id.error());
    one.id = *id;
    one.opened = now;
    ++states_[index].tries;
    next_open_ = now + kOpenEvery;
    return {};
  }
  if (!one.connected) {
    if (now >= one.opened + kConnectBound) {
      end(index, Cause::TimeOut, "no answer to the connection request", now, out);
    }
    return {};
  }
  if (one.unanswered && wire_.acknowledged(one.id)) {
    one.unanswered = false;
    one.last_traffic = std::max(one.last_traffic, one.last_sent);
  }
  if (one.unanswered && now >= one.last_sent + plan_.give_up_s) {
    end(index, Cause::TimeOut, "what was sent is not acknowledged", now, out);
    return {};
  }
  // Nothing more is sent while an acknowledgement is missing: the system repeats what it has.
  if (plan_.send_every_s > 0 && !one.unanswered && now >= one.last_sent + plan_.send_every_s) {
    one.last_sent = now;
    one.unanswered = true;
    wire_.send(one.id, kLine);
  }
  return {};
}

void SessionWatch::take(const WireEvent& event, std::vector<SessionEvent>& out) {
  const auto found = std::find_if(sessions_.begin(), sessions_.end(),
                                  [&](const Session& one) { return one.id == event.id; });
  if (found == sessions_.end()) return;  // Closed by ourselves in the meantime.
  Session& one = *found;
  const auto index = static_cast<std::size_t>(found - sessions_.begin());
  switch (event.kind) {
    case WireEvent::Kind::Connected: {
      SessionEvent up;
      up.session = index;
      up.at = event.at;
      up.local = wire_.local(one.id);
      up.peer = wire_.peer(one.id);
      if (one.lost_at) up.down_s = event.at - *one.lost_at;
      one.connected = true;
      one.unanswered = false;
      one.last_traffic = one.last_sent = event.at;
      states_[index].up = true;
      states_[index].since = event.at;
      out.push_back(std::move(up));
      return;
    }
    case WireEvent::Kind::Reached:
      return;
    case WireEvent::Kind::Answered:
      one.last_traffic = event.at;
      return;
    default:
      end(index, cause_of(event.kind, one.connected), event.text, event.at, out);
      return;
  }
}

double SessionWatch::next_deadline(double now) const {
  double next = now + kWatchTick_s;
  for (const Session& one : sessions_) {
    if (one.id < 0) next = std::min(next, std::max(one.retry_at, next_open_));
    if (one.id >= 0 && one.connected && plan_.send_every_s > 0 && !one.unanswered) {
      next = std::min(next, one.last_sent + plan_.send_every_s);
    }
  }
  return std::max(next, now);
}

Result<void> SessionWatch::step(std::vector<SessionEvent>& out) {
  const double now = wire_.now();
  for (std::size_t i = 0; i < sessions_.size(); ++i) {
    if (const auto done = act(i, now, out); !done) return fail(done.error());
  }
  std::vector<WireEvent> events;
  wire_.wait(next_deadline(now), events);
  for (const WireEvent& event : events) take(event, out);
  return {};
}

}  // namespace dropscope::probe
