#pragma once

// A log that is still being written: gives every record once, in the order of their ids, as they
// appear.
//
//   auto follower = evtx::LogFollower::open(path, {});
//   while (follower->poll(on_record, on_change)) wait();
//
// There is no clock and no thread in here: the caller decides when to look. Between two looks the
// log may grow, run full and overwrite its oldest chunks, be cleared, be archived under another
// name while a new log takes its own, or be away for a while. What cannot be given any more is
// told.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/shared_file.h"
#include "formats/evtx/binxml.h"
#include "formats/evtx/chunk.h"
#include "formats/evtx/reader.h"

namespace dropscope::evtx {

struct FollowOptions {
  /// Also give the records that are in the log at the first look.
  bool from_start = false;
  /// Looks for which something unfinished is waited for: a record whose bytes are not all there, a
  /// chunk in the middle of being overwritten. After that it is taken as it is.
  unsigned patience = 5;
};

enum class ChangeKind : std::uint8_t {
  Missing,   ///< The file cannot be read at the moment.
  Returned,  ///< … can be read again.
  Cleared,   ///< The log was cleared.
  Archived,  ///< The file was renamed, and a new log has its name.
  Lost,      ///< Records `first_id` to `last_id` were not seen, and will not be.
  Damaged,   ///< Something at `offset` cannot be read.
};

/// Something that happened to the log other than new records.
struct Change {
  ChangeKind kind = ChangeKind::Missing;
  std::uint64_t first_id = 0;
  std::uint64_t last_id = 0;
  std::uint64_t offset = 0;
  std::string what;  ///< A sentence, without the name of the file.
};

class LogFollower {
 public:
  /// Returns false to stop; the next poll() goes on behind this record. `problem` says why the
  /// record has no event, and is empty otherwise.
  using OnRecord = std::function<bool(const LogRecord& record, std::string_view problem)>;
  using OnChange = std::function<void(const Change& change)>;

  /// Errors: as SharedFile::open, and Corrupt when the file is no event log.
  [[nodiscard]] static Result<LogFollower> open(std::filesystem::path path, FollowOptions options);

  /// Looks at the log and gives what is new. False if `on_record` has stopped it.
  bool poll(const OnRecord& on_record, const OnChange& on_change);

 private:
  /// What a chunk's header says.
  struct Head {
    std::uint64_t index = 0;
    std::uint64_t first_id = 0;
    std::uint64_t last_id = 0;
    bool sound = false;  ///< Its checksum is right, or it has none.
    bool holds_records = false;
  };
  /// The record given last, in such detail that no other can be taken for it.
  struct Mark {
    std::uint64_t id = 0;
    Instant written{};
    bool doubtful = false;  // Its bytes may still become others; id and time stay.
    std::uint64_t chunk = 0;
    std::size_t offset = 0;  // In its chunk.
    std::size_t size = 0;
    std::uint32_t crc = 0;
    /// It stood behind the free space of this header.
    bool beyond_free_space = false;
    std::uint32_t free_space_offset = 0;
    std::uint64_t last_record_id = 0;
  };
  enum class Looked : std::uint8_t { Done, Unfinished, Stopped, Missing };
  /// How the file under the name is related to the one before it.
  enum class Renewed : std::uint8_t { No, Deleted, Renamed };
  struct Calls {
    const OnRecord& record;
    const OnChange& change;
  };

  LogFollower(std::filesystem::path path, FollowOptions options, SharedFile file);

  /// The file as one look finds it.
  struct Sight {
    const SharedFile& file;
    FileHeader header;
    std::uint64_t chunks = 0;  ///< In the file, by its size.
    std::vector<Head> heads;   ///< Of chunks with a chunk's magic.
    bool all = false;          ///< `heads` has all of them; else the likely ones.
    bool cut = false;          ///< The header counts more chunks than there are.
    bool shrunk = false;       ///< It had more of them at the last look.
  };

  Looked look(const SharedFile& file, const Calls& calls);
  void begin_at_end(const Sight& sight);
  /// Sorts out where the mark has gone. False: not clear yet.
  bool find_mark(const Sight& sight, const Calls& calls);
  /// Whether the record of the mark is in this chunk; it becomes the mark's place then.
  bool mark_is_in(const Sight& sight, const Head& head, bool& chunk_sound);
  /// Takes what is in the file for a log that came after that of the mark.
  void begin_generation(bool ids_restart, const Calls& calls);
  Looked give_all(Sight& sight, const Calls& calls);
  Looked give_from(const Sight& sight, const Head& head, const Calls& calls);
  bool give(const RecordView& view, std::uint64_t chunk, std::uint8_t doubts,
            const std::optional<Fragment>& fragment, const Calls& calls);

  std::optional<Head> read_head(const SharedFile& file, std::uint64_t index) const;
  void read_heads(Sight& sight) const;
  bool read_chunk(const SharedFile& file, std::uint64_t index);
  bool mark_is_there(const SharedFile& file, std::uint64_t chunks);
  [[nodiscard]] Mark mark_of(const RecordView& view, std::uint64_t chunk, bool doubtful) const;
  [[nodiscard]] std::vector<Head> worth_reading(const std::vector<Head>& heads) const;
  [[nodiscard]] bool is_new(std::uint64_t id) const {
    return !mark_ || restarted_ || id > mark_->id;
  }
  [[nodiscard]] bool is_plausible(std::uint64_t id) const;
  bool is_settled(const RecordView& view, std::uint64_t chunk, bool readable);
  unsigned count_wait(std::uint64_t chunk, std::size_t offset);
  Looked wait_for(std::uint64_t chunk);
  void tell_damage(std::uint64_t offset, std::string_view what, const Calls& calls);

  std::filesystem::path path_;
  FollowOptions options_;
  std::optional<SharedFile> file_;  // The one looked at last; it may have lost its name.
  Renewed renewed_ = Renewed::No;
  unsigned drains_ = 0;  // Looks at a file that has lost its name.
  Error error_;          // Why the last look found nothing.
  std::string missing_;  // What was told; empty while the file is there.

  bool begun_ = false;
  std::optional<Mark> mark_;
  bool restarted_ = false;    // The mark is of an earlier log whose ids this one begins again.
  bool announced_ = false;    // A new log has been told of; none of its records was given yet.
  std::uint64_t chunks_ = 0;  // In the file at the last look.
  std::uint64_t used_ = 0;    // Of them with a chunk's magic.
  unsigned looks_ = 0;

  std::vector<std::byte> chunk_;     // The one being read.
  std::vector<std::byte> previous_;  // One with something unfinished, as it was at the last look.
  std::uint64_t previous_index_ = ~std::uint64_t{0};
  std::uint64_t wait_chunk_ = 0;  // What is being waited for, and for how many looks.
  std::size_t wait_offset_ = 0;
  unsigned waits_ = 0;
  std::uint64_t told_offset_ = 0;  // Of the damage told last, so that it is told once.

  BinXmlReader binxml_;
  RecordWalk walk_;
};

}  // namespace dropscope::evtx
