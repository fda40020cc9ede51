#pragma once

// Registry files as evidence: .reg exports and hives give the same settings.

#include "evidence/intake/source_reader.h"

namespace dropscope {

[[nodiscard]] bool is_registry_text(const Head& head);
[[nodiscard]] SourceIntake read_registry_text(const Content& content, const ReadContext& context);

/// Also true for what is named a hive by its first bytes and is none that can be read: registry
/// files of Windows 9x, transaction logs.
[[nodiscard]] bool is_hive(const Head& head);
[[nodiscard]] SourceIntake read_hive(const Content& content, const ReadContext& context);

}  // namespace dropscope
