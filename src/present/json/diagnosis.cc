// The diagnosis as a document for programs: docs/schemas/diagnosis.schema.json describes it, and
// the schema's number changes when a reader of the old form would misread the new one.
//
// Times are UTC with all seven decimals that a log holds; the zone that people are shown is named
// once. Numbers that come out of statistics are rounded to what they mean (milliseconds, four
// decimals of a probability), so that the last bit of a floating-point unit never shows in a
// comparison.
#include <algorithm>
#include <cmath>
#include <string>

#include "base/time.h"
#include "base/timezone.h"
#include "present/digest.h"
#include "present/json/scope_object.h"
#include "present/present.h"
#include "present/version.h"

namespace dropscope {

namespace {

constexpr std::string_view kSchema = "dropscope.diagnosis/2";

// Above this many computers a reader rarely wants every episode: about 200 bytes each.
constexpr std::size_t kComputersWithEpisodes = 50;

Json rounded(double value, double scale) {
  if (!std::isfinite(value)) return nullptr;
  const double result = std::round(value * scale) / scale;
  return result == 0 ? 0.0 : result;
}
Json seconds(double value) {
  return rounded(value, 1e3);
}
Json share(double value) {
  return rounded(value, 1e4);
}
Json share(const std::optional<double>& value) {
  return value ? share(*value) : Json(nullptr);
}

// nlohmann takes std::string; a view is copied once here.
Json text(std::string_view value) {
  return std::string(value);
}

double seconds_of(Ticks ticks) {
  return std::chrono::duration<double>(ticks).count();
}

Json time(Instant t) {
  return format_utc(t, 7);
}

class Document {
 public:
  explicit Document(const ReportInput& input) : in_(input), digest_(input) {}

  std::string write() {
    out_.begin_object();
    out_.member("schema", text(kSchema));
    out_.member("tool", {{"name", "dropscope"},
                         {"version", text(version())},
                         {"zone_rules", text(time_zone_version())}});
    out_.member("command_line", in_.command_line);
    out_.member("zone",
                {{"name", in_.diagnosis.zone.name()}, {"reason", in_.diagnosis.zone_reason}});
    const Profile* profile = profile_of(in_);
    out_.member("application", {{"profile", profile != nullptr ? profile->id : ""},
                                {"title", digest_.application},
                                {"peer", digest_.peer}});
    out_.member("protocol", {{"value", text(to_string(in_.diagnosis.protocol))},
                             {"source", in_.diagnosis.protocol_source}});
    out_.member("mode", {{"value", text(to_string(in_.diagnosis.mode))},
                         {"source", in_.diagnosis.mode_source}});
    verdict();
    fleet();
    alerts();
    computers();
    clients();
    clocks();
    closes();
    client_facts();
    sources();
    out_.member("records", {{"seen", in_.evidence.records_seen},
                            {"duplicates", in_.evidence.duplicates},
                            {"out_of_order", in_.evidence.out_of_order}});
    out_.end_object();
    return out_.take();
  }

 private:
  Json reference(const Event& event) const {
    const Source* source = source_of(in_.evidence, event);
    const bool known = event.computer < in_.evidence.computers.size();
    return {{"source", event.source},
            {"path", source != nullptr ? source->path : ""},
            {"record_id", event.record_id},
            {"offset", event.offset},
            {"time", time(event.time)},
            {"computer", known ? in_.evidence.computers[event.computer].name : ""},
            {"channel", in_.evidence.strings.at(event.channel)},
            {"provider", in_.evidence.strings.at(event.provider)},
            {"event_id", event.event_id},
            {"meaning", text(to_string(event.meaning))},
            {"recognition", text(to_string(event.recognition))},
            {"doubtful", event.doubtful},
            {"text", in_.evidence.strings.at(event.text)}};
  }

