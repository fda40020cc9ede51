// The computer's timeline is walked once, as a state machine over marks: what the application
// logged, what the computer logged, and where the log begins and ends.
//
// Rejected: pairing each loss with the next restore. Over a restart, a night asleep or a hole in
// the log it makes uptimes that no connection ever had, and those are the ones that look like long
// timers.

#include "analysis/episodes/episodes.h"

#include <algorithm>
#include <string_view>
#include <tuple>

#include "base/text.h"

namespace dropscope {
namespace {

/// A clock step this close to a resume is the clock being read again, not somebody setting it. The
/// service reports it within seconds of the wake-up; two minutes leave room for a slow start.
constexpr Ticks kResumeNeighbourhood = std::chrono::minutes{2};

/// Windows logs its start within minutes; events of the computer this shortly before the report of
/// a power loss belong to the start, not to the time before.
constexpr Ticks kStartOfWindows = std::chrono::minutes{10};

struct Mark {
  Instant time{};
  Edge edge = Edge::LogStart;
  std::uint32_t event = kNoEvent;
};

/// Whether a mark opens or closes the timeline at equal times: ends of a log come after all events
/// of the same instant, beginnings before them.
int order_of(Edge edge) {
  if (edge == Edge::LogStart) return 0;
  if (edge == Edge::LogEnd) return 2;
  return 1;
}

class Timeline {
 public:
  Timeline(const Evidence& evidence, std::uint16_t profile, std::string_view log,
           ComputerEpisodes& out)
      : evidence_(evidence), profile_(profile), log_(log), out_(out) {}

  void run(std::size_t first_event, std::size_t end_event, std::size_t first_coverage,
           std::size_t end_coverage) {
    add_coverage(first_coverage, end_coverage);
    for (std::size_t i = first_event; i < end_event; ++i) add_event(static_cast<std::uint32_t>(i));
    std::stable_sort(marks_.begin(), marks_.end(), [](const Mark& a, const Mark& b) {
      return std::make_tuple(a.time, order_of(a.edge)) < std::make_tuple(b.time, order_of(b.edge));
    });
    drop_steps_at_resume();
    for (const Mark& mark : marks_) step(mark);
    make_watches();
  }

 private:
  enum class State : std::uint8_t {
    Unknown,  ///< Nothing is known about the connection.
    Up,
    Down,
  };

  /// Spans of the application's log; pieces whose record ids follow each other are one span.
  void add_coverage(std::size_t first, std::size_t end) {
    struct Piece {
      Instant first, last;
      std::uint64_t first_id, last_id;
    };
    std::vector<Piece> pieces;
    for (std::size_t i = first; i < end; ++i) {
      const Coverage& c = evidence_.coverage[i];
      if (!equals_nocase_ascii(evidence_.strings.at(c.channel), log_)) continue;
      if (!pieces.empty()) {
        Piece& last = pieces.back();
        // Overlap in time, or the next record id: nothing is missing between the two.
        if (c.first <= last.last ||
            (c.first_record_id <= last.last_id + 1 && c.first_record_id >= last.first_id)) {
          last.last = std::max(last.last, c.last);
          last.last_id = std::max(last.last_id, c.last_record_id);
          continue;
        }
      }
      pieces.push_back({c.first, c.last, c.first_record_id, c.last_record_id});
    }
    for (const Piece& piece : pieces) {
      marks_.push_back({piece.first, Edge::LogStart, kNoEvent});
      marks_.push_back({piece.last, Edge::LogEnd, kNoEvent});
      spans_.push_back({piece.first, piece.last});
    }
  }

