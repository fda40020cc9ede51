// The stock of evidence as a document for programs: docs/schemas/inventory.schema.json.

#include "present/stock.h"

#include <cmath>
#include <utility>

#include "base/time.h"
#include "present/json/json_stream.h"
#include "present/version.h"

namespace dropscope {
namespace {

constexpr std::string_view kSchema = "dropscope.inventory/1";

Json time(const std::optional<Instant>& t) {
  return t ? Json(format_utc(*t, 7)) : Json(nullptr);
}

class StockDocument {
 public:
  explicit StockDocument(const StockInput& input) : in_(input) {}

  std::string write() {
    out_.begin_object();
    out_.member("schema", std::string(kSchema));
    out_.member("tool", {{"name", "dropscope"}, {"version", std::string(version())}});
    out_.key("computers").begin_array();
    for (const ComputerStock& stock : in_.stock.computers) computer(stock);
    out_.end_array();
    out_.key("site").begin_object();
    holdings(in_.stock.site);
    out_.member("missing", ids(in_.stock.missing));
    out_.end_object();
    collection();
    sources();
    pictures();
    out_.end_object();
    return out_.take();
  }

 private:
  void computer(const ComputerStock& stock) {
    const Computer& computer = in_.evidence.computers[stock.computer];
    Json attributes = Json::object();
    for (const auto& [key, value] : computer.attributes.values) {
      const auto origin = computer.attributes.origins.find(key);
      attributes[key] = {
          {"value", value},
          {"origin", origin == computer.attributes.origins.end() ? "" : origin->second}};
    }
    out_.begin_object();
    out_.member("name", computer.name);
    out_.member("users", stock.users);
    out_.member("time_zone", computer.time_zone);
    out_.member("time_zone_source", computer.time_zone_source);
    out_.member("attributes", attributes);
    holdings(stock.holdings);
    out_.member("doubts", stock.doubts);
    out_.member("missing", ids(stock.missing));
    out_.end_object();
  }

  void holdings(const std::vector<Holding>& list) {
    out_.key("holdings").begin_array();
    for (const Holding& holding : list) {
      out_.value({{"kind", holding.kind},
                  {"title", holding.title},
                  {"channel", holding.channel},
                  {"sources", holding.sources},
                  {"records", holding.records},
                  {"first", time(holding.first)},
                  {"last", time(holding.last)}});
    }
    out_.end_array();
  }

  [[nodiscard]] Json ids(const std::vector<std::size_t>& items) const {
    Json out = Json::array();
    for (const std::size_t i : items) out.push_back(in_.catalogue.collection[i].id);
    return out;
  }

  void collection() {
    out_.key("collection").begin_array();
    for (const Collectable& item : in_.catalogue.collection) {
      Json ways = Json::array();
      for (const auto& way : item.ways) {
        ways.push_back({{"where", way.where}, {"command", way.command}});
      }
      out_.value({{"id", item.id}, {"title", item.title}, {"why", item.why}, {"how", ways}});
    }
    out_.end_array();
  }

  void sources() {
    out_.key("sources").begin_array();
    for (const SourceStock& stock : in_.stock.sources) {
      const Source& source = in_.evidence.sources[stock.source];
      Json computers = Json::array();
      for (const std::uint32_t i : stock.computers) {
        computers.push_back(in_.evidence.computers[i].name);
      }
      Json damage = Json::array();
      for (const Damage& each : source.damage) {
        damage.push_back({{"place", each.offset}, {"what", each.what}});
      }
      out_.value({{"path", source.path},
                  {"kind", source.kind},
                  {"state", std::string(to_string(source.state))},
                  {"problem", source.problem},
                  {"bytes", source.bytes},
                  {"records", source.records},
                  {"first", time(stock.first)},
                  {"last", time(stock.last)},
                  {"computers", computers},
                  {"events", stock.events},
                  {"closes", stock.closes},
                  {"settings", stock.settings},
                  {"connections", stock.connections},
                  {"addresses", stock.addresses},
                  {"damage_count", source.damage_count},
                  {"damage", damage},
                  {"assumptions", source.assumptions}});
    }
    out_.end_array();
  }

  void pictures() {
    out_.key("pictures").begin_array();
    for (const PictureReading& reading : in_.evidence.pictures) {
      Json columns = Json::array();
      for (const PictureColumn& column : reading.columns) {
        columns.push_back({{"id", column.id}, {"header", column.header}});
      }
      Json rows = Json::array();
      for (const PictureRow& row : reading.rows) {
        Json cells = Json::array();
        for (const PictureCell& cell : row.cells) {
          // Two decimals: the recognition's own figures are not finer.
          cells.push_back({{"text", cell.text},
                           {"read", cell.read},
                           {"confidence", std::round(cell.confidence * 100) / 100},
                           {"used", cell.used}});
        }
        rows.push_back(std::move(cells));
      }
      out_.value({{"source", reading.source},
                  {"width", reading.width},
                  {"height", reading.height},
                  {"columns", columns},
                  {"rows", rows}});
    }
    out_.end_array();
  }

  const StockInput& in_;
  JsonStream out_;
};

}  // namespace

std::string render_stock_json(const StockInput& input) {
  return StockDocument(input).write();
}

}  // namespace dropscope