  void verdict() {
    const Verdict& v = in_.diagnosis.verdict;
    out_.key("verdict").begin_object();
    decision(v.decision);
    out_.member("outcome", text(to_string(v.outcome)));
    out_.member("headline", v.headline);
    out_.member("outcome_probability", share(v.probability));
    out_.key("statements").begin_array();
    for (const Statement& s : v.statements) {
      out_.begin_object();
      out_.member("id", s.id).member("title", s.title).member("text", s.text);
      out_.member("probability", share(s.probability));
      out_.member("events_total", s.events_total);
      out_.key("events").begin_array();
      for (const std::uint32_t index : s.events) {
        const Event* event = event_at(in_.evidence, index);
        if (event != nullptr) out_.value(reference(*event));
      }
      out_.end_array().end_object();
    }
    out_.end_array();
    out_.key("timers").begin_array();
    for (const CandidateTimer& c : v.candidates) candidate(c);
    out_.end_array();
    out_.member("tell_apart", v.tell_apart);
    out_.key("next_steps").begin_array();
    for (const NextStep& s : v.next_steps) {
      out_.value({{"who", s.who}, {"what", s.what}, {"why", s.why}, {"command", s.command}});
    }
    out_.end_array();
    out_.key("checklist").begin_array();
    for (const ChecklistStep& s : v.checklist) {
      out_.value({{"id", s.id},
                  {"title", s.title},
                  {"state", text(to_string(s.state))},
                  {"text", s.text},
                  {"command", s.command}});
    }
    out_.end_array().end_object();
    out_.key("verdicts").begin_array();
    for (const CauseVerdict& each : v.decision.verdicts) cause_verdict(each);
    out_.end_array();
    out_.member("impacted", v.decision.impacted);
  }

  static Json probabilities(const std::vector<CauseProbability>& all) {
    Json list = Json::array();
    for (const CauseProbability& each : all) {
      list.push_back({{"cause", each.cause}, {"probability", share(each.probability)}});
    }
    return list;
  }

  void rhythm_of(const CauseVerdict* v) {
    const auto or_null = [](const std::optional<double>& value) {
      return value ? seconds(*value) : Json(nullptr);
    };
    out_.member("interval_s", v != nullptr ? or_null(v->interval_s) : Json(nullptr));
    out_.member("interval_lo", v != nullptr ? or_null(v->interval_lo) : Json(nullptr));
    out_.member("interval_hi", v != nullptr ? or_null(v->interval_hi) : Json(nullptr));
    out_.member("rhythm", v != nullptr ? Json(v->rhythm) : Json(nullptr));
    out_.member("device", v != nullptr && v->device ? Json(*v->device) : Json(nullptr));
  }

  /// Null where there is nobody to compare with.
  Json scope_of(const Whom* whom) const {
    if (whom == nullptr || !whom->known()) return nullptr;
    return scope_object(in_.diagnosis.verdict.decision.clients.table.attributes, whom->scope,
                        whom->explanations);
  }

  void decision(const Decision& d) {
    out_.member("cause", d.cause).member("title", d.title).member("summary", d.summary);
    out_.member("probability", share(d.probability));
    out_.member("candidates", probabilities(d.candidates));
    rhythm_of(d.verdicts.empty() ? nullptr : &d.verdicts.front());
    out_.member("scope", scope_of(d.whom()));
    const auto or_null = [](const std::optional<double>& value, double scale) {
      return value ? rounded(*value, scale) : Json(nullptr);
    };
    out_.member("impact", {{"text", d.impact.text},
                           {"losses_per_computer_day", or_null(d.impact.losses_per_day, 1e4)},
                           {"median_outage_s", or_null(d.impact.median_outage_s, 1e3)}});
    out_.member("owner", d.owner);
    const EvidenceStep& step = d.next_step;
    out_.member("next_step", {{"item", step.item},
                              {"what", step.what},
                              {"why", step.why},
                              {"cost", step.cost},
                              {"command", step.command},
                              {"gain_bits", rounded(step.gain_bits, 1e3)}});
  }

  void cause_verdict(const CauseVerdict& v) {
    Json computers = Json::array();
    for (const std::uint32_t computer : v.computers)
      computers.push_back(name_of_computer(computer));
    out_.begin_object();
    out_.member("cause", v.cause).member("title", v.title);
    out_.member("probability", share(v.probability)).member("main_probability", share(v.main));
    out_.member("candidates", probabilities(v.candidates));
    out_.member("losses", v.losses);
    rhythm_of(&v);
    out_.member("scope", scope_of(&v.whom));
    out_.member("owner", v.owner);
    out_.member("reasons_for", v.reasons_for).member("reasons_against", v.reasons_against);
    out_.member("computers", computers);
    out_.end_object();
  }

  void candidate(const CandidateTimer& c) {
    Json protocols = Json::array();
    for (const Protocol p : c.timer.protocols) protocols.push_back(text(to_string(p)));
    out_.begin_object();
    out_.member("product", c.timer.product).member("timer", c.timer.timer);
    out_.member("seconds", seconds(c.timer.seconds));
    out_.member("kind", text(to_string(c.timer.kind))).member("layer", c.timer.layer);
    out_.member("deviation_s", seconds(c.deviation_s));
    out_.member("possible", c.possible).member("reason", c.reason);
    out_.member("confirm", c.timer.confirm).member("change", c.timer.change);
    out_.member("confidence", c.timer.confidence).member("source", c.timer.source);
    out_.member("sources", c.timer.sources).member("protocols", protocols);
    out_.end_object();
  }

