#include "evidence/intake/source_reader.h"

#include "evidence/intake/inventory.h"
#include "evidence/intake/log_intake.h"
#include "evidence/intake/settings_intake.h"
#include "evidence/intake/site_tables.h"
#include "formats/evtx/format.h"

namespace dropscope {
namespace {

bool is_evtx(const Head& head) {
  return as_text(head.bytes).starts_with(evtx::kFileMagic);
}

SourceIntake read_evtx(const Content& content, const ReadContext& context) {
  return read_log(content.bytes, content.name, context.matcher, context.damage_kept);
}

bool is_inventory(const Head& head) {
  return detect_content(head.bytes, head.name) == ContentKind::Inventory;
}

SourceIntake read_clients(const Content& content, const ReadContext& context) {
  return read_inventory(content.bytes, content.name, context.damage_kept);
}

}  // namespace

const std::vector<SourceReader>& source_readers() {
  // Formats with a signature first, then those that are known by their words.
  static const std::vector<SourceReader> kReaders = {
      {"evtx", "event log", is_evtx, read_evtx},
      {"registry-hive", "registry hive", is_hive, read_hive},
      {"registry-text", "registry export", is_registry_text, read_registry_text},
      {"networks", "list of networks", is_network_table, read_networks},
      {"servers", "list of servers", is_server_table, read_servers},
      {"inventory", "list of computers", is_inventory, read_clients},
  };
  return kReaders;
}

void add_damage(Source& source, std::uint64_t place, std::string what, std::size_t damage_kept) {
  ++source.damage_count;
  if (source.damage.size() < damage_kept) source.damage.push_back({place, 0, std::move(what), 0});
}

}  // namespace dropscope
