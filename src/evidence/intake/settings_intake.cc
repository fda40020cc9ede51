#include "evidence/intake/settings_intake.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "evidence/intake/companions.h"
#include "evidence/intake/settings_collector.h"
#include "formats/registry/hive.h"
#include "formats/registry/hive_log.h"
#include "formats/registry/reg_text.h"

namespace dropscope {
namespace {

/// Where a hive's keys are in a running Windows.
std::string_view root_of(registry::HiveKind kind) {
  switch (kind) {
    case registry::HiveKind::User:
      return "HKEY_CURRENT_USER";
    case registry::HiveKind::Software:
      return "HKEY_LOCAL_MACHINE\\SOFTWARE";
    case registry::HiveKind::System:
      return "HKEY_LOCAL_MACHINE\\SYSTEM";
    case registry::HiveKind::Unknown:
      break;
  }
  return "";
}

void set_state(Source& source) {
  source.state = source.damage_count == 0 ? SourceState::Read : SourceState::Damaged;
}

/// The hive as it would be if Windows had written everything into it; empty when it is so already
/// or when nothing is there to apply.
std::vector<std::byte> with_logs(const Content& content, SourceIntake& out) {
  const auto header = registry::read_hive_header(content.bytes);
  if (!header || header->clean()) return {};
  out.source.dirty = true;
  const std::vector<Companion> logs = find_companions(content, {".log1", ".log2", ".log"});
  std::vector<Bytes> bytes;
  std::string names;
  for (const Companion& log : logs) {
    bytes.push_back(as_bytes(log.content));
    names += (names.empty() ? "" : ", ") + log.name;
  }
  if (logs.empty()) {
    out.assumptions.emplace_back(
        "the hive was not written to its end and its logs (.LOG1, .LOG2) are not beside it; what "
        "was changed last may be missing");
    return {};
  }
  registry::Recovery recovery = registry::apply_logs(content.bytes, bytes);
  for (std::string& note : recovery.notes) out.assumptions.push_back(std::move(note));
  if (recovery.entries == 0) {
    out.assumptions.push_back(
        fmt::format("the hive was not written to its end; nothing in {} continues it", names));
  } else {
    out.assumptions.push_back(fmt::format(
        "the hive was not written to its end; {} with {} were applied from {}",
        count_of(recovery.entries, "entry", "entries"), count_of(recovery.pages, "page"), names));
  }
  return std::move(recovery.hive);
}

SourceIntake read_log_of_hive() {
  SourceIntake out;
  out.source.kind = "registry-log";
  out.source.state = SourceState::Read;
  out.assumptions.emplace_back("a transaction log: it is read together with the hive beside it");
  return out;
}

}  // namespace

bool is_registry_text(const Head& head) {
  return registry::is_reg_text(head.text);
}

SourceIntake read_registry_text(const Content& content, const ReadContext& context) {
  SourceIntake out;
  SettingsCollector collector(context.catalogue, out, true, context.damage_kept);
  const registry::TextSummary summary = registry::read_text(content.bytes, collector);
  collector.finish();
  out.source.records = summary.counts.values;
  if (summary.version == registry::TextVersion::Missing) {
    out.assumptions.emplace_back(
        "the first line of a registry export is missing; read as version 5.00");
  }
  if (summary.assumed_lines > 0 || summary.assumed_data) {
    out.assumptions.emplace_back("text that is not Unicode is read as Windows-1252");
  }
  set_state(out.source);
  return out;
}

bool is_hive(const Head& head) {
  const std::string_view text = as_text(head.bytes);
  return text.starts_with(registry::kHiveMagic) || text.starts_with(registry::kWindows9xMagic);
}

SourceIntake read_hive(const Content& content, const ReadContext& context) {
  if (registry::is_hive_log(content.bytes)) return read_log_of_hive();
  SourceIntake out;
  const std::vector<std::byte> recovered = with_logs(content, out);
  const auto hive = registry::Hive::open(recovered.empty() ? content.bytes : Bytes(recovered));
  if (!hive) {
    out.source.state = SourceState::Unreadable;
    out.source.problem = hive.error().message;
    return out;
  }
  SettingsCollector collector(context.catalogue, out, false, context.damage_kept);
  const registry::Counts counts = hive->walk(root_of(hive->kind()), collector);
  collector.finish();
  out.source.records = counts.values;
  set_state(out.source);
  return out;
}

}  // namespace dropscope
