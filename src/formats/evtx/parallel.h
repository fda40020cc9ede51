#pragma once

// One log, several threads.
//
// Chunks do not refer to each other, so a log is cut into parts of a few chunks; each is read, and
// made into text, by whichever thread is free, and the texts are handed out in the order of the
// file. What comes out does not depend on the number of threads.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/text_buffer.h"
#include "formats/evtx/reader.h"

namespace dropscope::evtx {

/// Chunks in a part: enough that handing it over costs nothing, and few enough that its text stays
/// in a core's cache.
inline constexpr std::size_t kChunksPerPart = 2;

struct ParallelOptions {
  ReadOptions read;
  unsigned threads = 0;  ///< 0: suggested_threads().
  std::size_t chunks_per_part = kChunksPerPart;
};

/// As many as the processor runs at once, but one for a log below 16 MiB, which is read before
/// threads are warm, and no more than eight: what takes the text is slower than that.
[[nodiscard]] unsigned suggested_threads(std::size_t log_bytes);

/// Appends what is to be told of a record to the text of its part. The reader is that of the part:
/// of its damages, the last is the record's where it has no event.
using RecordWriter =
    std::function<void(const LogRecord& record, const LogReader& reader, TextBuffer& text)>;

/// Takes the text of the next part. Called by one thread at a time, not always the caller's.
/// `position` is the offset in the file up
/// to which everything has been read. Returns false if it wants no more.
using TextTaker = std::function<bool(std::string_view text, std::uint64_t position)>;

/// Reads all records. Each thread has a writer of its own, made by `make_writer` on the caller's
/// thread. Memory: twice as many parts' texts as threads. Returns the reader with the account of
/// the whole log, or of what was read until `take` had enough. Errors: those of LogReader::open().
[[nodiscard]] Result<LogReader> read_parallel(Bytes log, const ParallelOptions& options,
                                              const std::function<RecordWriter()>& make_writer,
                                              const TextTaker& take);

}  // namespace dropscope::evtx
