#include "simulate/world.h"

#include <algorithm>

#include "simulate/prng.h"
#include "simulate/reconnect.h"

namespace dropscope::simulation {

namespace {

constexpr double kDay = 86'400;

// Office hours of everybody's mail: arrivals follow the senders, not the receiver.
constexpr double kMailDayStart = 7 * 3600;
constexpr double kMailDayEnd = 19 * 3600;

// A waiting MAPI/HTTP request gets data every 30 s (X-PendingPeriod's default); Outlook Anywhere's
// client sends after 12 minutes without traffic. Both from the project's facts on protocols.
constexpr double kMapiHttpKeepAlive = 30;
constexpr double kRpcHttpKeepAlive = 720;

// Windows repeats an unanswered keep-alive ten times, a second apart, before it gives a connection
// up.
constexpr double kKeepAliveProbes = 10;
// … and gives up unanswered data after about this many seconds (five repeats of a growing wait;
// assumed).
constexpr Range kRetransmit{9, 21};

using std::chrono::seconds;

struct Strike {
  Instant at{};
  int cause = kNoiseCause;
};

bool active(const Cause& cause, Instant t) {
  return (!cause.from || t >= *cause.from) && (!cause.to || t < *cause.to);
}

class Life {
 public:
  Life(const Scenario& scenario, const SharedOutages& outages, const Client& client)
      : scenario_(scenario),
        outages_(outages),
        client_(client),
        begin_(scenario.midnight(client.zone, 0)),
        end_(scenario.midnight(client.zone, scenario.days)),
        connection_(scenario.seed, Stream::Connection, client.index),
        reconnect_(scenario.seed, Stream::Reconnect, client.index) {}

  ClientHistory run() {
    history_.calendar = make_calendar(scenario_, client_);
    make_traffic();
    make_strikes();
    for (const OutlookSession& session : history_.calendar.outlook) live_through(session);
    return std::move(history_);
  }

 private:
  // --- traffic
  // ------------------------------------------------------------------------------------

  void make_traffic() {
    const Activity& activity = scenario_.activity;
    Random user(scenario_.seed, Stream::UserTraffic, client_.index);
    Random mail(scenario_.seed, Stream::MailTraffic, client_.index);
    for (const Span& span : history_.calendar.desk) {
      double pace = activity.day_shape ? std::max(0.1, user.erlang(activity.day_shape)) : 1.0;
      renew(user, span, activity.user_every_min * 60 / pace);
    }
    for (int day = 0; day < scenario_.days; ++day) {
      CivilTime date = date_after(scenario_.start_date, day);
      double pace = activity.day_shape ? std::max(0.1, mail.erlang(activity.day_shape)) : 1.0;
      Instant midnight = at_local(client_.zone, date, 0);
      Instant morning = at_local(client_.zone, date, kMailDayStart);
      Instant evening = at_local(client_.zone, date, kMailDayEnd);
      Instant next = at_local(client_.zone, date_after(date, 1), 0);
      bool weekend = date.weekday >= 5;
      double night_gap = activity.mail_night_every_min * 60 / pace;
      renew(mail, {midnight, morning}, night_gap);
      renew(mail, {morning, evening}, weekend ? night_gap : activity.mail_every_min * 60 / pace);
      renew(mail, {evening, next}, night_gap);
    }
    std::sort(history_.traffic.begin(), history_.traffic.end());
  }

  // The gaps clump: people and mail come in bursts, and a Poisson process would have too few long
  // gaps.
  void renew(Random& random, const Span& span, double mean_gap_s) {
    double clumping = scenario_.activity.clumping;
    // The first gap is exponential: the span starts at no special moment of the process.
    Instant t = span.from + ticks_from_seconds(mean_gap_s * random.exponential());
    while (t < span.to) {
      history_.traffic.push_back(t);
      t += ticks_from_seconds(mean_gap_s * random.clumped_gap(clumping)) + Ticks{1};
    }
  }

  // --- causes at times of their own
  // ---------------------------------------------------------------

