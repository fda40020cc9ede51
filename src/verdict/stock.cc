#include "verdict/stock.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "evidence/intake/source_reader.h"

namespace dropscope {
namespace {

/// Logs of one channel that leave more than this between them have a gap. A log that a night is
/// missing in is not told from a computer that was off.
constexpr auto kGap = std::chrono::hours{24};

bool is_read(const Source& source) {
  return source.state == SourceState::Read || source.state == SourceState::Damaged;
}

/// Of a Holding or a SourceStock.
template <typename Span>
void widen(Span& holding, Instant first, Instant last) {
  holding.first = holding.first ? std::min(*holding.first, first) : first;
  holding.last = holding.last ? std::max(*holding.last, last) : last;
}

class StockTaking {
 public:
  StockTaking(const Evidence& evidence, const Catalogue& catalogue,
              const std::vector<ClockOffset>& clocks)
      : evidence_(evidence), catalogue_(catalogue), clocks_(clocks) {}

  Stock take() {
    Stock stock;
    for (std::uint32_t i = 0; i < evidence_.computers.size(); ++i) {
      stock.computers.push_back(computer(i));
    }
    site(stock);
    stock.sources = sources();
    for (std::uint32_t i = 0; i < evidence_.sources.size(); ++i) {
      if (!is_read(evidence_.sources[i])) stock.unread.push_back(i);
    }
    return stock;
  }

 private:
  ComputerStock computer(std::uint32_t index) {
    ComputerStock stock;
    stock.computer = index;
    std::set<std::uint32_t> sources;
    std::map<std::string, Holding> logs;  // By channel.
    const auto first = std::lower_bound(
        evidence_.coverage.begin(), evidence_.coverage.end(), index,
        [](const Coverage& c, std::uint32_t computer) { return c.computer < computer; });
    std::string channel;
    Instant covered{};
    for (auto it = first; it != evidence_.coverage.end() && it->computer == index; ++it) {
      const Source& source = evidence_.sources[it->source];
      const std::string& name = evidence_.strings.at(it->channel);
      Holding& holding = logs[name + "\n" + source.kind];
      holding.kind = source.kind;
      holding.channel = name;
      ++holding.sources;
      holding.records += it->records;
      widen(holding, it->first, it->last);
      sources.insert(it->source);
      // Coverage is sorted by channel and beginning.
      const bool goes_on = it != first && name == channel;
      if (goes_on && it->first - covered > kGap) {
        stock.doubts.push_back(fmt::format("{} log: nothing between {} and {}", name,
                                           format_utc(covered), format_utc(it->first)));
      }
      covered = goes_on ? std::max(covered, it->last) : it->last;
      channel = name;
    }
    std::map<std::string, Holding> others;  // By kind.
    for (const ClientIdentity& client : evidence_.clients) {
      if (client.computer != index) continue;
      if (client.user != 0) stock.users.push_back(evidence_.strings.at(client.user));
      for (const ClientLink& link : client.links) {
        if (!sources.insert(link.source).second) continue;
        const Source& source = evidence_.sources[link.source];
        Holding& holding = others[source.kind];
        holding.kind = source.kind;
        ++holding.sources;
        holding.records += source.records;
      }
    }
    for (auto* group : {&logs, &others}) {
      for (auto& [key, holding] : *group) {
        holding.title = title_of_kind(holding.kind, catalogue_);
        stock.holdings.push_back(std::move(holding));
      }
    }
    doubts(index, sources, stock);
    missing(stock.holdings, false, stock.missing);
    owned_.insert(sources.begin(), sources.end());
    return stock;
  }

  void doubts(std::uint32_t index, const std::set<std::uint32_t>& sources, ComputerStock& stock) {
    for (const std::uint32_t i : sources) {
      const Source& source = evidence_.sources[i];
      if (source.state == SourceState::Damaged) {
        stock.doubts.push_back(
            fmt::format("{}: {}", source.path, count_of(source.damage_count, "damaged place")));
      }
      for (const std::string& assumption : source.assumptions) {
        stock.doubts.push_back(fmt::format("{}: {}", source.path, assumption));
      }
    }
    for (const std::string& conflict : evidence_.computers[index].attributes.conflicts) {
      stock.doubts.push_back(conflict);
    }
    for (const ClockOffset& offset : clocks_) {
      if (offset.computer != index || !offset.applied) continue;
      stock.doubts.push_back(fmt::format("its clock is {} {} and was set right here",
                                         format_duration(std::abs(offset.offset_s)),
                                         offset.offset_s < 0 ? "behind" : "ahead"));
    }
  }

