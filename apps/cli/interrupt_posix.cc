// The handler writes into a pipe that the wait listens to: a flag alone could be set between
// looking at it and falling asleep. Standard output is listened to as well, since a pipe whose
// reader is gone would only be noticed at the next write, and a quiet log may have none for days.

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <limits>

#include "apps/cli/interrupt.h"

namespace dropscope::cli {
namespace {

std::atomic<bool> interrupted{false};
std::array<int, 2> wake{-1, -1};
static_assert(std::atomic<bool>::is_always_lock_free, "set in a signal handler");

void on_signal(int) {
  const int saved = errno;
  interrupted = true;
  const char byte = 0;
  // When the pipe is full, the wait is woken anyway.
  [[maybe_unused]] const ssize_t ignored = ::write(wake[1], &byte, 1);
  errno = saved;
}

}  // namespace

void watch_for_interrupt() {
  if (wake[0] >= 0 || ::pipe(wake.data()) != 0) return;
  for (const int end : wake) {
    ::fcntl(end, F_SETFD, FD_CLOEXEC);
    ::fcntl(end, F_SETFL, O_NONBLOCK);
  }
  struct sigaction action {};
  action.sa_handler = on_signal;
  ::sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before {};
    // What was ignored stays so: nohup and shells without job control rely on it.
    if (::sigaction(signal, nullptr, &before) == 0 && before.sa_handler == SIG_IGN) continue;
    ::sigaction(signal, &action, nullptr);
  }
}

bool is_interrupted() {
  return interrupted;
}

bool wait_unless_interrupted(std::chrono::milliseconds time) {
  using Clock = std::chrono::steady_clock;
  const auto until = Clock::now() + time;
  // A terminal, a pipe and a socket report that the other side is gone without being asked to.
  std::array<pollfd, 2> watched{{{wake[0], POLLIN, 0}, {STDOUT_FILENO, 0, 0}}};
  while (!interrupted) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    if (left <= 0) return true;
    const int wait = static_cast<int>(std::min<long long>(left, std::numeric_limits<int>::max()));
    const int ready = ::poll(watched.data(), watched.size(), wait);
    if (ready < 0 && errno != EINTR) return false;
    if (ready > 0 && watched[1].revents != 0) return false;
  }
  return false;
}

}  // namespace dropscope::cli
