#pragma once

// The maps of this process, in a form that may be read while a fault is being handled.
//
// A page of a mapped file that the system cannot supply (the file was shortened, the share is gone,
// the disk cannot be read) stops the instruction that touches it: SIGBUS on POSIX, an in-page error
// on Windows. The handler has to find out whether the address belongs to one of our maps, and may
// neither take a lock nor allocate, because it can interrupt anything. So the table has a fixed
// size and is made of atomics. Each slot carries a version that is odd while the slot is being
// changed (a sequence lock): a handler that looks at a foreign slot at that moment passes over it,
// and its own slot cannot change, since the faulting thread is reading the map.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace dropscope {

class MapTable {
 public:
  /// Maps that exist at once. Intake has at most 64 threads with one map each; the rest is for
  /// programs that use the library. A file that finds no slot is read into memory instead.
  static constexpr std::size_t kSlots = 1024;
  static constexpr int kNone = -1;

  struct Slot {
    std::atomic<bool> taken{false};
    std::atomic<std::uint32_t> version{0};
    std::atomic<std::uintptr_t> begin{0};
    std::atomic<std::uintptr_t> end{0};
    std::atomic<std::uint64_t> fault{0};  ///< One more than the lowest offset that failed, or 0.
    std::atomic<std::uint32_t> state{0};  ///< For the handler of the system.
  };
  static_assert(std::atomic<std::uint64_t>::is_always_lock_free &&
                    std::atomic<std::uint32_t>::is_always_lock_free &&
                    std::atomic<bool>::is_always_lock_free,
                "a fault handler may not wait for a lock");

  /// Enters a map; kNone when the table is full.
  [[nodiscard]] int add(const void* data, std::size_t size) noexcept {
    for (std::size_t i = 0; i < kSlots; ++i) {
      Slot& slot = slots_[i];
      bool taken = false;
      if (!slot.taken.compare_exchange_strong(taken, true)) continue;
      const auto begin = reinterpret_cast<std::uintptr_t>(data);
      ++slot.version;
      slot.begin = begin;
      slot.end = begin + size;
      slot.fault = 0;
      slot.state = 0;
      ++slot.version;
      return static_cast<int>(i);
    }
    return kNone;
  }

  /// To be called while the addresses are still the map's own.
  void remove(int number) noexcept {
    Slot& slot = at(number);
    ++slot.version;
    slot.begin = 0;
    slot.end = 0;
    ++slot.version;
    slot.taken = false;
  }

  /// The slot whose map holds the address, or kNone.
  [[nodiscard]] int find(std::uintptr_t address) const noexcept {
    for (std::size_t i = 0; i < kSlots; ++i) {
      const Slot& slot = slots_[i];
      if (!slot.taken) continue;
      const std::uint32_t version = slot.version;
      const bool inside = slot.begin <= address && address < slot.end;
      if (inside && version % 2 == 0 && slot.version == version) return static_cast<int>(i);
    }
    return kNone;
  }

  /// Notes that `address` could not be read.
  void note_fault(int number, std::uintptr_t address) noexcept {
    Slot& slot = at(number);
    const std::uint64_t fault = std::uint64_t{address - slot.begin} + 1;
    std::uint64_t lowest = slot.fault;
    while ((lowest == 0 || fault < lowest) && !slot.fault.compare_exchange_weak(lowest, fault)) {
    }
  }

  [[nodiscard]] Slot& at(int number) noexcept { return slots_[static_cast<std::size_t>(number)]; }

 private:
  std::array<Slot, kSlots> slots_;
};

/// The one of this process.
[[nodiscard]] MapTable& map_table() noexcept;

}  // namespace dropscope
