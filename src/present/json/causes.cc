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

Json list(const std::vector<Prediction>& all) {
  Json out = Json::array();
  for (const Prediction& p : all) out.push_back(prediction(p));
  return out;
}

Json list(const std::vector<Aspect>& aspects) {
  Json out = Json::array();
  for (const Aspect aspect : aspects) out.push_back(std::string(to_string(aspect)));
  return out;
}

}  // namespace

std::string render_causes_json(const Catalogue& catalogue) {
  JsonStream out;
  out.begin_object();
  out.member("schema", std::string(kSchema));
  out.member("tool", {{"name", "dropscope"}, {"version", std::string(version())}});
  out.key("causes").begin_array();
  for (const CauseRule& cause : catalogue.causes) {
    Json variants = Json::array();
    for (const CauseVariant& variant : cause.variants) {
      variants.push_back({{"title", variant.title},
                          {"share", variant.share},
                          {"told_by", list(variant.told_by)},
                          {"predicts", list(variant.predictions)},
                          {"source", variant.source}});
    }
    Json changes = Json::array();
    for (const CauseChange& change : changes_of(cause, catalogue.timers)) {
      changes.push_back({{"product", change.product},
                         {"setting", change.setting},
                         {"how", change.how},
                         {"source", change.source}});
    }
    out.begin_object();
    out.member("id", cause.id).member("title", cause.title).member("summary", cause.summary);
    out.member("prior", cause.prior).member("told_by", list(cause.told_by));
    out.member("predicts", list(cause.predictions)).member("variants", variants);
    out.member("against", cause.against);
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
