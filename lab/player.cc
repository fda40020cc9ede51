#include "lab/player.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <utility>

#include "simulate/reconnect.h"

namespace dropscope::lab {

namespace {

using simulation::Span;

// An answer that has not come after so long (real time) never will. Real delays in the namespaces
// are below a millisecond; what has to be allowed for is a busy machine on which the server gets no
// turn. In the world this is minutes, longer than Windows' own 9 to 21 s: docs/lab.md says so.
constexpr double kAnswerWithin_s = 0.25;

// Opening the store after a start, or the network after a resume, takes some seconds, as in the
// simulator.
constexpr double kAfterStart_s[] = {4, 20};
constexpr double kAfterResume_s[] = {2, 12};

// The first byte of what a client sends tells the server the family of its traffic.
constexpr char kSessionLike = 'R';
constexpr char kLongPoll = 'M';
constexpr char kRequest = 'q';
constexpr char kAnswer = 'a';

constexpr std::size_t kReadBytes = 4096;

}  // namespace

Instant ScaledClock::now() const {
  const std::chrono::duration<double> real = std::chrono::system_clock::now().time_since_epoch();
  return world_begin + scaled(real.count() - real_begin_s);
}

double ScaledClock::real_seconds_until(Instant t) const {
  return seconds_between(now(), t) / scale;
}

const char* to_string(Sign sign) {
  switch (sign) {
    case Sign::EndOfStream:
      return "fin";
    case Sign::Reset:
      return "reset";
    case Sign::NoAnswer:
      return "no answer";
    case Sign::LinkDown:
      return "link down";
  }
  return "";
}

Player::Player(const simulation::Scenario& scenario, simulation::Client client,
               const ScaledClock& clock, const Path& path)
    : scenario_(scenario),
      clock_(clock),
      client_(std::move(client)),
      // The scenario has no causes, so this is the calendar and the traffic alone.
      history_(simulation::live(scenario, simulation::make_outages(scenario), client_)),
      path_(path),
      random_(scenario.seed, simulation::Stream::Connection, client_.index) {
  make_pieces();
}

Player::~Player() {
  close_socket(false);
}

Player::Player(Player&& other) noexcept
    : scenario_(other.scenario_),
      clock_(other.clock_),
      client_(std::move(other.client_)),
      history_(std::move(other.history_)),
      path_(other.path_),
      random_(other.random_),
      signs_(std::move(other.signs_)),
      pieces_(std::move(other.pieces_)),
      piece_(other.piece_),
      next_traffic_(other.next_traffic_),
      state_(other.state_),
      socket_(std::exchange(other.socket_, -1)),
      wire_up_(other.wire_up_),
      tunnel_up_(other.tunnel_up_) {}

void Player::make_pieces() {
  for (const simulation::OutlookSession& session : history_.calendar.outlook) {
    bool first = true;
    for (const simulation::PoweredSpan& powered : history_.calendar.powered) {
      const Span span{std::max(powered.span.from, session.span.from),
                      std::min(powered.span.to, session.span.to)};
      if (span.from >= span.to) continue;
      pieces_.push_back({span, first});
      first = false;
    }
  }
}

Instant Player::act(Instant now) {
  while (piece_ < pieces_.size() && now >= pieces_[piece_].span.to) {
    close_socket(false);
    state_ = State::Off;
    ++piece_;
  }
  if (piece_ == pieces_.size()) return Instant::max();
  const Piece& piece = pieces_[piece_];
  if (now < piece.span.from) return piece.span.from;
  if (state_ == State::Off) {
    if (piece.outlook_starts) lost_ = false;
    const auto& delay = piece.outlook_starts ? kAfterStart_s : kAfterResume_s;
    tries_since_ = attempt_at_ = piece.span.from + random_.ticks(delay[0], delay[1]);
    attempt_ = 0;
    state_ = State::Waiting;
  }
  if (state_ == State::Waiting && now >= attempt_at_) connect(now);
  if (answer_due_ && now >= answer_by_) {
    if (state_ == State::Up) {
      lose(now, Sign::NoAnswer);
    } else {
      attempt_failed(now);
    }
  }
  const std::vector<Instant>& traffic = history_.traffic;
  while (next_traffic_ < traffic.size() && traffic[next_traffic_] <= now) {
    // What comes late by the processors' doing is still sent; what fell into a time without a
    // connection is not.
    if (state_ == State::Up && traffic[next_traffic_] >= up_since_) send(now);
    ++next_traffic_;
  }
  if (state_ == State::Up && sync_open_ && now >= synced_) {
    sync_open_ = false;
    send(now);
  }
  Instant next = piece.span.to;
  if (state_ == State::Waiting) next = std::min(next, attempt_at_);
  if (answer_due_) next = std::min(next, answer_by_);
  if (state_ == State::Up && sync_open_) next = std::min(next, synced_);
  if (state_ == State::Up && next_traffic_ < traffic.size()) {
    next = std::min(next, traffic[next_traffic_]);
  }
  return next;
}

// Windows takes the protocols off an adapter whose medium is gone, and ends its connections with
// them (KB 239924); Linux leaves them as they are, so the player does what Windows would.
void Player::link_changed(Instant now, const LinkChange& change) {
  const bool wire = change.name == "wire";
  if (!wire && change.name != "tun-" + client_.address) return;
  (wire ? wire_up_ : tunnel_up_) = change.up;
  if (change.up || state_ == State::Off) return;
  history_.noted.push_back({now, wire ? simulation::NearEvent::Link : simulation::NearEvent::Vpn});
  if (state_ == State::Up) {
    lose(now, Sign::LinkDown);
  } else if (socket_ >= 0) {
    attempt_failed(now);
  }
}

void Player::connect(Instant now) {
  // As Windows says at once: the network cannot be reached.
  if (!wire_up_ || !tunnel_up_) return attempt_failed(now);
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  sockaddr_in own{};
  own.sin_family = AF_INET;
  const int yes = 1;
  // Each packet at once, as the times are what is measured.
  bool made = socket_ >= 0 && inet_pton(AF_INET, client_.address.c_str(), &own.sin_addr) == 1 &&
              setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) == 0 &&
              set_keep_alive(now) &&
              bind(socket_, reinterpret_cast<const sockaddr*>(&own), sizeof own) == 0;
  if (made && ::connect(socket_, reinterpret_cast<const sockaddr*>(&path_.server),
                        sizeof path_.server) != 0)
    made = errno == EINPROGRESS;
  state_ = State::Connecting;
  answer_due_ = true;
  answer_by_ = now + clock_.scaled(kAnswerWithin_s);
  if (!made) attempt_failed(now);
}

