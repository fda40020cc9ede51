#pragma once

// One user complains: does it go with the user (account, mailbox, profile) or with the computer?
// The procedure's answer is to try another computer. Here it is read from what was watched, and
// where that is not enough, the test to make is worked out.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/episodes/episodes.h"
#include "analysis/scope/scope.h"
#include "evidence/event.h"

namespace dropscope {

/// A computer with those who use it. Whose a loss is can be told only where there is one user.
struct UserRow {
  std::vector<std::string> users;  ///< Empty: unknown.
  std::string computer;            ///< Empty: unknown.
  double events = 0;
  double hours = 0;
};

/// Rows of a list of clients with the columns `user` and `computer` (either may be missing), in its
/// order.
[[nodiscard]] std::vector<UserRow> user_rows(const ScopeTable& table);
/// One row a computer with time at risk; `users` are all that a source ties to it.
[[nodiscard]] std::vector<UserRow> user_rows(const Evidence& evidence,
                                             const std::vector<ComputerEpisodes>& episodes);

struct WatchedLosses {
  std::uint64_t clients = 0;
  double events = 0;
  double hours = 0;
};

/// Let the user work on a second computer, in the same place, for `hours`.
struct SecondComputerTest {
  double hours = 0;  ///< Silence for so long has 5 % if it goes with the user.
  double alarm = 0;  ///< Probability that a healthy client loses within it, by the others' rate;
  bool alarm_known = false;  ///< … where there are others.
};

enum class SingleUserAnswer : std::uint8_t {
  User,      ///< It goes with the user.
  Computer,  ///< It stays with the computer.
  Neither,   ///< The user elsewhere and others here have it too.
  Open,      ///< Cannot be told from what was watched.
};
[[nodiscard]] std::string_view to_string(SingleUserAnswer answer);

struct SingleUser {
  std::string user;  ///< Empty when it is unknown or not one.
  std::string computer;
  SingleUserAnswer answer = SingleUserAnswer::Open;
  double probability = 0;                  ///< Of the answer; of the most likely one for Open.
  WatchedLosses own;                       ///< This user on this computer.
  WatchedLosses elsewhere;                 ///< This user on others.
  WatchedLosses here;                      ///< Others on this computer.
  WatchedLosses others;                    ///< Everybody else.
  std::vector<std::string> uncertain;      ///< Computers that this user shares with others.
  bool own_uncertain = false;              ///< This computer has several users.
  std::optional<SecondComputerTest> test;  ///< For Open.
};

/// `row` has events. `dispersion`: variance over mean of the counts, ≥ 1.
[[nodiscard]] SingleUser judge_single_user(std::span<const UserRow> rows, std::size_t row,
                                           double dispersion);

/// Hours of silence with probability `accident` at the rate of `events` in `hours`, whose own
/// uncertainty is in it. `events` > 0, `accident` in (0, 1).
[[nodiscard]] double hours_of_silence(double events, double hours, double dispersion,
                                      double accident);

}  // namespace dropscope