  [[nodiscard]] std::vector<SourceStock> sources() const {
    std::vector<SourceStock> out(evidence_.sources.size());
    for (std::uint32_t i = 0; i < out.size(); ++i) out[i].source = i;
    for (const Coverage& coverage : evidence_.coverage) {
      SourceStock& stock = out[coverage.source];
      stock.events += coverage.records;
      if (stock.computers.empty() || stock.computers.back() != coverage.computer) {
        stock.computers.push_back(coverage.computer);  // Coverage is sorted by computer.
      }
      widen(stock, coverage.first, coverage.last);
    }
    for (const Close& close : evidence_.closes) {
      ++out[close.source].closes;
      widen(out[close.source], close.time, close.time);
    }
    for (const Setting& setting : evidence_.settings) ++out[setting.source].settings;
    for (const ConnectionRow& row : evidence_.connections) ++out[row.source].connections;
    for (const AddressUse& use : evidence_.addresses) ++out[use.source].addresses;
    return out;
  }

  void site(Stock& stock) {
    std::map<std::string, Holding> kinds;
    std::map<std::uint32_t, Holding*> of_source;
    for (std::uint32_t i = 0; i < evidence_.sources.size(); ++i) {
      const Source& source = evidence_.sources[i];
      const bool list = source.kind == "inventory";
      if (!is_read(source) || (!list && owned_.count(i) > 0)) continue;
      Holding& holding = kinds[source.kind];
      holding.kind = source.kind;
      ++holding.sources;
      holding.records += source.records;
      of_source[i] = &holding;
    }
    for (const Close& close : evidence_.closes) {
      const auto found = of_source.find(close.source);
      if (found != of_source.end()) widen(*found->second, close.time, close.time);
    }
    for (auto& [kind, holding] : kinds) {
      holding.title = title_of_kind(kind, catalogue_);
      stock.site.push_back(holding);
    }
    // A capture of a computer serves the site too.
    std::vector<Holding> all = stock.site;
    for (const ComputerStock& computer : stock.computers) {
      all.insert(all.end(), computer.holdings.begin(), computer.holdings.end());
    }
    // Without any computer, what is wanted of each of them is missing altogether.
    if (stock.computers.empty()) missing(all, false, stock.missing);
    missing(all, true, stock.missing);
  }

  void missing(const std::vector<Holding>& holdings, bool of_site,
               std::vector<std::size_t>& out) const {
    for (std::size_t i = 0; i < catalogue_.collection.size(); ++i) {
      const Collectable& item = catalogue_.collection[i];
      if (item.of_site != of_site) continue;
      const bool there = std::any_of(holdings.begin(), holdings.end(), [&](const Holding& held) {
        const auto has = [](const std::vector<std::string>& list, const std::string& value) {
          return std::any_of(list.begin(), list.end(), [&](const std::string& each) {
            return equals_nocase_ascii(each, value);
          });
        };
        return has(item.kinds, held.kind) &&
               (item.channels.empty() || has(item.channels, held.channel));
      });
      if (!there) out.push_back(i);
    }
  }

  const Evidence& evidence_;
  const Catalogue& catalogue_;
  const std::vector<ClockOffset>& clocks_;
  std::set<std::uint32_t> owned_;
};

}  // namespace

std::string title_of_kind(const std::string& kind, const Catalogue& catalogue) {
  for (const SourceReader& reader : source_readers()) {
    if (reader.kind == kind) return std::string(reader.title);
  }
  for (const LogLayout& layout : catalogue.layouts) {
    if (layout.id == kind) return layout.title;
  }
  // One reader finds several kinds.
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kOthers = {{
      {"iis", "IIS log"},
      {"httperr", "HTTPERR log"},
      {"exchange-mapi", "MAPI Client Access log"},
      {"exchange-rca", "RPC Client Access log"},
      {"exchange-httpproxy", "HttpProxy log"},
      {"exchange-ews", "EWS log"},
      {"exchange-other", "another log of Exchange"},
      {"server-logs", "logs of several kinds of IIS and Exchange"},
      {"registry-log", "log of a registry hive"},
  }};
  for (const auto& [id, title] : kOthers) {
    if (id == kind) return std::string(title);
  }
  return kind;
}

Stock take_stock(const Evidence& evidence, const Catalogue& catalogue,
                 const std::vector<ClockOffset>& clocks) {
  return StockTaking(evidence, catalogue, clocks).take();
}

}  // namespace dropscope
