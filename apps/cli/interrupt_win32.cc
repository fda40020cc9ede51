// Windows calls the handler in a thread of its own. A pipe whose reader is gone is noticed at the
// next write: there is no way to wait for it.

#include "apps/cli/interrupt.h"
#include "base/windows_api.h"

namespace dropscope::cli {
namespace {

/// Stays set once it is; null until watch_for_interrupt() or when there are no handles left.
HANDLE stop_event = nullptr;

BOOL WINAPI on_control(DWORD) {
  // Closing the console ends the program soon after this returns, whatever it returns.
  return SetEvent(stop_event);
}

}  // namespace

void watch_for_interrupt() {
  if (stop_event != nullptr) return;
  stop_event = CreateEventW(nullptr, TRUE, FALSE, nullptr);
  if (stop_event != nullptr) SetConsoleCtrlHandler(on_control, TRUE);
}

bool is_interrupted() {
  return stop_event != nullptr && WaitForSingleObject(stop_event, 0) == WAIT_OBJECT_0;
}

bool wait_unless_interrupted(std::chrono::milliseconds time) {
  const auto wait = static_cast<DWORD>(time.count());
  if (stop_event == nullptr) {
    Sleep(wait);
    return true;
  }
  return WaitForSingleObject(stop_event, wait) == WAIT_TIMEOUT;
}

}  // namespace dropscope::cli