  static Json distribution(const Distribution& d) {
    return {{"n", d.n},
            {"min", seconds(d.min)},
            {"p10", seconds(d.p10)},
            {"p25", seconds(d.p25)},
            {"median", seconds(d.median)},
            {"p75", seconds(d.p75)},
            {"p90", seconds(d.p90)},
            {"max", seconds(d.max)}};
  }

  void frequency(const Frequency& f) {
    Json days = Json::array();
    for (const DayCount& d : f.days) {
      std::string date = format_utc(
          from_civil_utc({.year = d.year, .month = d.month, .day = d.day}).value_or(Instant{}));
      date.resize(10);
      days.push_back({{"date", std::move(date)}, {"losses", d.losses}});
    }
    out_.key("frequency").begin_object();
    out_.member("losses", f.losses);
    out_.member("watched_hours", seconds(f.watched_hours));
    out_.member("per_day", share(f.per_day));
    out_.member("per_day_low", share(f.per_day_low));
    out_.member("per_day_high", share(f.per_day_high));
    out_.member("open_outages", f.open_outages);
    out_.member("uptimes_s", distribution(f.uptimes));
    out_.member("outages_s", distribution(f.outages));
    out_.member("hour_of_week", f.hour_of_week);
    out_.member("days", days);
    out_.end_object();
  }

  void interval(const IntervalEstimate& i) {
    Json alternatives = Json::array();
    for (const RhythmAlternative& a : i.alternatives) {
      alternatives.push_back({{"rhythm", text(to_string(a.rhythm))},
                              {"seconds", seconds(a.seconds)},
                              {"probability", share(a.probability)}});
    }
    Json times = Json::array();
    for (const double time : i.times) times.push_back(seconds(time));
    out_.key("interval").begin_object();
    out_.member("rhythm", text(to_string(i.rhythm)));
    out_.member("seconds", seconds(i.seconds));
    out_.member("low", seconds(i.low)).member("high", seconds(i.high));
    out_.member("times", times).member("spread", seconds(i.spread));
    out_.member("probability", share(i.probability));
    out_.member("regular_probability", share(i.regular_probability));
    out_.member("at_interval", i.at_interval).member("considered", i.considered);
    out_.member("losses_missing", i.losses_missing);
    out_.member("days_missing", rounded(i.days_missing, 10));
    out_.member("alternatives", alternatives);
    out_.end_object();
  }

  void fleet() {
    out_.key("fleet").begin_object();
    out_.member("computers", digest_.computers.size());
    out_.member("computers_with_losses", digest_.computers_with_losses);
    out_.member("censored_uptimes", digest_.censored_uptimes);
    frequency(in_.diagnosis.frequency);
    interval(in_.diagnosis.interval);
    out_.end_object();
  }

  void alerts() {
    const AlertCounts& a = in_.diagnosis.alerts;
    Json unknown = Json::array();
    for (const UnknownText& u : a.unknown_texts) {
      unknown.push_back({{"text", u.text}, {"count", u.count}});
    }
    out_.key("alerts").begin_object();
    out_.member("lost", a.lost).member("restored", a.restored);
    out_.member("unavailable", a.unavailable).member("authentication", a.authentication);
    out_.member("other", a.other).member("unclassified", a.unclassified);
    out_.member("by_stem", a.by_stem).member("by_alternation", a.by_alternation);
    out_.member("unknown_texts", unknown);
    out_.end_object();
  }

  // The record id at an edge of an episode; null where no event marks it.
  Json record_of(std::uint32_t index) const {
    const Event* event = event_at(in_.evidence, index);
    return event != nullptr ? Json(event->record_id) : Json(nullptr);
  }

