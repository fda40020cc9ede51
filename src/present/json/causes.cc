// The catalogue of causes as a document for programs: docs/schemas/causes.schema.json.

#include "present/causes.h"

#include "present/json/json_stream.h"
#include "present/version.h"

namespace dropscope {
namespace {

constexpr std::string_view kSchema = "dropscope.causes/1";

Json prediction(const Prediction& p) {
  Json states = Json::object();
  for (std::size_t i = 0; i < p.likelihood.size(); ++i) {
    // Four decimals: the parts of the files are whole numbers out of about a hundred.
    states[std::string(states_of(p.aspect)[i])] =
        static_cast<double>(static_cast<int>(p.likelihood[i] * 1e4 + 0.5)) / 1e4;
  }
  return {{"aspect", std::string(to_string(p.aspect))},
          {"likelihood", states},
          {"why", p.why},
          {"source", p.source}};
}

}  // namespace

std::string render_causes_json(const Catalogue& catalogue) {
  JsonStream out;
  out.begin_object();
  out.member("schema", std::string(kSchema));
  out.member("tool", {{"name", "dropscope"}, {"version", std::string(version())}});
  out.key("causes").begin_array();
  for (const CauseRule& cause : catalogue.causes) {
    Json predictions = Json::array();
    for (const Prediction& p : cause.predictions) predictions.push_back(prediction(p));
    Json told_by = Json::array();
    for (const Aspect aspect : cause.told_by) told_by.push_back(std::string(to_string(aspect)));
    Json changes = Json::array();
    for (const CauseChange& change : changes_of(cause, catalogue.timers)) {
      changes.push_back({{"product", change.product},
                         {"setting", change.setting},
                         {"how", change.how},
                         {"source", change.source}});
    }
    out.begin_object();
    out.member("id", cause.id).member("title", cause.title).member("summary", cause.summary);
    out.member("prior", cause.prior).member("told_by", told_by);
    out.member("predicts", predictions).member("against", cause.against);
    out.member("confirm", cause.confirm).member("confirm_command", cause.confirm_command);
    out.member("owner", cause.owner).member("refer_out", cause.refer_out);
    out.member("changes", changes).member("verify", cause.verify);
    out.member("source", cause.source);
    out.end_object();
  }
  out.end_array();
  out.end_object();
  return out.take();
}

}  // namespace dropscope