  void make_strikes() {
    for (std::size_t c = 0; c < scenario_.causes.size(); ++c) {
      if (!client_.concerned[c]) continue;
      const Cause& cause = scenario_.causes[c];
      Random random(scenario_.seed, Stream::Strikes, client_.index, c);
      first_of_cause_ = strikes_.size();
      cause_ = static_cast<int>(c);
      switch (cause.kind) {
        case CauseKind::Clock:
          clock(cause, random);
          break;
        case CauseKind::Period:
          period(cause, random);
          break;
        case CauseKind::Random:
          memoryless(random, cause.per_day, cause.working_hours);
          break;
        case CauseKind::Burst:
          bursts(cause, random);
          break;
        case CauseKind::Wifi:
          wifi(cause, random);
          break;
        case CauseKind::Outage:
          for (const Span& span : outages_.per_cause[c]) {
            strike(span.from + random.ticks(0, cause.spread_s));
            blocked_.push_back(span);
          }
          break;
        case CauseKind::Idle:
        case CauseKind::FixedAge:
        case CauseKind::Sleep:
          break;
      }
      // A window of activity cuts what lies outside.
      auto outside = [&](const Strike& s) { return !active(cause, s.at); };
      strikes_.erase(std::remove_if(strikes_.begin() + static_cast<std::ptrdiff_t>(first_of_cause_),
                                    strikes_.end(), outside),
                     strikes_.end());
    }
    Random noise(scenario_.seed, Stream::RandomNoise, client_.index);
    cause_ = kNoiseCause;
    memoryless(noise, scenario_.noise.losses_per_day, false);
    std::sort(strikes_.begin(), strikes_.end(), [](const Strike& a, const Strike& b) {
      return a.at != b.at ? a.at < b.at : a.cause < b.cause;
    });
    std::sort(blocked_.begin(), blocked_.end(),
              [](const Span& a, const Span& b) { return a.from < b.from; });
  }

  void strike(Instant at) { strikes_.push_back({at, cause_}); }

  void clock(const Cause& cause, Random& random) {
    TimeZone zone = cause.utc ? TimeZone() : client_.zone;
    for (int day = -1; day <= scenario_.days; ++day) {
      CivilTime date = date_after(scenario_.start_date, day);
      for (double time : cause.times_of_day_s) {
        Ticks late = ticks_from_seconds(cause.jitter_s * random.uniform());
        Instant at = at_local(zone, date, time) + late;
        if (at >= begin_ && at < end_) strike(at);
      }
    }
  }

  void period(const Cause& cause, Random& random) {
    Ticks step = ticks_from_seconds(cause.seconds);
    auto series = [&](Instant from, Instant to) {
      for (Instant t = from; t < to; t += step) {
        Instant at = t + ticks_from_seconds(cause.jitter_s * random.triangular());
        if (at >= begin_) strike(at);
      }
    };
    Instant start = begin_ + ticks_from_seconds(cause.seconds * random.uniform());
    if (!cause.restarts_at_boot) {
      series(start, end_);
      return;
    }
    const std::vector<PoweredSpan>& powered = history_.calendar.powered;
    for (std::size_t i = 0; i < powered.size(); ++i) {
      if (powered[i].wake != Wake::Boot) continue;
      Instant until = end_;
      for (std::size_t k = i + 1; k < powered.size() && until == end_; ++k) {
        if (powered[k].wake == Wake::Boot) until = powered[k].span.from;
      }
      series(powered[i].span.from + step, until);
    }
  }

  void memoryless(Random& random, double per_day, bool working_hours) {
    if (per_day <= 0) return;
    if (!working_hours) {
      double gap = kDay / per_day;
      for (Instant t = begin_ + ticks_from_seconds(gap * random.exponential()); t < end_;
           t += ticks_from_seconds(gap * random.exponential()) + Ticks{1}) {
        strike(t);
      }
      return;
    }
    for (const Span& day : history_.calendar.workdays) over(random, day, per_day);
  }

  // On average `count` strikes in the span, without memory.
  void over(Random& random, const Span& span, double count) {
    double gap = seconds_between(span.from, span.to) / count;
    for (Instant t = span.from + ticks_from_seconds(gap * random.exponential()); t < span.to;
         t += ticks_from_seconds(gap * random.exponential()) + Ticks{1}) {
      strike(t);
    }
  }

  void bursts(const Cause& cause, Random& random) {
    if (cause.per_day <= 0) return;
    double gap = kDay / cause.per_day;
    Instant t = begin_ + ticks_from_seconds(gap * random.exponential());
    while (t < end_) {
      const int span = cause.losses_max - cause.losses_min + 1;
      auto more = static_cast<std::uint64_t>(span);
      int losses = cause.losses_min + static_cast<int>(random.below(more));
      Instant at = t;
      for (int i = 0; i < losses; ++i) {
        strike(at);
        at += random.ticks(cause.gap_s.low, cause.gap_s.high);
      }
      t = at + ticks_from_seconds(gap * random.exponential());
    }
  }

  void wifi(const Cause& cause, Random& random) {
    if (cause.per_day <= 0) return;
    for (const Span& day : history_.calendar.workdays) {
      // Some days are bad: another meeting room, a busy channel. Shape 2 spreads the days widely.
      over(random, day, std::max(1e-6, cause.per_day * random.erlang(2)));
    }
  }

  // --- the connection
  // -----------------------------------------------------------------------------

  struct End {
    Instant closed{};
    int cause = kNoiseCause;
    bool silent = false;
  };

