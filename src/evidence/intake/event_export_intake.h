#pragma once

// Event logs that were exported as text: XML, Clixml, JSON and tables. The formats are in
// formats/event_export; here their records become events with a meaning.

#include "evidence/intake/source_reader.h"

namespace dropscope {

[[nodiscard]] bool is_event_xml(const Head& head);
[[nodiscard]] SourceIntake read_event_xml(const Content& content, const ReadContext& context);

[[nodiscard]] bool is_event_json(const Head& head);
[[nodiscard]] SourceIntake read_event_json(const Content& content, const ReadContext& context);

[[nodiscard]] bool is_event_clixml(const Head& head);
[[nodiscard]] SourceIntake read_event_clixml(const Content& content, const ReadContext& context);

[[nodiscard]] bool is_event_table(const Head& head);
[[nodiscard]] SourceIntake read_event_table(const Content& content, const ReadContext& context);

/// Settings of logs, which are easily taken for the logs: said to be none.
[[nodiscard]] bool is_log_settings(const Head& head);
[[nodiscard]] SourceIntake read_log_settings(const Content& content, const ReadContext& context);

}  // namespace dropscope
