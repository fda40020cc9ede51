// The stock of evidence for a terminal: each computer with what is there and what is not, then how
// to get what is missing, once for all.

#include "present/stock.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/text.h"
#include "present/terminal/screen.h"
#include "present/text/wording.h"

namespace dropscope {
namespace {

/// A list of more computers than this is for programs.
constexpr std::size_t kComputersShown = 50;
constexpr std::size_t kDoubtsShown = 6;
/// Of the files that are not read for one reason.
constexpr std::size_t kUnreadShown = 10;
constexpr std::size_t kLabel = 14;

class StockScreen {
 public:
  StockScreen(const StockInput& input, const TerminalStyle& style) : in_(input), screen_(style) {}

  std::string write() {
    if (in_.files) {
      for (const SourceStock& stock : in_.stock.sources) file(stock);
      return screen_.take();
    }
    const auto& computers = in_.stock.computers;
    screen_.heading(fmt::format("Evidence of {}", count_of(computers.size(), "computer")));
    const std::size_t shown =
        in_.all_computers ? computers.size() : std::min(computers.size(), kComputersShown);
    for (std::size_t i = 0; i < shown; ++i) computer(computers[i]);
    if (shown < computers.size()) {
      screen_.blank();
      screen_.paragraph(fmt::format("and {} more (--all, or --format json)",
                                    count_of(computers.size() - shown, "computer")));
    }
    screen_.heading("Of the site");
    if (in_.stock.site.empty()) screen_.paragraph("nothing", 2);
    for (const Holding& held : in_.stock.site) holding(held);
    missing(in_.stock.missing);
    unread();
    how_to_collect();
    return screen_.take();
  }

 private:
  /// Two lines: what the file is, and what was understood of it.
  void file(const SourceStock& stock) {
    const Source& source = in_.evidence.sources[stock.source];
    const bool read = source.state == SourceState::Read || source.state == SourceState::Damaged;
    screen_.paragraph(source.path, 0, 2, Paint::Bold);
    if (!read) {
      screen_.paragraph(fmt::format("not used: {}", source.problem), 2, 2, Paint::Warn);
      return;
    }
    std::string text = title_of_kind(source.kind, in_.catalogue);
    const auto add = [&](std::uint64_t count, const char* singular, const char* plural) {
      if (count > 0) text += ", " + count_of(count, singular, plural);
    };
    const std::uint64_t told = stock.events + stock.closes + stock.settings + stock.connections;
    add(stock.events, "event", "events");
    add(stock.closes, "close", "closes");
    add(stock.settings, "setting", "settings");
    add(stock.connections, "connection", "connections");
    add(stock.addresses, "address", "addresses");
    if (told == 0 || source.records != stock.events) add(source.records, "record", "records");
    if (stock.first && stock.last) {
      text += fmt::format(", {} to {} {}", in_.zone.format(*stock.first),
                          in_.zone.format(*stock.last), in_.zone.abbreviation(*stock.last));
    }
    if (stock.computers.size() == 1) {
      text += ", " + in_.evidence.computers[stock.computers[0]].name;
    } else if (!stock.computers.empty()) {
      text += ", " + count_of(stock.computers.size(), "computer");
    }
    screen_.paragraph(text, 2, 2);
    if (!source.problem.empty()) screen_.paragraph(source.problem, 2, 2);
    if (source.damage_count > 0) {
      screen_.paragraph(
          fmt::format("{}{}", count_of(source.damage_count, "doubtful place"),
                      source.damage.empty() ? "" : "; first: " + source.damage.front().what),
          2, 2, Paint::Warn);
    }
    for (const std::string& assumption : source.assumptions) {
      screen_.paragraph(assumption, 2, 2, Paint::Dim);
    }
    for (const PictureReading& reading : in_.evidence.pictures) {
      if (reading.source == stock.source) picture(reading);
    }
  }

  /// Each row of a picture with how sure its cells are; those that are not used are told apart.
  void picture(const PictureReading& reading) {
    for (std::size_t r = 0; r < reading.rows.size(); ++r) {
      std::vector<std::string> cells;
      for (std::size_t i = 0; i < reading.columns.size(); ++i) {
        const PictureCell& cell = reading.rows[r].cells[i];
        if (cell.text.empty()) continue;
        cells.push_back(fmt::format("{} {} ({}{})", reading.columns[i].header, cell.text,
                                    percent(cell.confidence), cell.used ? "" : ", not used"));
      }
      screen_.paragraph(fmt::format("row {}: {}", r + 1, fmt::join(cells, "; ")), 2, 4);
    }
  }

  void computer(const ComputerStock& stock) {
    const Computer& computer = in_.evidence.computers[stock.computer];
    std::string title = computer.name.empty() ? "A computer that is not named" : computer.name;
    if (!stock.users.empty()) title += fmt::format(" ({})", fmt::join(stock.users, ", "));
    screen_.blank();
    screen_.paragraph(title, 0, 0, Paint::Bold);
    for (const Holding& held : stock.holdings) holding(held);
    if (stock.holdings.empty()) screen_.labelled("there is", "nothing", 2, kLabel, Paint::Dim);
    if (!computer.time_zone.empty()) {
      screen_.labelled("time zone",
                       fmt::format("{} ({})", computer.time_zone, computer.time_zone_source), 2,
                       kLabel, Paint::Dim);
    }
    for (const char* key : {"protocol", "mode", "version", "server", "office", "segment"}) {
      const std::string value = computer.attributes.get(key);
      if (value.empty()) continue;
      const auto origin = computer.attributes.origins.find(key);
      screen_.labelled(key,
                       origin == computer.attributes.origins.end()
                           ? value
                           : fmt::format("{} ({})", value, origin->second),
                       2, kLabel, Paint::Dim);
    }
    doubts(stock.doubts);
    missing(stock.missing);
  }

