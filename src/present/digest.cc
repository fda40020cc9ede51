#include "present/digest.h"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace dropscope {

namespace {

// Stands in for a computer without episodes.
const ComputerEpisodes kNoEpisodes;

struct Boundary {
  Instant at{};
  State state = State::Unobserved;
  int change = 0;
};

void add(std::vector<Boundary>& boundaries, Instant begin, Instant end, State state) {
  if (begin >= end) return;
  boundaries.push_back({begin, state, 1});
  boundaries.push_back({end, state, -1});
}

// The log that holds the application's own events says when a computer was observed; the spans of
// other logs (System) count only when it is absent.
constexpr std::string_view kApplicationChannel = "Application";

}  // namespace

std::vector<StateSpan> connection_states(const Evidence& evidence, const ComputerEpisodes& episodes,
                                         Instant begin, Instant end) {
  std::vector<StateSpan> spans;
  if (begin >= end) return spans;
  std::vector<Boundary> boundaries;

  const auto of_computer = [](const Coverage& c, std::uint32_t id) { return c.computer < id; };
  const auto first = std::lower_bound(evidence.coverage.begin(), evidence.coverage.end(),
                                      episodes.computer, of_computer);
  auto last = first;
  while (last != evidence.coverage.end() && last->computer == episodes.computer) ++last;
  const auto is_application = [&](const Coverage& c) {
    return evidence.strings.at(c.channel) == kApplicationChannel;
  };
  const bool has_application = std::any_of(first, last, is_application);
  for (auto c = first; c != last; ++c) {
    if (!has_application || is_application(*c)) add(boundaries, c->first, c->last, State::Off);
  }
  for (const Watch& w : episodes.watches) add(boundaries, w.begin, w.end, State::Idle);
  for (const Uptime& u : episodes.uptimes) add(boundaries, u.begin, u.end, State::Connected);
  for (const Outage& o : episodes.outages) add(boundaries, o.lost, o.end, State::Lost);
  std::sort(boundaries.begin(), boundaries.end(),
            [](const Boundary& a, const Boundary& b) { return a.at < b.at; });

  std::array<int, kStates> open{};
  open[static_cast<std::size_t>(State::Unobserved)] = 1;
  const auto uppermost = [&] {
    std::size_t i = kStates - 1;
    while (i > 0 && open[i] <= 0) --i;
    return static_cast<State>(i);
  };
  const auto emit = [&](Instant from, Instant to) {
    from = std::max(from, begin);
    to = std::min(to, end);
    if (from >= to) return;
    const State state = uppermost();
    if (!spans.empty() && spans.back().state == state) {
      spans.back().end = to;
    } else {
      spans.push_back({from, to, state});
    }
  };
  Instant at = begin;
  for (const Boundary& b : boundaries) {
    if (b.at > at) {
      emit(at, b.at);
      at = b.at;
    }
    open[static_cast<std::size_t>(b.state)] += b.change;
  }
  emit(at, end);
  return spans;
}

Digest::Digest(const ReportInput& input) {
  const Evidence& evidence = input.evidence;
  std::unordered_map<std::uint32_t, const ComputerEpisodes*> episodes;
  episodes.reserve(input.diagnosis.episodes.size());
  for (const ComputerEpisodes& e : input.diagnosis.episodes) episodes.emplace(e.computer, &e);

  computers.reserve(input.diagnosis.computers.size());
  for (const ComputerDiagnosis& d : input.diagnosis.computers) {
    if (d.computer >= evidence.computers.size()) continue;
    const auto found = episodes.find(d.computer);
    const ComputerEpisodes* e = found == episodes.end() ? &kNoEpisodes : found->second;
    computers.push_back({&evidence.computers[d.computer], &d, e});
    if (d.frequency.losses > 0) ++computers_with_losses;
    for (const Uptime& u : e->uptimes) censored_uptimes += u.complete() ? 0U : 1U;
  }
  for (const Coverage& c : evidence.coverage) {
    if (!observed) observed = Span{c.first, c.last};
    observed->begin = std::min(observed->begin, c.first);
    observed->end = std::max(observed->end, c.last);
  }
  for (const Source& s : evidence.sources) {
    bytes += s.bytes;
    switch (s.state) {
      case SourceState::Read:
        ++sources_read;
        break;
      case SourceState::Damaged:
        ++sources_damaged;
        break;
      case SourceState::Unreadable:
        ++sources_unreadable;
        break;
      case SourceState::Ignored:
        ++sources_ignored;
        break;
    }
  }
  shared = find_coincidence(input.diagnosis.episodes).minutes;
  const Profile* profile = profile_of(input);
  application = profile != nullptr ? profile->title : "the application";
  peer = profile != nullptr ? profile->peer : "its server";
}

const Profile* profile_of(const ReportInput& input) {
  const std::size_t index = input.diagnosis.profile;
  return index < input.catalogue.profiles.size() ? &input.catalogue.profiles[index] : nullptr;
}

const Event* event_at(const Evidence& evidence, std::uint32_t index) {
  return index < evidence.events.size() ? &evidence.events[index] : nullptr;
}

const Source* source_of(const Evidence& evidence, const Event& event) {
  return event.source < evidence.sources.size() ? &evidence.sources[event.source] : nullptr;
}

std::vector<double> uptime_lengths(const Digest& digest, bool complete) {
  std::vector<double> lengths;
  for (const ComputerView& view : digest.computers) {
    for (const Uptime& u : view.episodes->uptimes) {
      if (u.complete() == complete) lengths.push_back(u.seconds());
    }
  }
  return lengths;
}

std::vector<double> outage_lengths(const Digest& digest) {
  std::vector<double> lengths;
  for (const ComputerView& view : digest.computers) {
    for (const Outage& o : view.episodes->outages) {
      if (o.complete()) lengths.push_back(o.seconds());
    }
  }
  return lengths;
}

}  // namespace dropscope
