#include "evidence/intake/source_reader.h"

#include "evidence/intake/capture_intake.h"
#include "evidence/intake/connection_mode.h"
#include "evidence/intake/connection_status.h"
#include "evidence/intake/conntrack_log.h"
#include "evidence/intake/event_export_intake.h"
#include "evidence/intake/evt_intake.h"
#include "evidence/intake/haproxy_log.h"
#include "evidence/intake/inventory.h"
#include "evidence/intake/layout_log.h"
#include "evidence/intake/log_intake.h"
#include "evidence/intake/network_state.h"
#include "evidence/intake/picture_intake.h"
#include "evidence/intake/probe_intake.h"
#include "evidence/intake/server_log.h"
#include "evidence/intake/settings_intake.h"
#include "evidence/intake/site_tables.h"
#include "evidence/intake/watch_intake.h"
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
      {"capture", "packet capture", is_capture, read_capture},
      {"picture", "picture of the Connection Status window", is_picture, read_picture},
      {"evt", "event log of Windows XP or Server 2003", is_legacy_log, read_legacy_log},
      {"probe", "result of a probe", is_probe_result, read_probe_result},
      {"watch", "record of a watch", is_watch_record, read_watch_record},
      {"event-clixml", "event log as Clixml", is_event_clixml, read_event_clixml},
      {"log-settings", "settings of event logs", is_log_settings, read_log_settings},
      {"event-json", "event log as JSON", is_event_json, read_event_json},
      {"event-xml", "event log as XML", is_event_xml, read_event_xml},
      {"event-table", "event log as a table", is_event_table, read_event_table},
      {"registry-hive", "registry hive", is_hive, read_hive},
      {"registry-text", "registry export", is_registry_text, read_registry_text},
      {"connection-status", "Connection Status window", is_status_text, read_status_text},
      {"netstat", "list of connections (netstat)", is_netstat, read_netstat},
      {"net-tcp-connection", "list of connections (Get-NetTCPConnection)", is_net_tcp_connection,
       read_net_tcp_connection},
      {"ipconfig", "addresses (ipconfig)", is_ipconfig, read_ipconfig},
      {"systeminfo", "description of a computer (systeminfo)", is_systeminfo, read_systeminfo},
      {"time-status", "state of the clock (w32tm)", is_time_status, read_time_status},
      {"wireless-state", "wireless networks (netsh wlan)", is_wireless_state, read_wireless_state},
      {"route", "routes (route print)", is_route_print, read_route_print},
      {"network-clixml", "network state (PowerShell)", is_network_clixml, read_network_clixml},
      {"connection-mode", "ExchangeConnectionMode", is_connection_mode, read_connection_mode},
      {"haproxy", "HAProxy log", is_haproxy_log, read_haproxy_log},
      {"conntrack", "conntrack record of a Linux filter", is_conntrack_log, read_conntrack_log},
      {"networks", "list of networks", is_network_table, read_networks},
      {"servers", "list of servers", is_server_table, read_servers},
      {"inventory", "list of computers", is_inventory, read_clients},
      {"layout", "log of a balancer or firewall", is_layout_log, read_layout_log},
      {"server-log", "log of IIS, HTTPERR or Exchange", is_server_log, read_server_log},
  };
  return kReaders;
}

bool holds_events(std::string_view kind) {
  return kind == "evtx" || kind == "evt" || kind.starts_with("event-");
}

void add_damage(Source& source, std::uint64_t place, std::string what, std::size_t damage_kept) {
  ++source.damage_count;
  if (source.damage.size() < damage_kept) source.damage.push_back({place, 0, std::move(what), 0});
}

}  // namespace dropscope