  void holding(const Holding& held) {
    std::string text = count_of(held.sources, "file");
    if (held.records > 0) text += ", " + count_of(held.records, "record");
    if (held.first && held.last) {
      text += fmt::format(", {} to {} {}", in_.zone.format(*held.first),
                          in_.zone.format(*held.last), in_.zone.abbreviation(*held.last));
    }
    const std::string label =
        held.channel.empty() ? held.title : fmt::format("{} ({})", held.channel, held.title);
    screen_.labelled(label + ":", text, 2, std::max(kLabel, label.size() + 2), Paint::Plain);
  }

  void missing(const std::vector<std::size_t>& items) {
    if (items.empty()) return;
    std::vector<std::string> titles;
    for (const std::size_t i : items) {
      titles.push_back(in_.catalogue.collection[i].title);
      ++wanted_[i];
    }
    screen_.labelled("missing", fmt::format("{}", fmt::join(titles, "; ")), 2, kLabel, Paint::Bad);
  }

  /// A folder of a whole office holds hundreds of files that are nothing to us: each reason once,
  /// what could not be read before what is no evidence.
  void unread() {
    if (in_.stock.unread.empty()) return;
    screen_.heading("Not read");
    std::map<std::pair<bool, std::string>, std::vector<std::string>> files;
    for (const std::uint32_t i : in_.stock.unread) {
      const Source& source = in_.evidence.sources[i];
      files[{source.state == SourceState::Ignored, source.problem}].push_back(source.path);
    }
    for (const auto& [reason, paths] : files) {
      if (paths.size() == 1) {
        screen_.paragraph(fmt::format("{}: {}", paths[0], reason.second), 2, 2);
        continue;
      }
      screen_.paragraph(fmt::format("{}: {}", count_of(paths.size(), "file"), reason.second), 2, 2);
      const std::size_t shown =
          in_.all_computers ? paths.size() : std::min(paths.size(), kUnreadShown);
      for (std::size_t i = 0; i < shown; ++i) screen_.paragraph(paths[i], 4, 2);
      if (shown < paths.size()) {
        screen_.paragraph(fmt::format("and {} more (--files lists each)", paths.size() - shown), 4);
      }
    }
  }

  /// The same doubt about several files is one.
  void doubts(const std::vector<std::string>& all) {
    struct Doubt {
      std::string file;  ///< The first.
      std::string what;
      std::size_t files = 0;
    };
    std::vector<Doubt> different;
    for (const std::string& doubt : all) {
      const std::size_t colon = doubt.find(": ");
      const bool has_file = colon != std::string::npos;
      const std::string what = has_file ? doubt.substr(colon + 2) : doubt;
      const auto known = std::find_if(different.begin(), different.end(),
                                      [&](const Doubt& d) { return d.what == what; });
      if (known != different.end()) {
        ++known->files;
      } else {
        different.push_back({has_file ? doubt.substr(0, colon) : std::string(), what, 1});
      }
    }
    for (std::size_t i = 0; i < std::min(different.size(), kDoubtsShown); ++i) {
      const auto& [file, what, files] = different[i];
      std::string text = file.empty() ? what : fmt::format("{}: {}", file, what);
      if (files > 1)
        text = fmt::format("{} ({}, the first: {})", what, count_of(files, "file"), file);
      screen_.labelled("doubt", text, 2, kLabel, Paint::Warn);
    }
    if (different.size() > kDoubtsShown) {
      screen_.labelled(
          "", fmt::format("and {}", count_of(different.size() - kDoubtsShown, "more doubt")), 2,
          kLabel);
    }
  }

  void how_to_collect() {
    if (wanted_.empty()) return;
    screen_.heading("How to collect what is missing");
    for (const auto& [i, times] : wanted_) {
      const Collectable& item = in_.catalogue.collection[i];
      screen_.blank();
      const bool of_each = !item.of_site && !in_.stock.computers.empty();
      screen_.paragraph(
          of_each ? fmt::format("{} (missing for {})", item.title, count_of(times, "computer"))
                  : item.title,
          2, 0, Paint::Bold);
      screen_.paragraph(item.why, 4);
      for (const auto& way : item.ways) {
        screen_.paragraph(fmt::format("Where: {}", way.where), 4);
        screen_.verbatim(way.command, 6);
      }
    }
  }

  const StockInput& in_;
  Screen screen_;
  std::map<std::size_t, std::uint64_t> wanted_;
};

}  // namespace

std::string render_stock_terminal(const StockInput& input, const TerminalStyle& style) {
  return StockScreen(input, style).write();
}

}  // namespace dropscope
