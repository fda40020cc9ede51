#include "present/change.h"

#include <cmath>

#include "base/time.h"
#include "present/json/json_stream.h"
#include "present/version.h"

namespace dropscope {
namespace {

constexpr std::string_view kSchema = "dropscope.verify/1";

/// Four decimals: more would suggest a precision that no estimate of this kind has.
double rounded(double value) {
  return std::round(value * 1e4) / 1e4;
}

Json optional_number(const std::optional<double>& value) {
  return value ? Json(rounded(*value)) : Json(nullptr);
}

Json side(const ChangeSide& one) {
  return {{"computers", one.computers}, {"losses", one.losses}, {"hours", rounded(one.hours)}};
}

Json group(const ChangeGroup& one) {
  return {{"before", side(one.before)},
          {"after", side(one.after)},
          {"dispersion", rounded(one.dispersion)}};
}

Json effect(const RateChange& one) {
  return {{"ratio", rounded(one.ratio)},
          {"low", rounded(one.low)},
          {"high", one.high < kMostRatio ? Json(rounded(one.high)) : Json(nullptr)},
          {"probability",
           {{"fell", rounded(one.better)},
            {"same", rounded(one.same)},
            {"rose", rounded(one.worse)},
            {"halved", rounded(one.halved)},
            {"gone", rounded(one.gone)}}}};
}

void write_history(const RateHistory& history, JsonStream& out) {
  out.key("history").begin_object();
  out.key("segments").begin_array();
  for (const RateSegment& one : history.segments) {
    out.value({{"begin", format_utc(one.begin)},
               {"end", format_utc(one.end)},
               {"losses", one.losses},
               {"hours", rounded(one.hours)},
               {"per_day", rounded(one.per_day)}});
  }
  out.end_array();
  out.key("changes").begin_array();
  for (const RateChangePoint& one : history.changes) {
    out.value({{"time", format_utc(one.time)},
               {"low", format_utc(one.low)},
               {"high", format_utc(one.high)},
               {"probability", rounded(one.probability)},
               {"effect", effect(one.effect)}});
  }
  out.end_array();
  out.end_object();
}

}  // namespace

std::string render_change_text(const ChangeReport& report) {
  std::string text = report.headline + "\n\n";
  for (const std::string& sentence : report.sentences) text += sentence + "\n";
  return text;
}

std::string render_change_json(const ChangeReport& report) {
  const ChangeJudgement& j = report.judgement;
  JsonStream out;
  out.begin_object();
  out.member("schema", std::string(kSchema));
  out.member("tool", {{"name", "dropscope"}, {"version", std::string(version())}});
  out.member("headline", report.headline);
  out.member("explanations", report.sentences);
  out.member("zone", report.zone.name());
  out.member("zone_reason", report.zone_reason);
  Json where = Json::array();
  for (const WherePart& part : report.where) {
    where.push_back({{"attribute", part.attribute}, {"value", part.value}});
  }
  out.member("where", where);
  out.member("computers", report.selected);
  out.member("other_computers", report.others);
  if (report.when) {
    out.member("change", format_utc(*report.when));
    out.member("outcome", std::string(to_string(j.outcome)));
    out.member("changed", group(j.changed));
    out.member("others", j.others ? group(*j.others) : Json(nullptr));
    out.member("controlled", j.controlled);
    out.member("left_out", j.left_out);
    out.member("effect", effect(j.effect));
    out.member("expected", rounded(j.expected));
    out.member("silence", rounded(j.silence));
    out.member("by_age_s", j.by_age ? Json(rounded(j.interval.seconds)) : Json(nullptr));
    out.member("wait_days", j.wait ? Json{{"if_silent", optional_number(j.wait->if_silent)},
                                          {"if_halved", optional_number(j.wait->if_halved)},
                                          {"if_unchanged", optional_number(j.wait->if_unchanged)}}
                                   : Json(nullptr));
  }
  write_history(j.history, out);
  out.end_object();
  return out.take();
}

}  // namespace dropscope
