#include "evidence/intake/assembly.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "base/timezone.h"
#include "evidence/intake/picture_intake.h"
#include "evidence/intake/site_tables.h"

namespace dropscope {
namespace {

bool is_of_server(const std::string& kind) {
  return kind == "iis" || kind == "httperr" || kind == "server-logs" ||
         kind.starts_with("exchange-");
}

/// What a client's own file calls by another name than a list of computers does: the list's word is
/// the one that computers have in common.
std::string own_key(const std::string& key) {
  if (key == "server") return "endpoint";
  if (key == "adapter") return "interface";
  return {};
}

/// "u001" and "u001@corp.example", "EX02" and "ex02.corp.example", "16.0" and "16.0.17328.20162".
bool same_fact(const std::string& key, const std::string& a, const std::string& b) {
  if (key == "user") return plain_user(a) == plain_user(b);
  if (key == "version") return a.starts_with(b) || b.starts_with(a);
  const auto host = [](const std::string& name) {
    return to_lower_ascii(name.substr(0, name.find('.')));
  };
  return key == "server" && host(a) == host(b);
}

}  // namespace

void Assembly::add(FileIntake&& file) {
  for (SourceIntake& part : file) add(std::move(part));
}

Evidence Assembly::finish(const IntakeOptions& options, const StatusWords& words) {
  settle_pictures(words);
  const ComputerNames::Resolved resolved = names_.resolve();
  evidence_.computers.resize(resolved.names.size());
  for (std::size_t i = 0; i < resolved.names.size(); ++i) {
    evidence_.computers[i].name = resolved.names[i];
  }
  for (Event& event : evidence_.events) event.computer = resolved.computer[event.computer];
  for (Coverage& coverage : evidence_.coverage) {
    coverage.computer = resolved.computer[coverage.computer];
  }
  for (Close& close : evidence_.closes) {
    if (close.owner != Close::kNobody) close.owner = resolved.computer[close.owner];
  }
  settle_clients(resolved);
  sort_events();
  std::sort(evidence_.closes.begin(), evidence_.closes.end(), [](const Close& a, const Close& b) {
    return std::tie(a.time, a.source, a.place) < std::tie(b.time, b.source, b.place);
  });
  std::sort(evidence_.coverage.begin(), evidence_.coverage.end(),
            [](const Coverage& a, const Coverage& b) {
              return std::tie(a.computer, a.channel, a.first, a.source) <
                     std::tie(b.computer, b.channel, b.first, b.source);
            });
  set_zones();
  for (Computer& computer : evidence_.computers) {
    for (const auto& [key, value] : options.attributes) {
      computer.attributes.values[key] = value;
      computer.attributes.origins[key] = "option";
    }
  }
  return std::move(evidence_);
}

void Assembly::add(SourceIntake&& part) {
  const auto source = static_cast<std::uint32_t>(evidence_.sources.size());
  StringPool& strings = evidence_.strings;
  for (RawEvent& raw : part.events) {
    raw.event.source = source;
    raw.event.provider = strings.add(raw.provider);
    raw.event.channel = strings.add(raw.channel);
    raw.event.text = strings.add(raw.text);
    raw.event.computer = names_.add(raw.computer);
    evidence_.events.push_back(raw.event);
  }
  for (const RawCoverage& raw : part.coverage) {
    const auto computer = names_.add(raw.computer);
    evidence_.records_seen += raw.records;
    // Records without any time cover nothing.
    if (raw.last == Instant{}) continue;
    Coverage coverage;
    coverage.computer = computer;
    coverage.source = source;
    coverage.channel = strings.add(raw.channel);
    coverage.first = raw.first;
    coverage.last = raw.last;
    coverage.records = raw.records;
    coverage.first_record_id = raw.first_record_id;
    coverage.last_record_id = raw.last_record_id;
    evidence_.coverage.push_back(coverage);
  }
  const std::size_t closes = evidence_.closes.size();
  part.closes.move_to(evidence_.closes, strings,
                      [&](const std::string& owner) { return names_.add(owner); });
  for (std::size_t i = closes; i < evidence_.closes.size(); ++i) {
    evidence_.closes[i].source = source;
  }
  for (InventoryRow& row : part.inventory) {
    inventory_.push_back({names_.add(row.computer), source, std::move(row)});
  }
  add_client_facts(part, source);
  own(part, source);
  add_site_rows(part, source, evidence_.topology);
  evidence_.out_of_order += part.out_of_order;
  if (part.probe) {
    part.probe->source = source;
    evidence_.probes.push_back(std::move(*part.probe));
  }
  if (part.picture) {
    part.picture->source = source;
    pictures_.push_back(std::move(part));
    evidence_.sources.emplace_back();
    return;
  }
  part.source.assumptions = std::move(part.assumptions);
  evidence_.sources.push_back(std::move(part.source));
}

std::vector<std::string> Assembly::known_names() const {
  std::set<std::string> names;
  const auto add = [&](const std::string& name) {
    // Shorter names are alike too easily.
    if (name.size() >= 4 && name.size() <= 253) names.insert(name);
  };
  const StringPool& strings = evidence_.strings;
  for (const Close& close : evidence_.closes) add(strings.at(close.server_name));
  for (const ConnectionRow& row : evidence_.connections) {
    for (const StringId id : {row.server, row.proxy, row.mailbox, row.adapter}) add(strings.at(id));
  }
  for (const Setting& setting : evidence_.settings) add(strings.at(setting.value));
  for (const Listed& listed : inventory_) {
    for (const auto& [key, value] : listed.row.values) add(value);
  }
  for (const Pending& pending : pending_) {
    add(pending.owned.mailbox);
    for (const auto& [key, value] : pending.attributes) add(value);
  }
  return {names.begin(), names.end()};
}

void Assembly::settle_pictures(const StatusWords& words) {
  if (pictures_.empty()) return;
  const std::vector<std::string> known = known_names();
  for (SourceIntake& part : pictures_) {
    const std::uint32_t source = part.picture->source;
    settle_picture_source(part, known, words);
    add_client_facts(part, source);
    own(part, source);
    part.source.assumptions = std::move(part.assumptions);
    evidence_.sources[source] = std::move(part.source);
    evidence_.pictures.push_back(std::move(*part.picture));
  }
  pictures_.clear();
  std::stable_sort(
      evidence_.connections.begin(), evidence_.connections.end(),
      [](const ConnectionRow& a, const ConnectionRow& b) { return a.source < b.source; });
  std::stable_sort(pending_.begin(), pending_.end(), [](const Pending& a, const Pending& b) {
    return a.owned.source < b.owned.source;
  });
}

void Assembly::add_client_facts(const SourceIntake& part, std::uint32_t source) {
  StringPool& strings = evidence_.strings;
  for (const RawSetting& raw : part.settings) {
    Setting& setting = evidence_.settings.emplace_back(raw.setting);
    setting.source = source;
    setting.user = strings.add(raw.user);
    setting.profile = strings.add(raw.profile);
    setting.id = strings.add(raw.id);
    setting.path = strings.add(raw.path);
    setting.value = strings.add(raw.value);
    setting.meaning = strings.add(raw.meaning);
  }
  for (const std::string& id : part.absent_settings) {
    evidence_.absent_settings.push_back({source, kNoComputer, strings.add(id)});
  }
  for (const RawConnection& raw : part.connections) {
    ConnectionRow& row = evidence_.connections.emplace_back(raw.row);
    row.source = source;
    row.user = strings.add(raw.user);
    row.mailbox = strings.add(raw.mailbox);
    row.server = strings.add(raw.server);
    row.proxy = strings.add(raw.proxy);
    row.status = strings.add(raw.status);
    row.protocol = strings.add(raw.protocol);
    row.type = strings.add(raw.type);
    row.session_type = strings.add(raw.session_type);
    row.adapter = strings.add(raw.adapter);
    row.version = strings.add(raw.version);
    row.process = strings.add(raw.process);
  }
  for (const RawAddress& raw : part.addresses) {
    AddressUse& use = evidence_.addresses.emplace_back(raw.use);
    use.source = source;
    // Settled with the names of computers, see settle_clients().
    use.computer = raw.computer.empty() ? kNoComputer : names_.add(raw.computer);
    use.user = strings.add(raw.user);
    use.reason = strings.add(raw.reason);
  }
}

void Assembly::own(const SourceIntake& part, std::uint32_t source) {
  const bool of_nobody_yet =
      std::any_of(part.addresses.begin(), part.addresses.end(),
                  [](const RawAddress& raw) { return raw.computer.empty() && raw.user.empty(); });
  const bool about_a_client = !part.settings.empty() || !part.connections.empty() ||
                              of_nobody_yet || !part.attributes.empty() ||
                              !part.owner.computer.empty() || !part.owner.user.empty();
  // A list, and a server's log, are about many.
  if (!about_a_client || !part.inventory.empty() || is_of_server(part.source.kind)) return;
  Pending pending;
  pending.owned.source = source;
  pending.owned.owner = part.owner;
  std::set<std::string> mailboxes;
  for (const RawConnection& raw : part.connections) {
    if (!raw.mailbox.empty()) mailboxes.insert(to_lower_ascii(raw.mailbox));
  }
  if (mailboxes.size() == 1) pending.owned.mailbox = *mailboxes.begin();
  if (!part.owner.computer.empty()) pending.name = names_.add(part.owner.computer);
  pending.attributes = part.attributes;
  pending_.push_back(std::move(pending));
}

void Assembly::set_own(Attributes& attributes, const std::string& key, const std::string& value,
                       const std::string& origin) {
  const std::string listed = attributes.get(key);
  if (!listed.empty() && same_fact(key, listed, value)) {
    // The fuller of two versions is kept.
    if (key != "version" || value.size() <= listed.size()) return;
    attributes.values.erase(key);
  } else if (!listed.empty() && !own_key(key).empty()) {
    attributes.set(own_key(key), value, origin);
    return;
  }
  attributes.set(key, value, origin);
}

void Assembly::settle_clients(const ComputerNames::Resolved& resolved) {
  std::vector<ListedUser> users;
  std::vector<AddressUse> listed;
  for (const Listed& entry : inventory_) {
    const std::uint32_t index = resolved.computer[entry.name];
    Attributes& attributes = evidence_.computers[index].attributes;
    const std::string& origin = evidence_.sources[entry.source].path;
    for (const auto& [key, value] : entry.row.values) {
      attributes.set(key, value, origin);
      if (key == "user") users.push_back({index, value, entry.source});
      if (const auto address = IpAddress::parse(value); key == "address" && address) {
        listed.push_back({entry.source,
                          index,
                          0,
                          *address,
                          {},
                          {},
                          evidence_.strings.add("the inventory lists it")});
      }
    }
  }
  std::vector<OwnedSource> owned;
  for (Pending& pending : pending_) {
    if (pending.name) pending.owned.computer = resolved.computer[*pending.name];
    owned.push_back(std::move(pending.owned));
  }
  settle_owners(evidence_, users, owned);
  std::map<std::uint32_t, std::uint32_t> computer_of;
  for (std::size_t i = 0; i < owned.size(); ++i) {
    if (owned[i].computer == kNoComputer) {
      evidence_.unowned.push_back(owned[i].source);
      continue;
    }
    computer_of[owned[i].source] = owned[i].computer;
    Attributes& attributes = evidence_.computers[owned[i].computer].attributes;
    for (const auto& [key, value] : pending_[i].attributes) {
      set_own(attributes, key, value, evidence_.sources[owned[i].source].path);
    }
  }
  const auto set_computer = [&](auto& facts) {
    for (auto& fact : facts) {
      const auto found = computer_of.find(fact.source);
      if (fact.computer == kNoComputer && found != computer_of.end()) fact.computer = found->second;
    }
  };
  set_computer(evidence_.settings);
  set_computer(evidence_.absent_settings);
  set_computer(evidence_.connections);
  for (AddressUse& use : evidence_.addresses) {
    if (use.computer != kNoComputer) use.computer = resolved.computer[use.computer];
  }
  set_computer(evidence_.addresses);
  evidence_.addresses.insert(evidence_.addresses.end(), listed.begin(), listed.end());
  evidence_.clients = make_clients(evidence_, users, owned);
}

void Assembly::sort_events() {
  auto& events = evidence_.events;
  const auto key = [](const Event& e) {
    return std::tie(e.computer, e.time, e.channel, e.record_id, e.event_id, e.provider, e.text);
  };
  std::stable_sort(events.begin(), events.end(),
                   [&](const Event& a, const Event& b) { return key(a) < key(b); });
  // The same record in two files (a log given twice, or a copy and its forwarded twin).
  const auto end = std::unique(events.begin(), events.end(),
                               [&](const Event& a, const Event& b) { return key(a) == key(b); });
  evidence_.duplicates = static_cast<std::uint64_t>(events.end() - end);
  events.erase(end, events.end());
}

void Assembly::set_zones() {
  for (Computer& computer : evidence_.computers) {
    const std::string listed = computer.attributes.get("timezone");
    if (listed.empty()) continue;
    if (const auto zone = TimeZone::find(listed)) {
      computer.time_zone = zone->name();
      computer.time_zone_source = "inventory";
    }
  }
  for (const Event& event : evidence_.events) {
    if (event.meaning != Meaning::ZoneReport) continue;
    const std::string& reported = evidence_.strings.at(event.text);
    std::string iana = iana_zone_of_windows(reported);
    if (iana.empty()) {
      // In summer Windows names the daylight half of the zone.
      const std::string_view kDaylight = "Daylight Time";
      if (const std::size_t at = reported.find(kDaylight); at != std::string::npos) {
        std::string standard = reported;
        standard.replace(at, kDaylight.size(), "Standard Time");
        iana = iana_zone_of_windows(standard);
      }
    }
    if (iana.empty()) continue;
    Computer& computer = evidence_.computers[event.computer];
    computer.time_zone = iana;
    computer.time_zone_source = "event 6013";
  }
}

}  // namespace dropscope