  void episodes(const ComputerEpisodes& e) {
    out_.key("outages").begin_array();
    for (const Outage& o : e.outages) {
      out_.value({{"lost", time(o.lost)},
                  {"end", time(o.end)},
                  {"end_edge", text(to_string(o.end_edge))},
                  {"seconds", seconds(o.seconds())},
                  {"complete", o.complete()},
                  {"lost_record", record_of(o.lost_event)},
                  {"end_record", record_of(o.end_event)}});
    }
    out_.end_array();
    out_.key("uptimes").begin_array();
    for (const Uptime& u : e.uptimes) {
      out_.value({{"begin", time(u.begin)},
                  {"end", time(u.end)},
                  {"begin_edge", text(to_string(u.begin_edge))},
                  {"end_edge", text(to_string(u.end_edge))},
                  {"seconds", seconds(u.seconds())},
                  {"complete", u.complete()},
                  {"begin_record", record_of(u.begin_event)},
                  {"end_record", record_of(u.end_event)}});
    }
    out_.end_array();
  }

  Json coverage_of(std::uint32_t computer) const {
    Json spans = Json::array();
    const auto& all = in_.evidence.coverage;
    auto c =
        std::lower_bound(all.begin(), all.end(), computer,
                         [](const Coverage& each, std::uint32_t id) { return each.computer < id; });
    for (; c != all.end() && c->computer == computer; ++c) {
      spans.push_back({{"source", c->source},
                       {"channel", in_.evidence.strings.at(c->channel)},
                       {"first", time(c->first)},
                       {"last", time(c->last)},
                       {"records", c->records},
                       {"first_record_id", c->first_record_id},
                       {"last_record_id", c->last_record_id}});
    }
    return spans;
  }

  void computers() {
    const bool with_episodes =
        in_.all_episodes || digest_.computers.size() <= kComputersWithEpisodes;
    out_.member("episodes_included", with_episodes);
    out_.key("computers").begin_array();
    for (const ComputerView& view : digest_.computers) {
      Json attributes = Json::object();
      Json origins = Json::object();
      for (const auto& [name, value] : view.computer->attributes.values) attributes[name] = value;
      for (const auto& [name, origin] : view.computer->attributes.origins) origins[name] = origin;
      out_.begin_object();
      out_.member("name", view.computer->name);
      out_.member("time_zone", view.computer->time_zone);
      out_.member("time_zone_source", view.computer->time_zone_source);
      out_.member("attributes", attributes);
      out_.member("attribute_origins", origins);
      out_.member("attribute_conflicts", view.computer->attributes.conflicts);
      out_.member("protocol", text(to_string(view.diagnosis->protocol)));
      out_.member("mode", text(to_string(view.diagnosis->mode)));
      out_.member("power_known", view.episodes->power_known);
      out_.member("app_starts", view.episodes->app_starts);
      out_.member("clock_steps", view.episodes->clock_steps);
      out_.member("lost_twice", view.episodes->lost_twice);
      out_.member("restored_twice", view.episodes->restored_twice);
      frequency(view.diagnosis->frequency);
      interval(view.diagnosis->interval);
      out_.member("coverage", coverage_of(view.diagnosis->computer));
      if (with_episodes) episodes(*view.episodes);
      out_.end_object();
    }
    out_.end_array();
  }

  Json name_of_computer(std::uint32_t computer) const {
    return computer == kNoComputer ? Json(nullptr) : Json(in_.evidence.computers[computer].name);
  }

  void clients() {
    const Evidence& e = in_.evidence;
    out_.key("clients").begin_array();
    for (const ClientIdentity& client : e.clients) {
      Json links = Json::array();
      for (const ClientLink& link : client.links) {
        links.push_back({{"source", link.source}, {"reason", e.strings.at(link.reason)}});
      }
      out_.value({{"computer", name_of_computer(client.computer)},
                  {"user", e.strings.at(client.user)},
                  {"mailbox", e.strings.at(client.mailbox)},
                  {"links", links}});
    }
    out_.end_array();
    out_.member("unowned_sources", e.unowned);
  }

  void clocks() {
    out_.key("clocks").begin_array();
    for (const ClockOffset& o : in_.diagnosis.clocks) {
      const bool device = o.computer == kNoComputer;
      out_.value(
          {{"computer", name_of_computer(o.computer)},
           {"device", device ? Json(in_.evidence.strings.at(o.device)) : Json(nullptr)},
           {"source", o.source},
           {"offset_s", seconds(o.offset_s)},
           {"low_s", seconds(o.low_s)},
           {"high_s", seconds(o.high_s)},
           {"drift_s_per_day", o.drift_s_per_day ? seconds(*o.drift_s_per_day) : Json(nullptr)},
           {"zone", o.zone},
           {"pairs", o.pairs},
           {"losses", o.losses},
           {"chance", rounded(o.chance, 1e9)},
           {"ambiguous", o.ambiguous},
           {"alone", o.alone},
           {"applied", o.applied}});
    }
    out_.end_array();
  }