  void add_event(std::uint32_t index) {
    const Event& event = evidence_.events[index];
    Edge edge{};
    switch (event.meaning) {
      case Meaning::Lost:
        edge = Edge::Lost;
        break;
      case Meaning::Restored:
        edge = Edge::Restored;
        break;
      case Meaning::Started:
        edge = Edge::AppStart;
        break;
      case Meaning::Stopped:
      case Meaning::Crashed:
        edge = Edge::AppStop;
        break;
      case Meaning::Sleep:
        edge = Edge::Sleep;
        break;
      case Meaning::Resume:
        edge = Edge::Resume;
        break;
      case Meaning::Shutdown:
      case Meaning::PowerLoss:
        edge = Edge::Shutdown;
        break;
      case Meaning::Boot:
        edge = Edge::Boot;
        break;
      case Meaning::LogCleared:
        // The event names the log; others than the application's do not matter here.
        if (to_lower_ascii(evidence_.strings.at(event.text)).find("application") ==
            std::string::npos) {
          return;
        }
        edge = Edge::LogCleared;
        break;
      case Meaning::ClockStep:
        edge = Edge::ClockStep;
        break;
      default:
        return;
    }
    Instant time = event.time;
    if (event.meaning == Meaning::PowerLoss) time = last_sign_of_life(index);
    const bool of_application = edge == Edge::Lost || edge == Edge::Restored ||
                                edge == Edge::AppStart || edge == Edge::AppStop;
    if (of_application && event.profile != profile_) return;
    if (edge == Edge::Sleep || edge == Edge::Resume || edge == Edge::Shutdown ||
        edge == Edge::Boot) {
      out_.power_known = true;
    }
    marks_.push_back({time, edge, index});
  }

  /// Power loss is reported at the next start, after other events of that start; what came before
  /// them is the last that was heard of the computer.
  [[nodiscard]] Instant last_sign_of_life(std::uint32_t index) const {
    const Event& report = evidence_.events[index];
    for (std::uint32_t i = index; i-- > 0;) {
      const Event& before = evidence_.events[i];
      if (before.computer != report.computer) break;
      const bool of_this_start =
          before.time + kStartOfWindows > report.time && before.meaning > Meaning::Unclassified;
      if (!of_this_start) return before.time;
    }
    return report.time;
  }

  void drop_steps_at_resume() {
    std::vector<Instant> resumes;
    for (const Mark& mark : marks_) {
      if (mark.edge == Edge::Resume) resumes.push_back(mark.time);
    }
    std::erase_if(marks_, [&](const Mark& mark) {
      if (mark.edge != Edge::ClockStep) return false;
      const auto after =
          std::lower_bound(resumes.begin(), resumes.end(), mark.time - kResumeNeighbourhood);
      return after != resumes.end() && *after <= mark.time + kResumeNeighbourhood;
    });
  }

  void close(const Mark& mark, Edge edge) {
    if (state_ == State::Up) {
      // A log that begins, and ends without a word about the connection, holds no uptime.
      if (!(begin_.edge == Edge::LogStart && edge != Edge::Lost)) {
        out_.uptimes.push_back(
            {begin_.time, mark.time, begin_.edge, edge, begin_.event, mark.event});
      }
    } else if (state_ == State::Down) {
      out_.outages.push_back({begin_.time, mark.time, edge, begin_.event, mark.event});
    }
  }

  void enter(State state, const Mark& mark, Edge edge) {
    state_ = state;
    begin_ = {mark.time, edge, mark.event};
    asleep_ = false;
  }

  void leave() {
    state_ = State::Unknown;
    asleep_ = false;
  }

  void step(const Mark& mark) {
    switch (mark.edge) {
      case Edge::LogStart:
        // Until the log says more, the connection counts as up: a loss then ends a censored uptime.
        enter(State::Up, mark, Edge::LogStart);
        break;
      case Edge::LogEnd:
        close(mark, Edge::LogEnd);
        leave();
        break;
      case Edge::LogCleared:
        close(mark, Edge::LogCleared);
        enter(State::Up, mark, Edge::LogStart);
        break;
      case Edge::Lost:
        if (state_ == State::Down) {
          ++out_.lost_twice;
          break;
        }
        close(mark, Edge::Lost);
        enter(State::Down, mark, Edge::Lost);
        break;
      case Edge::Restored:
        if (state_ == State::Up && begin_.edge != Edge::LogStart) {
          // Connected while connected: a loss was not logged, so the uptime ended before, unseen.
          // After a start it is the first connection, which some versions report.
          if (begin_.edge != Edge::AppStart && begin_.edge != Edge::Resume) ++out_.restored_twice;
        }
        close(mark, Edge::Restored);
        enter(State::Up, mark, Edge::Restored);
        break;
      case Edge::AppStart:
        ++out_.app_starts;
        close(mark, state_ == State::Up ? Edge::AppStop : Edge::AppStart);
        enter(State::Up, mark, Edge::AppStart);
        break;
      case Edge::AppStop:
      case Edge::Shutdown:
        close(mark, mark.edge);
        leave();
        break;
      case Edge::Boot:
        close(mark, Edge::Shutdown);
        leave();
        break;
      case Edge::Sleep:
        close(mark, Edge::Sleep);
        // Standby is often followed by sleep: the second event finds nothing up, and changes
        // nothing.
        asleep_ = asleep_ || state_ == State::Up;
        state_ = State::Unknown;
        break;
      case Edge::Resume:
        // Windows reports one wake-up with two events; only the first finds the computer asleep.
        if (asleep_ && state_ == State::Unknown) enter(State::Up, mark, Edge::Resume);
        asleep_ = false;
        break;
      case Edge::ClockStep:
        ++out_.clock_steps;
        close(mark, Edge::ClockStep);
        if (state_ != State::Unknown)
          enter(state_, {mark.time, mark.edge, kNoEvent}, Edge::ClockStep);
        break;
    }
  }

