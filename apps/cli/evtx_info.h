#pragma once

// What `evtx info` knows of one log, and its two forms: text for people, JSON for programs.

#include <cstdint>
#include <string>
#include <vector>

#include "base/timezone.h"
#include "formats/evtx/log_survey.h"
#include "formats/evtx/reader.h"

namespace dropscope {
class JsonStream;
}

namespace dropscope::cli {

struct LogInfo {
  std::string name;
  std::uint64_t bytes = 0;
  evtx::FileHeader header;
  evtx::LogSummary summary;
  std::vector<evtx::LogDamage> damage;
  evtx::SurveyResult survey;
};

/// Times are on the wall clock of `zone`. Tables are cut to their most telling rows unless `all`.
[[nodiscard]] std::string info_text(const LogInfo& log, const TimeZone& zone, bool all);

/// An object of docs/schemas/evtx-info.schema.json, "logs".
void append_info_json(JsonStream& out, const LogInfo& log);

/// "right", "wrong" or "absent".
[[nodiscard]] const char* header_crc_state(const evtx::FileHeader& header);

/// The name of a doubt in JSON, such as "records-crc".
[[nodiscard]] const char* doubt_name(evtx::Doubt doubt);

}  // namespace dropscope::cli
