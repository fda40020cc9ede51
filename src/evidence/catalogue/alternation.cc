// What alerts mean when no text is known: the third step of classification.
//
// A connection is lost and restored in turn. So two unknown texts of one provider and id that
// strictly alternate are a loss and a restore, and what remains is which is which. Two signs tell:
//   - Starts. The application connects when it starts, so the first of the two after a start is the
//   loss.
//   - Gaps. A loss ends an uptime and begins an outage, and uptimes are the longer ones. So the
//   text that
//     ends the longer gaps is the loss. (That it is *followed* by the longer gaps, as is sometimes
//     said, would make outages longer than uptimes: the ordinary case is the other way round.)
// Each sign can mislead: a computer that starts away from its network may report a restore first,
// and a line that drops every ten minutes may be down longer than it is up. So gaps must differ
// clearly, one start alone is not enough, and signs that disagree decide nothing. The texts then
// stay unclassified and are shown, for someone to add a language file.
//
// "Strictly" is meant per session: a restart of the application or computer begins a new one,
// because a connection that was lost before it comes back in silence. By chance, two unrelated
// texts alternate six times in a row on one computer of 32, which a large fleet is sure to contain;
// so a pair of texts is accepted only if most of the computers that have both let them alternate.
// What a text means is then the same on all computers, also on those with too few events to tell.

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "evidence/catalogue/classify.h"