  /// Spans of the log without the times in which the computer is known to have been off or asleep.
  void make_watches() {
    for (const Watch& span : spans_) {
      Instant begin = span.begin;
      bool on = true;
      for (const Mark& mark : marks_) {
        if (mark.time < span.begin || mark.time > span.end) continue;
        if (on && (mark.edge == Edge::Sleep || mark.edge == Edge::Shutdown)) {
          if (mark.time > begin) out_.watches.push_back({begin, mark.time});
          on = false;
        } else if (!on && mark.edge != Edge::Sleep && mark.edge != Edge::Shutdown &&
                   mark.edge != Edge::LogEnd && mark.edge != Edge::ClockStep) {
          // Any other sign of life will do when the wake-up itself was not logged.
          begin = mark.time;
          on = true;
        }
      }
      if (on && span.end > begin) out_.watches.push_back({begin, span.end});
    }
  }

  const Evidence& evidence_;
  std::uint16_t profile_;
  std::string_view log_;
  ComputerEpisodes& out_;
  std::vector<Mark> marks_;
  std::vector<Watch> spans_;
  State state_ = State::Unknown;
  bool asleep_ = false;
  Mark begin_;
};

}  // namespace

std::vector<ComputerEpisodes> build_episodes(const Evidence& evidence, std::uint16_t profile,
                                             std::string_view log) {
  std::vector<ComputerEpisodes> result;
  std::size_t event = 0;
  std::size_t coverage = 0;
  for (std::uint32_t computer = 0; computer < evidence.computers.size(); ++computer) {
    const std::size_t first_event = event;
    while (event < evidence.events.size() && evidence.events[event].computer == computer) ++event;
    const std::size_t first_coverage = coverage;
    while (coverage < evidence.coverage.size() &&
           evidence.coverage[coverage].computer == computer) {
      ++coverage;
    }
    if (first_event == event && first_coverage == coverage) continue;
    ComputerEpisodes episodes;
    episodes.computer = computer;
    Timeline(evidence, profile, log, episodes).run(first_event, event, first_coverage, coverage);
    result.push_back(std::move(episodes));
  }
  return result;
}

std::string_view to_string(Edge edge) {
  switch (edge) {
    case Edge::Lost:
      return "lost";
    case Edge::Restored:
      return "restored";
    case Edge::AppStart:
      return "application-start";
    case Edge::AppStop:
      return "application-stop";
    case Edge::Shutdown:
      return "shutdown";
    case Edge::Boot:
      return "boot";
    case Edge::Sleep:
      return "sleep";
    case Edge::Resume:
      return "resume";
    case Edge::LogStart:
      return "log-start";
    case Edge::LogEnd:
      return "log-end";
    case Edge::LogCleared:
      return "log-cleared";
    case Edge::ClockStep:
      return "clock-step";
  }
  return "unknown";
}

double watched_seconds(const ComputerEpisodes& episodes) {
  double out = 0;
  for (const Watch& watch : episodes.watches) out += seconds_between(watch.begin, watch.end);
  return out;
}

}  // namespace dropscope
