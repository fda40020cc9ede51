// data/causes/*.toml

#include <numeric>

#include "evidence/catalogue/parse.h"
#include "evidence/catalogue/table_reader.h"

namespace dropscope {
namespace {

/// Of the cases of a cause, variants may be so many: its own predictions are the usual way.
constexpr double kMostShare = 0.9;

std::string list_states(Aspect aspect) {
  return list_names(states_of(aspect), [](std::string_view state) { return std::string(state); });
}

/// Parts above zero for some of the states; `rest` is what each of the others gets.
std::vector<double> read_parts(File& file, TableReader& row, Aspect aspect) {
  std::vector<double> out(states_of(aspect).size(), row.number("rest", kLeastPart, kMostPart));
  const toml::table* parts = row.table("parts");
  if (parts == nullptr) return out;
  TableReader reader(file, *parts, fmt::format("\"parts\" of \"{}\"", to_string(aspect)));
  if (parts->empty()) {
    reader.fail_here(fmt::format("\"parts\" is empty; expected some of: {}", list_states(aspect)));
  }
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::string_view state = states_of(aspect)[i];
    if (reader.find(state) != nullptr) out[i] = reader.number(state, kLeastPart, kMostPart);
  }
  reader.finish();
  const double sum = std::accumulate(out.begin(), out.end(), 0.0);
  for (double& part : out) part /= sum;
  return out;
}

Prediction read_prediction(File& file, const toml::table& table) {
  TableReader row(file, table, "[[predicts]]");
  Prediction out;
  out.aspect = row.one_of("aspect", all_aspects()).value_or(Aspect::Rhythm);
  out.likelihood = read_parts(file, row, out.aspect);
  out.why = row.text("why");
  out.source = row.text("source");
  row.finish();
  return out;
}

template <typename Owner>
void read_predictions(File& file, TableReader& reader, Owner& out) {
  for (const toml::table* table : reader.tables("predicts")) {
    Prediction prediction = read_prediction(file, *table);
    if (out.predicts(prediction.aspect) != nullptr) {
      file.fail_at(table->source(), fmt::format("\"{}\" is predicted twice; expected at most "
                                                "one [[predicts]] for an aspect",
                                                to_string(prediction.aspect)));
    }
    out.predictions.push_back(std::move(prediction));
  }
}

CauseVariant read_variant(File& file, const toml::table& table) {
  TableReader row(file, table, "[[variant]]");
  CauseVariant out;
  out.title = row.text("title");
  out.share = row.number("share", kLeastPart, kMostShare);
  out.told_by = row.some_of("told_by", all_aspects());
  out.source = row.text("source");
  read_predictions(file, row, out);
  row.finish();
  return out;
}

CauseChange read_change(File& file, const toml::table& table) {
  TableReader row(file, table, "[[change]]");
  CauseChange out;
  out.product = row.text("product");
  out.setting = row.text("setting");
  out.how = row.text("how");
  out.source = row.text("source");
  row.finish();
  return out;
}

void read_timers(TableReader& reader, CauseRule& out) {
  for (const TimerKind kind : reader.some_of("timer_kinds", kTimerKinds)) {
    out.timer_kinds.emplace_back(to_string(kind));
  }
  out.timer_layers = reader.optional_plain_texts("timer_layers");
  if (out.timer_kinds.empty() != out.timer_layers.empty()) {
    reader.fail_here("expected both or neither of \"timer_kinds\" and \"timer_layers\"");
  }
}

}  // namespace

Result<Placed<CauseRule>> parse_cause(std::string_view content, const std::string& name) {
  const auto fill = [](File& file, TableReader& reader, Placed<CauseRule>& out) {
    CauseRule& cause = out.value;
    out.where = reader.where_of("id");
    cause.id = reader.text("id");
    cause.title = reader.text("title");
    cause.summary = reader.text("summary");
    cause.title_without_loss = reader.optional_text("title_without_loss");
    cause.summary_without_loss = reader.optional_text("summary_without_loss");
    cause.prior = reader.number("prior", kLeastPart, kMostPart);
    cause.told_by = reader.some_of("told_by", all_aspects());
    cause.against = reader.plain_texts("against");
    cause.confirm = reader.text("confirm");
    cause.confirm_command = reader.optional_text("confirm_command");
    cause.owner = reader.text("owner");
    cause.verify = reader.text("verify");
    cause.source = reader.text("source");
    cause.refer_out = reader.optional_bool("refer_out");
    read_timers(reader, cause);
    read_predictions(file, reader, cause);
    double share = 0;
    for (const toml::table* table : reader.tables("variant")) {
      cause.variants.push_back(read_variant(file, *table));
      share += cause.variants.back().share;
      if (share > kMostShare) {
        file.fail_at(table->source(), fmt::format("the shares of the variants add up to {:.2f}; "
                                                  "expected at most {:.2f}, as the rest is the "
                                                  "cause's usual way",
                                                  share, kMostShare));
      }
    }
    for (const toml::table* table : reader.tables("change")) {
      cause.changes.push_back(read_change(file, *table));
    }
  };
  return read<Placed<CauseRule>>(content, name, "the cause file", fill);
}

}  // namespace dropscope