  [[nodiscard]] bool exhausted() const {
    return scenario_.fixed_losses != 0 && history_.losses.size() >= scenario_.fixed_losses;
  }

  // The end of the outage that `t` lies in.
  [[nodiscard]] std::optional<Instant> blocked_until(Instant t) const {
    std::optional<Instant> until;
    for (const Span& span : blocked_) {
      if (span.from > t) break;
      if (t < span.to) until = std::max(until.value_or(span.to), span.to);
    }
    return until;
  }

  void live_through(const OutlookSession& session) {
    bool waiting = false;  // The last loss is not restored yet.
    bool first = true;
    for (const PoweredSpan& powered : history_.calendar.powered) {
      Span piece{std::max(powered.span.from, session.span.from),
                 std::min(powered.span.to, session.span.to)};
      if (piece.from >= piece.to) continue;
      // Opening the store after a start, or the network after a resume, takes some seconds.
      Instant up = piece.from + (first ? reconnect_.ticks(4, 20) : reconnect_.ticks(2, 12));
      if (!first && !waiting) up = resume(piece, up);
      first = false;
      if (std::optional<Instant> until = blocked_until(up)) up = next_attempt(up, *until);
      if (up >= piece.to) continue;
      if (waiting) {
        history_.losses.back().restored = up;
        waiting = false;
      }
      waiting = !stay_connected(piece, up);
    }
  }

  // After a resume Outlook usually renews its connection without a word; a Sleep cause makes it
  // speak.
  Instant resume(const Span& piece, Instant up) {
    for (std::size_t c = 0; c < scenario_.causes.size(); ++c) {
      const Cause& cause = scenario_.causes[c];
      if (cause.kind != CauseKind::Sleep || !client_.concerned[c]) continue;
      bool speaks = connection_.chance(cause.share_of_resumes);
      if (!speaks || exhausted() || !active(cause, piece.from)) continue;
      Instant lost = piece.from + connection_.ticks(1, 8);
      Instant back = lost + connection_.ticks(2, 25);
      if (back >= piece.to) return up;
      history_.losses.push_back({up_, lost, lost, back, static_cast<int>(c)});
      return back;
    }
    return up;
  }

  // Follows the connection to the end of the piece. False when it ends disconnected.
  bool stay_connected(const Span& piece, Instant up) {
    for (;;) {
      up_ = up;
      if (exhausted()) return true;
      Instant synced =
          up + connection_.ticks(scenario_.activity.sync_s.low, scenario_.activity.sync_s.high);
      std::optional<End> end = next_end(up, synced);
      if (!end || end->closed >= piece.to) return true;
      Instant lost = noticed(*end, up, synced);
      if (lost >= piece.to) return true;
      Instant back = reconnected(lost);
      history_.losses.push_back({up, end->closed, lost, {}, end->cause});
      if (back >= piece.to) return false;
      history_.losses.back().restored = back;
      up = back;
    }
  }

  std::optional<End> next_end(Instant up, Instant synced) {
    std::optional<End> first;
    auto offer = [&](Instant at, int cause, bool silent) {
      if (!first || at < first->closed) first = End{at, cause, silent};
    };
    for (std::size_t c = 0; c < scenario_.causes.size(); ++c) {
      if (!client_.concerned[c]) continue;
      const Cause& cause = scenario_.causes[c];
      auto id = static_cast<int>(c);
      if (cause.kind == CauseKind::FixedAge) {
        Instant at =
            up + ticks_from_seconds(cause.seconds + cause.jitter_s * connection_.triangular());
        if (active(cause, at)) offer(at, id, cause.silent);
      } else if (cause.kind == CauseKind::Idle) {
        // Devices look at their tables now and then, so they are late, never early.
        Ticks late = ticks_from_seconds(cause.jitter_s * connection_.uniform());
        if (auto at = idle_end(cause, synced)) offer(*at + late, id, cause.silent);
      }
    }
    // Strikes come in time order, and `up` only grows.
    while (next_strike_ < strikes_.size() && strikes_[next_strike_].at <= up) ++next_strike_;
    if (next_strike_ < strikes_.size()) {
      offer(strikes_[next_strike_].at, strikes_[next_strike_].cause, false);
    }
    return first;
  }

  [[nodiscard]] double keep_alive_s() const {
    double gap = client_.keep_alive_s;
    if (scenario_.client.protocol_shapes_traffic) {
      double own = client_.protocol == "MAPI/HTTP"  ? kMapiHttpKeepAlive
                   : client_.protocol == "RPC/HTTP" ? kRpcHttpKeepAlive
                                                    : 0;
      if (own > 0) gap = gap > 0 ? std::min(gap, own) : own;
    }
    return gap;
  }

