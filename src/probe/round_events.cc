#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "probe/long_poll.h"
#include "probe/plan.h"
#include "probe/round_state.h"

namespace dropscope::probe {
namespace {

/// Servers and proxies say good-bye ("421 timeout", "408 Request Time-out") right before they end a
/// connection: such words are no traffic of the idle time, they are its end.
constexpr double kFarewell = 1;

/// A line that an echo server answers with itself, and that says whose it is.
constexpr std::string_view kEchoLine = "dropscope probe\n";
constexpr std::string_view kLineFeed = "\n";
/// The peer's head and its first piece have some 200 bytes; a proxy adds fields.
constexpr std::size_t kLongestGreeting = 65'536;

}  // namespace

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

}  // namespace dropscope::probe
