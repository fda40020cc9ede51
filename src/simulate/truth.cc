#include "simulate/truth.h"

#include <nlohmann/json.hpp>

#include "base/time.h"

namespace dropscope::simulation {

namespace {

using Json = nlohmann::ordered_json;

// Fleets up to this size list every loss unless the scenario decides; larger ones would give a
// truth file of the size of the evidence.
constexpr unsigned kEventsUpTo = 100;

std::string cause_name(const Scenario& scenario, int cause) {
  return cause < 0 ? "noise" : scenario.causes[static_cast<std::size_t>(cause)].name;
}

Json where_json(const Where& where) {
  Json json = Json::object();
  auto put = [&](const char* key, const std::string& value) {
    if (!value.empty()) json[key] = value;
  };
  put("office", where.office);
  put("segment", where.segment);
  put("kind", where.kind);
  put("adapter", where.adapter);
  put("server", where.server);
  put("vpn", where.vpn);
  if (where.share < 1) json["share"] = where.share;
  return json;
}

Json expectation_json(const Expectation& expect) {
  Json json = Json::object();
  if (!expect.outcomes.empty()) json["outcome"] = expect.outcomes;
  if (!expect.causes.empty()) json["cause"] = expect.causes;
  if (expect.interval_s) json["interval_s"] = *expect.interval_s;
  if (expect.tolerance_s) json["tolerance_s"] = *expect.tolerance_s;
  if (expect.losses_min) json["losses_min"] = *expect.losses_min;
  if (expect.losses_max) json["losses_max"] = *expect.losses_max;
  if (!expect.candidates.empty()) json["candidates"] = expect.candidates;
  if (!expect.note.empty()) json["note"] = expect.note;
  return json;
}

// One object or value a line, so that a truth file can be read and compared with line tools.
void append_list(std::string& out, const char* key, const std::vector<std::string>& items,
                 bool last) {
  out += " \"";
  out += key;
  out += "\": [";
  for (std::size_t i = 0; i < items.size(); ++i) {
    out += i ? ",\n  " : "\n  ";
    out += items[i];
  }
  out += items.empty() ? "]" : "\n ]";
  out += last ? "\n" : ",\n";
}

}  // namespace

ClientTruth client_truth(const Scenario& scenario, const Client& client,
                         const ClientHistory& history, const ClientRecords& records,
                         std::size_t kept_first, std::size_t kept_last,
                         const ClientLogFacts& facts) {
  ClientTruth truth;
  truth.csv_line = inventory_line(client);
  truth.concerned = client.concerned;
  truth.by_cause.assign(scenario.causes.size() + 1, 0);
  truth.losses = history.losses.size();
  for (const Loss& loss : history.losses) {
    ++truth
          .by_cause[loss.cause < 0 ? scenario.causes.size() : static_cast<std::size_t>(loss.cause)];
  }
  std::uint64_t restores = 0;
  for (std::size_t i = kept_first; i < kept_last; ++i) {
    const Record& record = records.application[i];
    if (record.kind == RecordKind::Lost && record.number != kDuplicate) ++truth.visible_losses;
    if (record.kind == RecordKind::Restored) ++restores;
  }

  Json json;
  json["computer"] = client.name;
  json["user"] = client.user;
  json["office"] = client.office;
  json["time_zone"] = client.zone.name();
  Json causes = Json::array();
  for (std::size_t c = 0; c < client.concerned.size(); ++c) {
    if (client.concerned[c]) causes.push_back(scenario.causes[c].name);
  }
  json["causes"] = std::move(causes);
  json["losses"] = truth.losses;
  json["visible_losses"] = truth.visible_losses;
  json["visible_restores"] = restores;
  Json by_cause = Json::object();
  for (std::size_t c = 0; c < truth.by_cause.size(); ++c) {
    if (truth.by_cause[c] == 0) continue;
    std::string name = cause_name(scenario, c == scenario.causes.size() ? -1 : static_cast<int>(c));
    by_cause[name] = by_cause.value(name, std::uint64_t{0}) + truth.by_cause[c];
  }
  json["by_cause"] = std::move(by_cause);
  json["records"] = facts.application_records;
  json["first_record_id"] = facts.first_record_id;
  if (facts.wrapped) json["wrapped"] = true;
  if (!facts.damage.empty()) json["damage"] = facts.damage;
  if (records.clock_was_wrong) json["clock_step_s"] = scenario.log.clock_step->seconds;
  if (scenario.truth_events.value_or(scenario.fleet.computers <= kEventsUpTo)) {
    Json events = Json::array();
    auto shown = [&](Instant t) {
      return format_utc(clock_reading(scenario, records.clock_was_wrong, t), 7);
    };
    for (const Loss& loss : history.losses) {
      Json event;
      event["connected"] = shown(loss.connected);
      event["closed"] = shown(loss.closed);
      event["lost"] = shown(loss.lost);
      event["restored"] = loss.restored ? Json(shown(*loss.restored)) : Json(nullptr);
      event["cause"] = cause_name(scenario, loss.cause);
      events.push_back(std::move(event));
    }
    json["events"] = std::move(events);
  }
  truth.json = json.dump();
  return truth;
}

std::string truth_json(const Scenario& scenario, const std::vector<ClientTruth>& clients) {
  std::uint64_t losses = 0;
  std::uint64_t visible = 0;
  for (const ClientTruth& client : clients) {
    losses += client.losses;
    visible += client.visible_losses;
  }
  std::string out = "{\n";
  auto put = [&](const char* key, const Json& value) {
    out += " \"" + std::string(key) + "\": " + value.dump() + ",\n";
  };
  put("schema", 1);
  put("name", scenario.name);
  put("description", scenario.description);
  put("seed", scenario.seed);
  put("start", format_utc(scenario.begin()));
  put("end", format_utc(scenario.end()));
  put("time_zone", scenario.zone.name());
  put("language", scenario.language);
  put("lost_text", scenario.lost_text);
  put("restored_text", scenario.restored_text);
  put("computers", clients.size());
  put("losses", losses);
  put("visible_losses", visible);
  put("expect", expectation_json(scenario.expect));

  std::vector<std::string> items;
  for (std::size_t c = 0; c < scenario.causes.size(); ++c) {
    const Cause& cause = scenario.causes[c];
    std::uint64_t concerned = 0;
    std::uint64_t affected = 0;
    std::uint64_t of_cause = 0;
    for (const ClientTruth& client : clients) {
      concerned += client.concerned[c] ? 1u : 0u;
      affected += client.by_cause[c] != 0 ? 1u : 0u;
      of_cause += client.by_cause[c];
    }
    Json json;
    json["name"] = cause.name;
    json["kind"] = to_string(cause.kind);
    if (cause.seconds > 0) json["interval_s"] = cause.seconds;
    json["jitter_s"] = cause.jitter_s;
    json["silent"] = cause.silent;
    json["where"] = where_json(cause.where);
    json["concerned_clients"] = concerned;
    json["affected_clients"] = affected;
    json["losses"] = of_cause;
    items.push_back(json.dump());
  }
  append_list(out, "causes", items, false);
  items.clear();
  for (const ClientTruth& client : clients) items.push_back(client.json);
  append_list(out, "clients", items, true);
  out += "}\n";
  return out;
}

}  // namespace dropscope::simulation
