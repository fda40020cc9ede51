#pragma once

// What evidence there is, of whom and of when, what is doubtful about it, and what is missing.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/clocks/clocks.h"
#include "evidence/catalogue/catalogue.h"
#include "evidence/event.h"

namespace dropscope {

/// Sources of one kind about one computer, or about the site.
struct Holding {
  std::string kind;     ///< Source::kind
  std::string title;    ///< "event log"
  std::string channel;  ///< Of event logs.
  std::uint64_t sources = 0;
  std::uint64_t records = 0;
  std::optional<Instant> first;  ///< Of what it covers, where it has times.
  std::optional<Instant> last;
};

/// What was understood of one source.
struct SourceStock {
  std::uint32_t source = 0;
  std::optional<Instant> first;  ///< Of its events or closes.
  std::optional<Instant> last;
  std::uint64_t events = 0;              ///< Events of logs, relevant or not.
  std::vector<std::uint32_t> computers;  ///< Whose events they are; ascending.
  std::uint64_t closes = 0;
  std::uint64_t settings = 0;
  std::uint64_t connections = 0;
  std::uint64_t addresses = 0;
};

struct ComputerStock {
  std::uint32_t computer = 0;
  std::vector<std::string> users;
  std::vector<Holding> holdings;
  std::vector<std::string> doubts;   ///< Sentences.
  std::vector<std::size_t> missing;  ///< Indices into Catalogue::collection.
};

struct Stock {
  std::vector<ComputerStock> computers;  ///< In the order of Evidence::computers.
  std::vector<Holding> site;             ///< Sources that are not of one computer.
  std::vector<std::size_t> missing;      ///< Of the site, and of computers where there is none.
  std::vector<SourceStock> sources;      ///< One for each of Evidence::sources.
  std::vector<std::uint32_t> unread;  ///< Sources that could not be read, or are of no known kind.
};

/// What a kind of source is called for people.
[[nodiscard]] std::string title_of_kind(const std::string& kind, const Catalogue& catalogue);

/// `clocks` as compare_clocks() gave them.
[[nodiscard]] Stock take_stock(const Evidence& evidence, const Catalogue& catalogue,
                               const std::vector<ClockOffset>& clocks);

}  // namespace dropscope
