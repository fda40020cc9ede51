#include "formats/evtx/parallel.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace dropscope::evtx {
namespace {

constexpr std::size_t kSmallLog = std::size_t{16} << 20;
constexpr unsigned kMostThreads = 8;

/// Hands and slots stand side by side, each written to by one thread at a time. Apart by two cache
/// lines (processors fetch them in pairs: Intel 64 Optimization Reference Manual, "Data
/// Prefetching"), no thread waits for what another writes.
constexpr std::size_t kApart = 128;

/// What a thread reads with. Its templates stay from part to part.
struct alignas(kApart) Hand {
  LogReader reader;
  RecordWriter write;
};

/// A part that was read, on its way to the caller.
struct alignas(kApart) Slot {
  TextBuffer text;
  LogPart account;
  bool filled = false;
};

void read_part(Hand& hand, std::uint64_t begin, std::uint64_t end, Slot& slot) {
  slot.text.clear();
  hand.reader.begin_part(begin);
  LogRecord record;
  while (hand.reader.next_before(end, record)) hand.write(record, hand.reader, slot.text);
  slot.account = hand.reader.take_part();
}

/// Fills the slots in turn: part n is in slot n modulo their number, and is begun when what was
/// there before has been handed out. Whoever fills the slot that is next in line hands it out, so
/// that no thread is woken for that.
class Pool {
 public:
  /// `read` reads a part into a slot, `hand_out` returns false to stop.
  Pool(std::uint64_t parts, std::size_t slots,
       std::function<void(Hand&, std::uint64_t part, Slot&)> read,
       std::function<bool(Slot&)> hand_out)
      : parts_(parts), read_(std::move(read)), hand_out_(std::move(hand_out)), slots_(slots) {}

  /// Works with all hands, the first of them on this thread, until everything is handed out.
  void run(std::vector<Hand>& hands) {
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < hands.size(); ++i) {
      try {
        threads.emplace_back([this, &hand = hands[i]] { work(hand); });
      } catch (const std::system_error&) {
        break;  // The system gives no more threads; those that there are do all.
      }
    }
    work(hands.front());
    for (std::thread& thread : threads) thread.join();
  }

 private:
  void work(Hand& hand) {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [&] {
        return stopping_ || next_ == parts_ || next_ < handed_out_ + slots_.size();
      });
      if (stopping_ || next_ == parts_) return;
      const std::uint64_t part = next_++;
      Slot& slot = slots_[part % slots_.size()];
      lock.unlock();
      read_(hand, part, slot);
      lock.lock();
      slot.filled = true;
      while (!handing_out_ && !stopping_ && slots_[handed_out_ % slots_.size()].filled) {
        pass_on(lock);
      }
    }
  }

  void pass_on(std::unique_lock<std::mutex>& lock) {
    Slot& slot = slots_[handed_out_ % slots_.size()];
    handing_out_ = true;
    lock.unlock();
    const bool going = hand_out_(slot);
    lock.lock();
    handing_out_ = false;
    slot.filled = false;
    ++handed_out_;
    stopping_ = !going;
    changed_.notify_all();
  }

  const std::uint64_t parts_;
  const std::function<void(Hand&, std::uint64_t, Slot&)> read_;
  const std::function<bool(Slot&)> hand_out_;
  std::vector<Slot> slots_;
  std::mutex mutex_;  // Of all below, and of `filled`.
  std::condition_variable changed_;
  std::uint64_t next_ = 0;  // Part to be begun.
  std::uint64_t handed_out_ = 0;
  bool handing_out_ = false;
  bool stopping_ = false;
};

}  // namespace

unsigned suggested_threads(std::size_t log_bytes) {
  if (log_bytes < kSmallLog) return 1;
  return std::clamp(std::thread::hardware_concurrency(), 1u, kMostThreads);
}

Result<LogReader> read_parallel(Bytes log, const ParallelOptions& options,
                                const std::function<RecordWriter()>& make_writer,
                                const TextTaker& take) {
  auto whole = LogReader::open(log, options.read);
  if (!whole) return whole;
  const std::uint64_t begin = whole->position();
  const std::uint64_t part_bytes =
      std::max<std::uint64_t>(options.chunks_per_part, 1) * kChunkBytes;
  const std::uint64_t parts =
      begin < log.size() ? (log.size() - begin + part_bytes - 1) / part_bytes : 0;
  const auto read = [&](Hand& hand, std::uint64_t part, Slot& slot) {
    read_part(hand, begin + part * part_bytes, begin + (part + 1) * part_bytes, slot);
  };
  const std::uint64_t wanted =
      options.threads != 0 ? options.threads : suggested_threads(log.size());
  std::vector<Hand> hands;
  for (std::uint64_t i = 0; i < std::clamp<std::uint64_t>(parts, 1, wanted); ++i) {
    auto reader = LogReader::open(log, options.read);
    if (!reader) return reader;
    hands.push_back({std::move(*reader), make_writer()});
  }

  bool going = true;
  const auto hand_out = [&](Slot& slot) {
    whole->add_part(std::move(slot.account));
    going = take(slot.text.view(), whole->position());
    return going;
  };
  const std::size_t slots = hands.size() == 1 ? 1 : 2 * hands.size();
  Pool(parts, slots, read, hand_out).run(hands);
  // At the end of the file this compares the count of chunks in the file's header.
  LogRecord none;
  if (going) (void)whole->next(none);
  return whole;
}

}  // namespace dropscope::evtx