  void closes() {
    const Evidence& e = in_.evidence;
    out_.key("closes").begin_object();
    out_.member("total", e.closes.size());
    out_.key("counts").begin_array();
    for (const MatchCount& count : in_.diagnosis.matches.counts) {
      out_.value({{"computer", name_of_computer(count.computer)},
                  {"device", e.strings.at(count.device)},
                  {"losses", count.losses},
                  {"matched", count.matched},
                  {"expected_by_chance", rounded(count.expected, 1e4)}});
    }
    out_.end_array();
    out_.key("matches").begin_array();
    for (const LossMatch& match : in_.diagnosis.matches.matches) {
      const Event& event = e.events[match.event];
      const Close& close = e.closes[match.close];
      out_.value({{"computer", name_of_computer(event.computer)},
                  {"lost", time(event.time)},
                  {"lost_record", event.record_id},
                  {"closed", time(close.time)},
                  {"delay_s", seconds(match.delay_s)},
                  {"chance", share(match.chance)},
                  {"together", match.together},
                  {"by", text(to_string(close.by))},
                  {"why", text(to_string(close.why))},
                  {"reason", e.strings.at(close.reason)},
                  {"idle_s", close.idle ? seconds(seconds_of(*close.idle)) : Json(nullptr)},
                  {"client", close.client.to_string()},
                  {"server", e.strings.at(close.server_name)},
                  {"device", e.strings.at(close.device)},
                  {"source", close.source},
                  {"place", close.place}});
    }
    out_.end_array();
    out_.end_object();
  }

  void client_facts() {
    const Evidence& e = in_.evidence;
    out_.key("settings").begin_array();
    for (const Setting& s : e.settings) {
      out_.value({{"computer", name_of_computer(s.computer)},
                  {"user", e.strings.at(s.user)},
                  {"profile", e.strings.at(s.profile)},
                  {"id", e.strings.at(s.id)},
                  {"path", e.strings.at(s.path)},
                  {"value", e.strings.at(s.value)},
                  {"meaning", e.strings.at(s.meaning)},
                  {"default", s.is_default},
                  {"matters", s.matters},
                  {"source", s.source}});
    }
    out_.end_array();
    out_.key("connections").begin_array();
    for (const ConnectionRow& row : e.connections) {
      const auto number = [](const auto& value) { return value ? Json(*value) : Json(nullptr); };
      out_.value({{"computer", name_of_computer(row.computer)},
                  {"mailbox", e.strings.at(row.mailbox)},
                  {"server", e.strings.at(row.server)},
                  {"proxy", e.strings.at(row.proxy)},
                  {"status", e.strings.at(row.status)},
                  {"protocol", e.strings.at(row.protocol)},
                  {"type", e.strings.at(row.type)},
                  {"session_type", e.strings.at(row.session_type)},
                  {"adapter", e.strings.at(row.adapter)},
                  {"version", e.strings.at(row.version)},
                  {"local", row.local.address.is_unspecified() ? "" : row.local.to_string()},
                  {"remote", row.remote.address.is_unspecified() ? "" : row.remote.to_string()},
                  {"requests", number(row.requests)},
                  {"failures", number(row.failures)},
                  {"response_ms", number(row.response_ms)},
                  {"processing_ms", number(row.processing_ms)},
                  {"confidence", share(row.confidence)},
                  {"source", row.source},
                  {"place", row.place}});
    }
    out_.end_array();
  }

  void sources() {
    out_.key("sources").begin_array();
    for (const Source& s : in_.evidence.sources) {
      Json damage = Json::array();
      for (const Damage& d : s.damage) {
        damage.push_back({{"offset", d.offset},
                          {"record_id", d.record_id},
                          {"what", d.what},
                          {"lost_records", d.lost_records}});
      }
      out_.begin_object();
      out_.member("path", s.path).member("kind", s.kind);
      out_.member("state", text(to_string(s.state))).member("problem", s.problem);
      out_.member("sha256", s.sha256).member("bytes", s.bytes);
      out_.member("records", s.records).member("records_damaged", s.records_damaged);
      out_.member("dirty", s.dirty);
      out_.member("assumptions", s.assumptions);
      out_.member("damage_count", s.damage_count).member("damage", damage);
      out_.end_object();
    }
    out_.end_array();
  }

  const ReportInput& in_;
  Digest digest_;
  JsonStream out_;
};

}  // namespace

std::string render_json(const ReportInput& input) {
  return Document(input).write();
}

}  // namespace dropscope
