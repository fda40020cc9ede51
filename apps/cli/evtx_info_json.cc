#include "apps/cli/evtx_info.h"
#include "present/json/json_stream.h"

namespace dropscope::cli {
namespace {

Json time_or_null(Instant time) {
  return time == Instant{} ? Json(nullptr) : Json(format_utc(time, 7));
}

Json counts_json(const evtx::TextCounts& texts) {
  Json names = Json::array();
  for (const auto& [name, records] : texts.counts) {
    names.push_back({{"name", name}, {"records", records}});
  }
  return names;
}

void append_header(JsonStream& out, const LogInfo& log) {
  const evtx::FileHeader& header = log.header;
  out.member("header", {{"version", std::to_string(header.major_version) + "." +
                                        std::to_string(header.minor_version)},
                        {"flags", header.flags},
                        {"dirty", header.dirty()},
                        {"full", header.full()},
                        {"crc", header_crc_state(header)},
                        {"first_chunk", header.first_chunk},
                        {"last_chunk", header.last_chunk},
                        {"chunk_count", header.chunk_count},
                        {"next_record_id", header.next_record_id}});
  const evtx::LogSummary& summary = log.summary;
  out.member("chunks", {{"in_use", summary.chunks},
                        {"unused", summary.chunks_unused},
                        {"unreadable", summary.chunks_bad},
                        {"crc_wrong", summary.chunks_crc_bad}});
  Json doubts = Json::object();
  for (std::size_t i = 0; i < evtx::kDoubtCount; ++i) {
    doubts[doubt_name(static_cast<evtx::Doubt>(i))] = log.survey.doubtful_by[i];
  }
  out.member("records", {{"count", summary.records},
                         {"unreadable", summary.records_unreadable},
                         {"recoverable", summary.records_recoverable},
                         {"doubtful", log.survey.records_doubtful},
                         {"doubtful_by", doubts}});
}

void append_ids(JsonStream& out, const evtx::SurveyResult& survey) {
  out.key("record_ids").begin_object();
  out.member("lowest", survey.records == 0 ? Json(nullptr) : Json(survey.lowest_id));
  out.member("highest", survey.records == 0 ? Json(nullptr) : Json(survey.highest_id));
  out.member("repeated", survey.ids_repeated);
  out.member("missing", survey.ids_missing);
  out.member("gaps_total", survey.gaps.total);
  out.member("gaps_cut", survey.gaps_cut);
  out.key("gaps").begin_array();
  for (const evtx::IdGap& gap : survey.gaps.kept) {
    out.value({{"first", gap.first},
               {"last", gap.last},
               {"count", gap.count()},
               {"offset", gap.offset},
               {"before", time_or_null(gap.before)},
               {"after", time_or_null(gap.after)}});
  }
  out.end_array();
  out.member("restarts_total", survey.restarts.total);
  out.key("restarts").begin_array();
  for (const evtx::IdRestart& restart : survey.restarts.kept) {
    out.value({{"offset", restart.offset},
               {"id_before", restart.id_before},
               {"id", restart.id},
               {"time", time_or_null(restart.time)}});
  }
  out.end_array().end_object();
}

void append_events(JsonStream& out, const evtx::SurveyResult& survey) {
  out.member("computers", counts_json(survey.computers));
  out.member("channels", counts_json(survey.channels));
  out.member("providers", survey.providers);
  out.member("events_not_counted", survey.kinds_not_counted);
  out.key("events").begin_array();
  for (const evtx::EventKind& kind : survey.kinds) {
    out.value({{"provider", kind.provider},
               {"event_id", kind.event_id},
               {"records", kind.records},
               {"first", time_or_null(kind.first)},
               {"last", time_or_null(kind.last)}});
  }
  out.end_array();
}

void append_clock(JsonStream& out, const evtx::SurveyResult& survey) {
  out.member("clock_steps_total", survey.steps.total);
  out.key("clock_steps").begin_array();
  for (const evtx::ClockStep& step : survey.steps.kept) {
    out.value({{"source", step.source == evtx::StepSource::Event ? "event" : "order"},
               {"offset", step.offset},
               {"record_id", step.record_id},
               {"from", format_utc(step.from, 7)},
               {"to", format_utc(step.to, 7)},
               {"seconds", seconds_between(step.from, step.to)}});
  }
  out.end_array();
  out.member("cleared_total", survey.cleared.total);
  out.key("cleared").begin_array();
  for (const evtx::LogCleared& cleared : survey.cleared.kept) {
    Json leaf = {{"time", time_or_null(cleared.time)},
                 {"log", cleared.log},
                 {"record_id", cleared.record_id},
                 {"offset", cleared.offset}};
    if (!cleared.user.empty()) leaf["user"] = cleared.user;
    if (!cleared.backup.empty()) leaf["backup"] = cleared.backup;
    out.value(leaf);
  }
  out.end_array();
}

}  // namespace

const char* doubt_name(evtx::Doubt doubt) {
  switch (doubt) {
    case evtx::Doubt::ChunkHeaderCrc:
      return "chunk-header-crc";
    case evtx::Doubt::RecordsCrc:
      return "records-crc";
    case evtx::Doubt::SizesDiffer:
      return "sizes-differ";
    case evtx::Doubt::BeyondFreeSpace:
      return "beyond-header";
  }
  return "";
}

void append_info_json(JsonStream& out, const LogInfo& log) {
  const evtx::SurveyResult& survey = log.survey;
  out.begin_object();
  out.member("file", log.name);
  out.member("bytes", log.bytes);
  append_header(out, log);
  append_ids(out, survey);
  out.member("first", survey.first ? Json(format_utc(*survey.first, 7)) : Json(nullptr));
  out.member("last", survey.last ? Json(format_utc(*survey.last, 7)) : Json(nullptr));
  out.member("times_implausible", survey.times_implausible);
  append_events(out, survey);
  append_clock(out, survey);
  out.member("damage_total", log.summary.damages);
  out.member("lost_bytes", log.summary.lost_bytes);
  out.key("damage").begin_array();
  for (const evtx::LogDamage& damage : log.damage) {
    Json leaf = {{"offset", damage.offset}, {"what", damage.what}};
    if (damage.record_id != 0) leaf["record_id"] = damage.record_id;
    if (damage.lost_bytes != 0) leaf["lost_bytes"] = damage.lost_bytes;
    if (damage.lost_records != 0) leaf["lost_records"] = damage.lost_records;
    out.value(leaf);
  }
  out.end_array().end_object();
}

}  // namespace dropscope::cli
