#include <cmath>

#include "present/diff/diff.h"
#include "present/json/json_stream.h"
#include "present/version.h"

namespace dropscope {
namespace {

Json rate_json(const diagnosis_json::Rate& rate) {
  return {{"losses", rate.losses},
          {"watched_hours", rate.watched_hours},
          {"per_day", rate.per_day},
          {"per_day_low", rate.per_day_low},
          {"per_day_high", rate.per_day_high}};
}

Json side_json(const diagnosis_json::Document& document) {
  const auto or_null = [](const auto& value) { return value ? Json(*value) : Json(nullptr); };
  const auto text_or_null = [](const std::string& value) {
    return value.empty() ? Json(nullptr) : Json(value);
  };
  return {{"version", document.version},
          {"first", text_or_null(document.first)},
          {"last", text_or_null(document.last)},
          {"cause", document.cause},
          {"probability", document.probability},
          {"interval_s", or_null(document.interval_s)},
          {"computers", document.computers.size()},
          {"impacted", document.impacted.size()},
          {"rate", rate_json(document.rate)}};
}

}  // namespace

std::string render_diff_json(const DiffInput& input) {
  const Comparison& c = input.comparison;
  const auto text = [](std::string_view value) { return std::string(value); };
  JsonStream out;
  out.begin_object();
  out.member("schema", "dropscope.diff/1");
  out.member("tool", {{"name", "dropscope"}, {"version", text(version())}});
  out.member("movement", text(to_string(c.movement)));
  out.member("headline", c.headline);
  out.member("before", side_json(input.before));
  out.member("after", side_json(input.after));
  out.key("aspects").begin_array();
  for (const Compared& each : c.aspects) {
    out.value({{"id", each.id},
               {"title", each.title},
               {"movement", text(to_string(each.movement))},
               {"before", each.before},
               {"after", each.after}});
  }
  out.end_array();
  out.member("impacted_new", c.impacted_new).member("impacted_gone", c.impacted_gone);
  out.member("computers_new", c.computers_new).member("computers_gone", c.computers_gone);
  out.key("computers").begin_array();
  for (const ComputerChange& each : c.computers) {
    out.value({{"name", each.name},
               {"movement", text(to_string(each.movement))},
               {"before", rate_json(each.before)},
               {"after", rate_json(each.after)}});
  }
  out.end_array().end_object();
  return out.take();
}

}  // namespace dropscope