namespace dropscope {
namespace {

/// Median uptime over median outage from which gaps count as clearly different. On the 75 computers
/// of the corpus's twenty cases on which it can be computed the smallest is 5.6; chance gives
/// about 1.
constexpr double kClearGapRatio = 3;
/// Share of starts, as a ratio, from which the first text after a start counts as clear. All 266
/// starts of the corpus's cases agree, so the room left is for starts away from the network.
constexpr std::size_t kClearStartRatio = 4;
/// Gaps of each kind below which their medians say nothing: one is an accident.
constexpr std::size_t kFewestGaps = 2;
/// Starts that decide without the gaps, for the same reason.
constexpr std::size_t kStartsAlone = 2;

constexpr std::size_t kNeither = 2;

/// Profile, provider, id: texts of different kinds of alert are never compared.
using AlertKind = std::tuple<std::uint16_t, StringId, std::uint16_t>;
using TextKey = std::pair<AlertKind, StringId>;

/// The unknown texts of one kind on one computer.
struct Strand {
  AlertKind kind;
  std::array<StringId, 2> texts{};  ///< In order of appearance.
  std::size_t distinct = 0;         ///< 3 stands for more than two.
  std::array<std::size_t, 2> events{};
  std::array<std::size_t, 2> first_after_start{};
  std::array<std::vector<double>, 2> gaps_after;  ///< Seconds from a text to the other one.
  std::size_t changes = 0;
  bool strict = true;
  // The last event.
  std::size_t last = kNeither;
  Instant last_time{};
  std::uint32_t session = 0;
  std::uint32_t rest = 0;
};

/// Signs about one pair of texts, the smaller id first, from all computers.
struct PairSigns {
  std::size_t alternating = 0;  ///< Computers.
  std::size_t other = 0;        ///< Computers that have both texts and speak against the pair.
  std::array<std::size_t, 2> first_after_start{};
  std::array<std::vector<double>, 2> gaps_after;
};
using Pairs = std::map<std::tuple<AlertKind, StringId, StringId>, PairSigns>;

bool is_unknown_alert(const Event& event, std::size_t profiles) {
  return event.meaning == Meaning::Unclassified && event.recognition == Recognition::None &&
         event.text != 0 && event.profile < profiles;
}

bool is_application(Meaning meaning) {
  return meaning <= Meaning::Unclassified;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Follows one computer through its events.
class Follower {
 public:
  Follower(std::size_t profiles, std::size_t min_pairs)
      : sessions_(profiles), min_pairs_(min_pairs) {}

  void follow(const Event& event, Pairs& pairs) {
    if (computer_ != event.computer) {
      finish(pairs);
      computer_ = event.computer;
    }
    if (is_application(event.meaning) && event.profile >= sessions_.size()) return;
    switch (event.meaning) {
      case Meaning::Started:
        sessions_[event.profile] = {++counter_, true, sessions_[event.profile].language_known};
        break;
      case Meaning::Stopped:
      case Meaning::Crashed:
        sessions_[event.profile] = {++counter_, false, sessions_[event.profile].language_known};
        break;
      case Meaning::Lost:
      case Meaning::Restored:
        sessions_[event.profile].language_known = true;
        break;
      case Meaning::Boot:
      case Meaning::Shutdown:
      case Meaning::PowerLoss:
      case Meaning::LogCleared:
        for (Session& session : sessions_) {
          session = {++counter_, false, session.language_known};
        }
        break;
      case Meaning::Sleep:
      case Meaning::Resume:
      case Meaning::ClockStep:
        ++rest_;
        break;
      case Meaning::Unclassified:
        if (!event.doubtful && is_unknown_alert(event, sessions_.size())) alert(event);
        break;
      default:
        break;
    }
  }

  /// Hands over what the current computer tells.
  void finish(Pairs& pairs) {
    for (Strand& strand : strands_) {
      if (strand.distinct == 2) hand_over(strand, pairs);
    }
    strands_.clear();
    sessions_.assign(sessions_.size(), Session{});
    counter_ = 0;
    rest_ = 0;
  }

 private:
  struct Session {
    std::uint32_t number = 0;
    bool begins_with_start = false;
    bool language_known =
        false;  ///< Known texts of the same profile tell losses and restores here.
  };

  Strand& strand_of(const Event& event) {
    const AlertKind kind{event.profile, event.provider, event.event_id};
    for (Strand& strand : strands_) {
      if (strand.kind == kind) return strand;
    }
    strands_.emplace_back().kind = kind;
    return strands_.back();
  }

  void alert(const Event& event) {
    Strand& strand = strand_of(event);
    if (strand.distinct > 2) return;
    std::size_t text = 0;
    while (text < strand.distinct && strand.texts[text] != event.text) ++text;
    if (text == strand.distinct) {
      ++strand.distinct;
      if (text == kNeither) return;
      strand.texts[text] = event.text;
    }
    ++strand.events[text];

    const Session& session = sessions_[event.profile];
    const bool same_session = strand.last != kNeither && strand.session == session.number;
    if (!same_session) {
      if (session.begins_with_start) ++strand.first_after_start[text];
    } else if (strand.last == text) {
      strand.strict = false;
    } else {
      ++strand.changes;
      // A gap with a sleep in it measures the sleep.
      if (strand.rest == rest_) {
        strand.gaps_after[strand.last].push_back(seconds_between(strand.last_time, event.time));
      }
    }
    strand.last = text;
    strand.last_time = event.time;
    strand.session = session.number;
    strand.rest = rest_;
  }

  void hand_over(Strand& strand, Pairs& pairs) const {
    const std::size_t low = strand.texts[0] < strand.texts[1] ? 0 : 1;
    const std::array<std::size_t, 2> order = {low, 1 - low};
    PairSigns& signs = pairs[{strand.kind, strand.texts[order[0]], strand.texts[order[1]]}];
    const bool language_known = sessions_[std::get<0>(strand.kind)].language_known;
    if (!strand.strict || language_known) {
      ++signs.other;
      return;
    }
    // Sessions that begin with the same text show the order as well as a change does.
    const std::size_t most = std::max(strand.first_after_start[0], strand.first_after_start[1]);
    const std::size_t least = std::min(strand.first_after_start[0], strand.first_after_start[1]);
    const std::size_t turns = strand.changes + (least == 0 && most > 0 ? most - 1 : 0);
    if (std::min(strand.events[0], strand.events[1]) < min_pairs_ || turns + 1 < 2 * min_pairs_)
      return;
    ++signs.alternating;
    for (std::size_t i = 0; i < 2; ++i) {
      signs.first_after_start[i] += strand.first_after_start[order[i]];
      const std::vector<double>& gaps = strand.gaps_after[order[i]];
      signs.gaps_after[i].insert(signs.gaps_after[i].end(), gaps.begin(), gaps.end());
    }
  }

  std::vector<Session> sessions_;  // By profile.
  std::vector<Strand> strands_;    // Of the current computer; a handful.
  std::size_t min_pairs_;
  std::uint32_t computer_ = 0;
  std::uint32_t counter_ = 0;
  std::uint32_t rest_ = 0;
};

/// Which text is the loss according to the starts, or kNeither.
std::size_t lost_by_starts(const PairSigns& signs) {
  const auto& starts = signs.first_after_start;
  for (std::size_t i = 0; i < 2; ++i) {
    if (starts[i] > 0 && starts[i] >= kClearStartRatio * starts[1 - i]) return i;
  }
  return kNeither;
}

/// Which text is the loss according to the gaps, or kNeither.
std::size_t lost_by_gaps(const PairSigns& signs) {
  const auto& gaps = signs.gaps_after;
  if (std::min(gaps[0].size(), gaps[1].size()) < kFewestGaps) return kNeither;
  // Restores within the same second give gaps of 0; a second is as fine as people would see.
  const std::array<double, 2> middle = {std::max(median(gaps[0]), 1.0),
                                        std::max(median(gaps[1]), 1.0)};
  for (std::size_t i = 0; i < 2; ++i) {
    // What follows a loss is the outage, the shorter gap.
    if (middle[1 - i] >= kClearGapRatio * middle[i]) return i;
  }
  return kNeither;
}

std::size_t lost_text(const PairSigns& signs) {
  if (signs.alternating == 0 || signs.other >= signs.alternating) return kNeither;
  const std::size_t by_starts = lost_by_starts(signs);
  const std::size_t by_gaps = lost_by_gaps(signs);
  if (by_starts == kNeither) return by_gaps;
  if (by_gaps == kNeither) {
    return signs.first_after_start[by_starts] >= kStartsAlone ? by_starts : kNeither;
  }
  return by_starts == by_gaps ? by_starts : kNeither;
}

/// Meanings of texts; nothing for a text that two pairs see differently.
std::map<TextKey, std::optional<Meaning>> decide(const Pairs& pairs) {
  std::map<TextKey, std::optional<Meaning>> decided;
  const auto set = [&](const TextKey& key, Meaning meaning) {
    const auto [entry, added] = decided.emplace(key, meaning);
    if (!added && entry->second != meaning) entry->second.reset();
  };
  for (const auto& [key, signs] : pairs) {
    const std::size_t lost = lost_text(signs);
    if (lost == kNeither) continue;
    const auto& [kind, first, second] = key;
    set({kind, first}, lost == 0 ? Meaning::Lost : Meaning::Restored);
    set({kind, second}, lost == 0 ? Meaning::Restored : Meaning::Lost);
  }
  return decided;
}

}  // namespace

std::size_t classify_by_alternation(Evidence& evidence, const Catalogue& catalogue,
                                    std::size_t min_pairs) {
  Pairs pairs;
  Follower follower(catalogue.profiles.size(), std::max<std::size_t>(min_pairs, 1));
  for (const Event& event : evidence.events) follower.follow(event, pairs);
  follower.finish(pairs);

  const std::map<TextKey, std::optional<Meaning>> decided = decide(pairs);
  if (decided.empty()) return 0;
  std::size_t marked = 0;
  for (Event& event : evidence.events) {
    if (!is_unknown_alert(event, catalogue.profiles.size())) continue;
    const auto found = decided.find({{event.profile, event.provider, event.event_id}, event.text});
    if (found == decided.end() || !found->second) continue;
    event.meaning = *found->second;
    event.recognition = Recognition::Alternation;
    ++marked;
  }
  return marked;
}

}  // namespace dropscope