  // The first moment at which the connection has been without traffic for the device's time.
  [[nodiscard]] std::optional<Instant> idle_end(const Cause& cause, Instant synced) const {
    double alive = keep_alive_s();
    if (alive > 0 && alive < cause.seconds) return {};
    Ticks limit = ticks_from_seconds(cause.seconds);
    const std::vector<Instant>& traffic = history_.traffic;
    auto next = std::upper_bound(traffic.begin(), traffic.end(), synced);
    Instant last = synced;
    for (;;) {
      bool ends_here = next == traffic.end() || *next - last > limit;
      if (ends_here && active(cause, last + limit)) return last + limit;
      if (next == traffic.end()) return {};
      last = *next++;
    }
  }

  // When the client learns that its connection is gone.
  Instant noticed(const End& end, Instant up, Instant synced) {
    if (!end.silent) return end.closed + connection_.ticks(0.01, 0.6);
    const std::vector<Instant>& traffic = history_.traffic;
    auto next = std::upper_bound(traffic.begin(), traffic.end(), end.closed);
    Ticks give_up = connection_.ticks(kRetransmit.low, kRetransmit.high);
    std::optional<Instant> by_use;
    if (next != traffic.end()) by_use = *next + give_up;
    // The keep-alive counts from the last traffic; while the connection lived it was answered.
    std::optional<Instant> by_keep_alive;
    if (double alive = keep_alive_s(); alive > 0) {
      Instant last = std::min(std::max(up, synced), end.closed);
      if (next != traffic.begin()) last = std::max(last, *(next - 1));
      Instant probe = last + ticks_from_seconds(alive);
      while (probe <= end.closed) probe += ticks_from_seconds(alive);
      by_keep_alive = probe + ticks_from_seconds(kKeepAliveProbes);
    }
    if (by_use && by_keep_alive) return std::min(*by_use, *by_keep_alive);
    return by_use.value_or(by_keep_alive.value_or(end_ + seconds(1)));
  }

  // When Outlook is connected again.
  Instant reconnected(Instant lost) {
    const ClientHabits& habits = scenario_.client;
    Instant first = lost + reconnect_.ticks(habits.reconnect_s.low, habits.reconnect_s.high);
    bool slow = reconnect_.chance(habits.slow_reconnect);
    double late = reconnect_.uniform();
    std::uint64_t failures = reconnect_.below(3);
    if (slow) {
      // The first attempts hang; one of the later ones on Outlook's grid succeeds.
      first = lost + ticks_from_seconds(kFirstRetry + kNextRetry * static_cast<double>(failures) +
                                        5 * late);
    }
    std::optional<Instant> until = blocked_until(first);
    return until ? next_attempt(lost, *until) : first;
  }

  // The first of Outlook's attempts after `since` that is not before `until`.
  Instant next_attempt(Instant since, Instant until) {
    Ticks handshake = reconnect_.ticks(0.3, 4);
    for (;;) {
      unsigned n = 0;
      Instant attempt = since + reconnect_attempt(n);
      while (attempt < until) attempt = since + reconnect_attempt(++n);
      std::optional<Instant> again = blocked_until(attempt);
      if (!again) return attempt + handshake;
      until = *again;
    }
  }

  const Scenario& scenario_;
  const SharedOutages& outages_;
  const Client& client_;
  Instant begin_, end_;
  Random connection_, reconnect_;
  ClientHistory history_;
  std::vector<Strike> strikes_;
  std::vector<Span> blocked_;
  std::size_t next_strike_ = 0;
  std::size_t first_of_cause_ = 0;
  int cause_ = kNoiseCause;
  Instant up_{};  // When the present or last connection was made.
};

}  // namespace

SharedOutages make_outages(const Scenario& scenario) {
  SharedOutages outages;
  for (std::size_t c = 0; c < scenario.causes.size(); ++c) {
    const Cause& cause = scenario.causes[c];
    std::vector<Span>& spans = outages.per_cause.emplace_back();
    if (cause.kind != CauseKind::Outage) continue;
    Random random(scenario.seed, Stream::SharedOutages, c);
    std::vector<Instant> starts = cause.at;
    if (cause.per_day > 0) {
      double gap = kDay / cause.per_day;
      Instant t = scenario.begin() + ticks_from_seconds(gap * random.exponential());
      for (; t < scenario.end(); t += ticks_from_seconds(gap * random.exponential()) + Ticks{1}) {
        starts.push_back(t);
      }
      std::sort(starts.begin(), starts.end());
    }
    for (Instant start : starts) {
      Ticks length = random.ticks(cause.duration_s.low, cause.duration_s.high);
      if (active(cause, start)) spans.push_back({start, start + length});
    }
  }
  return outages;
}

ClientHistory live(const Scenario& scenario, const SharedOutages& outages, const Client& client) {
  return Life(scenario, outages, client).run();
}

}  // namespace dropscope::simulation