// The kernel counts in whole seconds; the laboratory sees to it that a keep-alive is some. Two
// unanswered probes, a second apart, end a connection: in the world far longer than Windows takes.
bool Player::set_keep_alive(Instant now) const {
  const double world_s = now >= path_.change ? path_.keep_alive_s : client_.keep_alive_s;
  if (world_s <= 0) return true;
  const int on = 1;
  const int idle_s = std::max(1, static_cast<int>(std::lround(world_s / clock_.scale)));
  const int interval_s = 1;
  const int probes = 2;
  return setsockopt(socket_, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on) == 0 &&
         setsockopt(socket_, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof idle_s) == 0 &&
         setsockopt(socket_, IPPROTO_TCP, TCP_KEEPINTVL, &interval_s, sizeof interval_s) == 0 &&
         setsockopt(socket_, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes) == 0;
}

void Player::attempt_failed(Instant now) {
  close_socket(true);
  state_ = State::Waiting;
  do {
    attempt_at_ = tries_since_ + simulation::reconnect_attempt(attempt_++);
  } while (attempt_at_ <= now);
}

// A balancer accepts a connection before it has a server, so only an answer makes one.
void Player::connected(Instant now) {
  state_ = State::Up;
  up_since_ = now;
  if (lost_) history_.losses.back().restored = now;
  lost_ = false;
  const simulation::Range& sync = scenario_.activity.sync_s;
  synced_ = now + random_.ticks(sync.low, sync.high);
  sync_open_ = true;
}

void Player::send(Instant now) {
  // A full buffer or a broken connection shows as a missing answer or at the next reading.
  if (::send(socket_, &kRequest, 1, MSG_NOSIGNAL) != 1 && errno != EAGAIN && errno != EPIPE &&
      errno != ECONNRESET)
    return lose(now, Sign::Reset);
  if (!answer_due_) answer_by_ = now + clock_.scaled(kAnswerWithin_s);
  answer_due_ = true;
}

void Player::lose(Instant now, Sign sign) {
  close_socket(true);
  history_.losses.push_back({up_since_, now, now, {}, simulation::kNoiseCause});
  signs_.push_back(sign);
  lost_ = true;
  tries_since_ = now;
  attempt_ = 0;
  const simulation::Range& wait = scenario_.client.reconnect_s;
  attempt_at_ = now + random_.ticks(wait.low, wait.high);
  state_ = State::Waiting;
}

void Player::close_socket(bool reset) {
  if (socket_ < 0) return;
  const linger at_once{1, 0};
  // Not a failure if it cannot be set: the peer is then told in the ordinary way.
  if (reset)
    static_cast<void>(setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once));
  ::close(socket_);
  socket_ = -1;
  answer_due_ = false;
}

void Player::ready(Instant now) {
  if (state_ == State::Connecting) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
    const bool polls = scenario_.client.protocol_shapes_traffic && client_.protocol == "MAPI/HTTP";
    const std::array<char, 2> hello = {polls ? kLongPoll : kSessionLike, kRequest};
    if (error != 0 || ::send(socket_, hello.data(), hello.size(), MSG_NOSIGNAL) < 0)
      return attempt_failed(now);
    state_ = State::Greeting;
    return;
  }
  std::array<char, kReadBytes> bytes{};
  const ssize_t count = recv(socket_, bytes.data(), bytes.size(), 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) {
    if (state_ == State::Greeting) return attempt_failed(now);
    return lose(now, count == 0 ? Sign::EndOfStream : Sign::Reset);
  }
  // What a waiting request is kept alive with is no answer.
  if (std::find(bytes.begin(), bytes.begin() + count, kAnswer) == bytes.begin() + count) return;
  answer_due_ = false;
  if (state_ == State::Greeting) connected(now);
}

}  // namespace dropscope::lab
