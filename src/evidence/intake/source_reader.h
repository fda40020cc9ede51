#pragma once

// The kinds of evidence that are read: for each how it is recognised and who reads it.

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/ip_address.h"
#include "base/time.h"
#include "base/timezone.h"
#include "evidence/catalogue/catalogue.h"
#include "evidence/intake/event_collector.h"
#include "evidence/intake/inputs.h"
#include "evidence/intake/intake.h"
#include "evidence/intake/raw.h"

namespace dropscope {

/// The beginning of a file, for a look at what it is.
struct Head {
  Bytes bytes;            ///< As stored, at most kHeadBytes.
  std::string text;       ///< As UTF-8 (text/line_reader.h).
  std::string_view name;  ///< Path, for a hint where content alone leaves two readings.
  const Catalogue* catalogue = nullptr;  ///< Words of data files; null: the built-in ones.
};
inline constexpr std::size_t kHeadBytes = std::size_t{64} << 10;

/// What readers need besides the bytes. Shared by threads.
struct ReadContext {
  const EventMatcher& matcher;
  const Catalogue& catalogue;
  std::size_t damage_kept = 20;
  /// Of times that are written without a zone; nothing: not told by the user.
  std::optional<TimeZone> local_zone;
  /// Of dates such as 03/04/2026; nothing: not told by the user.
  std::optional<DateOrder> date_order;
  /// Addresses of computers that the sources read before tell; nothing: none were.
  const std::set<IpAddress>* known_clients = nullptr;
};

struct SourceReader {
  std::string_view kind;   ///< Source::kind: "evtx", "event-xml", "haproxy".
  std::string_view title;  ///< For people: "event log", "HAProxy log".
  bool (*recognises)(const Head& head);
  /// Fills everything but source.path, bytes and sha256, which the caller knows.
  SourceIntake (*read)(const Content& content, const ReadContext& context);
};

/// In the order in which they are asked; the first that recognises a file reads it.
[[nodiscard]] const std::vector<SourceReader>& source_readers();

/// Whether sources of this kind are logs of events, in whatever form.
[[nodiscard]] bool holds_events(std::string_view kind);

/// Notes something unreadable: counted always, listed while there is room.
void add_damage(Source& source, std::uint64_t place, std::string what, std::size_t damage_kept);

}  // namespace dropscope
