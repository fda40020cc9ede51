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

/// What a thread reads with. Its templates stay from part to part.
struct Hand {
  LogReader reader;
  RecordWriter write;
};

/// A part that was read, on its way to the caller.
struct Slot {
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

/// Threads that fill the slots in turn: part n is in slot n modulo their number, and is begun when
/// the caller has taken what was there before.
class Pool {
 public:
  /// `read` reads a part into a slot.
  Pool(std::uint64_t parts, std::vector<Hand>& hands,
       std::function<void(Hand&, std::uint64_t part, Slot&)> read)
      : parts_(parts), read_(std::move(read)), slots_(2 * hands.size()) {
    for (Hand& hand : hands) {
      try {
        threads_.emplace_back([this, &hand] { work(hand); });
      } catch (const std::system_error&) {
        break;  // The system gives no more threads; those that there are do all.
      }
    }
  }
  ~Pool() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      emptied_.notify_all();
    }
    for (std::thread& thread : threads_) thread.join();
  }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  [[nodiscard]] bool has_threads() const { return !threads_.empty(); }

  /// Waits for the part. It is the caller's until release().
  Slot& wait_for(std::uint64_t part) {
    Slot& slot = slots_[part % slots_.size()];
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [&] { return slot.filled; });
    return slot;
  }
  void release(Slot& slot) {
    const std::lock_guard lock(mutex_);
    slot.filled = false;
    ++taken_;
    emptied_.notify_all();
  }

 private:
  void work(Hand& hand) {
    std::unique_lock lock(mutex_);
    while (true) {
      emptied_.wait(lock,
                    [&] { return stopping_ || next_ == parts_ || next_ < taken_ + slots_.size(); });
      if (stopping_ || next_ == parts_) return;
      const std::uint64_t part = next_++;
      Slot& slot = slots_[part % slots_.size()];
      lock.unlock();
      read_(hand, part, slot);
      lock.lock();
      slot.filled = true;
      filled_.notify_one();
    }
  }

  const std::uint64_t parts_;
  const std::function<void(Hand&, std::uint64_t, Slot&)> read_;
  std::vector<Slot> slots_;
  std::mutex mutex_;  // Of all below, and of `filled`.
  std::condition_variable filled_;
  std::condition_variable emptied_;
  std::uint64_t next_ = 0;   // Part to be begun.
  std::uint64_t taken_ = 0;  // Parts that the caller has released.
  bool stopping_ = false;
  std::vector<std::thread> threads_;  // Last: they use all the others.
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
  const auto pass_on = [&](Slot& slot) {
    whole->add_part(std::move(slot.account));
    going = take(slot.text.view(), whole->position());
  };
  const auto alone = [&] {
    Slot slot;
    for (std::uint64_t part = 0; part < parts && going; ++part) {
      read(hands.front(), part, slot);
      pass_on(slot);
    }
  };
  if (hands.size() == 1) {
    alone();
  } else {
    Pool pool(parts, hands, read);
    if (!pool.has_threads()) alone();
    for (std::uint64_t part = 0; part < parts && going && pool.has_threads(); ++part) {
      Slot& slot = pool.wait_for(part);
      pass_on(slot);
      pool.release(slot);
    }
  }
  // At the end of the file this compares the count of chunks in the file's header.
  LogRecord none;
  if (going) (void)whole->next(none);
  return whole;
}

}  // namespace dropscope::evtx
