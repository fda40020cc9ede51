#include "simulate/records.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/utf16.h"
#include "simulate/prng.h"

namespace dropscope::simulation {

namespace {

using evtx::EventSpec;
using evtx::OwnedValue;
using evtx::ValueType;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr auto kKinds = static_cast<std::size_t>(RecordKind::SystemNoise) + 1;

// Provider GUIDs, levels, tasks and keywords of the Kernel and EventLog records are those of a real
// System log of Windows 10 (the public sample system.evtx of the project's corpus).
constexpr std::string_view kKernelPower = "{331c3b3a-2005-44c2-ac5e-77220c37d6b4}";
constexpr std::string_view kKernelGeneral = "{a68ca8b7-004f-d7b6-a698-07e2de0f1f5d}";
constexpr std::string_view kPowerTroubleshooter = "{cdc05e28-c449-49c6-b9d2-88cf761644df}";
constexpr std::string_view kEventLogService = "{fc65ddd8-d6ef-4962-83d5-6e5cfe9ce148}";
constexpr std::string_view kServiceControl = "{555908d1-a6d7-4695-8e1e-26931d2012f4}";
// Of these three the providers are as Windows registers them; the records are shaped, not sampled.
constexpr std::string_view kWlan = "{9580d7dd-0379-4658-9870-d5be7d52d6de}";
constexpr std::string_view kDhcp = "{15a7a4f8-0072-4eab-abad-f98a4d666aed}";
constexpr std::string_view kNcsi = "{314de49f-ce63-4779-ba2b-d616f6963a88}";
constexpr std::string_view kSoftwareProtection = "{e23b33b0-c8c9-472c-a5f9-f2bdfea0f156}";

// Windows' names of zones that scenarios are likely to use. Event 6013 holds the standard name.
constexpr std::pair<std::string_view, std::string_view> kWindowsZones[] = {
    {"Europe/Berlin", "W. Europe Standard Time"},
    {"Europe/Vienna", "W. Europe Standard Time"},
    {"Europe/Zurich", "W. Europe Standard Time"},
    {"Europe/Amsterdam", "W. Europe Standard Time"},
    {"Europe/Rome", "W. Europe Standard Time"},
    {"Europe/Stockholm", "W. Europe Standard Time"},
    {"Europe/Paris", "Romance Standard Time"},
    {"Europe/Madrid", "Romance Standard Time"},
    {"Europe/Brussels", "Romance Standard Time"},
    {"Europe/Copenhagen", "Romance Standard Time"},
    {"Europe/Warsaw", "Central European Standard Time"},
    {"Europe/Prague", "Central Europe Standard Time"},
    {"Europe/Budapest", "Central Europe Standard Time"},
    {"Europe/London", "GMT Standard Time"},
    {"Europe/Dublin", "GMT Standard Time"},
    {"Europe/Lisbon", "GMT Standard Time"},
    {"Europe/Helsinki", "FLE Standard Time"},
    {"Europe/Athens", "GTB Standard Time"},
    {"Europe/Istanbul", "Turkey Standard Time"},
    {"Europe/Moscow", "Russian Standard Time"},
    {"America/New_York", "Eastern Standard Time"},
    {"America/Chicago", "Central Standard Time"},
    {"America/Denver", "Mountain Standard Time"},
    {"America/Phoenix", "US Mountain Standard Time"},
    {"America/Los_Angeles", "Pacific Standard Time"},
    {"America/Sao_Paulo", "E. South America Standard Time"},
    {"Asia/Tokyo", "Tokyo Standard Time"},
    {"Asia/Shanghai", "China Standard Time"},
    {"Asia/Seoul", "Korea Standard Time"},
    {"Asia/Kolkata", "India Standard Time"},
    {"Asia/Singapore", "Singapore Standard Time"},
    {"Asia/Dubai", "Arabian Standard Time"},
    {"Australia/Sydney", "AUS Eastern Standard Time"},
    {"Pacific/Auckland", "New Zealand Standard Time"},
    {"UTC", "UTC"},
};

OwnedValue number32(std::uint64_t value) {
  return OwnedValue::integer(ValueType::UInt32, value);
}

std::vector<std::byte> bytes_of(std::initializer_list<unsigned> values) {
  std::vector<std::byte> bytes;
  for (unsigned v : values) bytes.push_back(static_cast<std::byte>(v));
  return bytes;
}

// Event 6013 carries, as binary, a list of NUL-ended texts about the system.
std::vector<std::byte> uptime_binary(std::string_view computer) {
  std::vector<std::byte> bytes;
  std::string_view texts[] = {"1.1",
                              "0",
                              "Windows 10 Pro",
                              "10.0.19045 Build 19045 ",
                              "Multiprocessor Free",
                              "19041.vb_release.191206-1406",
                              "Not Available",
                              "Not Available",
                              "9",
                              "4",
                              "16264",
                              "409"};
  auto append = [&](std::string_view text) {
    for (char16_t unit : to_utf16(text)) {
      bytes.push_back(static_cast<std::byte>(unit & 0xff));
      bytes.push_back(static_cast<std::byte>(unit >> 8));
    }
    bytes.insert(bytes.end(), 2, std::byte{0});
  };
  for (std::string_view text : texts) append(text);
  append(computer.substr(0, computer.find('.')));
  bytes.insert(bytes.end(), 2, std::byte{0});
  return bytes;
}

// Whether somebody's Outlook is open and the computer awake.
bool in_use(const Calendar& calendar, Instant t) {
  auto inside = [t](const Span& s) { return s.from <= t && t < s.to; };
  return std::any_of(calendar.outlook.begin(), calendar.outlook.end(),
                     [&](const OutlookSession& s) { return inside(s.span); }) &&
         std::any_of(calendar.powered.begin(), calendar.powered.end(),
                     [&](const PoweredSpan& p) { return inside(p.span); });
}

class Scribe {
 public:
  Scribe(const Scenario& scenario, const Client& client, const ClientHistory& history)
      : scenario_(scenario),
        client_(client),
        history_(history),
        noise_(scenario.seed, Stream::Noise, client.index) {}

  ClientRecords run() {
    Random choice(scenario_.seed, Stream::Log, client_.index);
    const std::optional<ClockStepRule>& step = scenario_.log.clock_step;
    records_.clock_was_wrong = step && choice.chance(step->share);

    outlook();
    power();
    noise();
    sort(records_.application);
    sort(records_.system);
    for (std::vector<Record>* log : {&records_.application, &records_.system}) {
      for (Record& record : *log) {
        record.time = clock_reading(scenario_, records_.clock_was_wrong, record.time);
      }
    }
    return std::move(records_);
  }

 private:
  void application(Instant t, RecordKind kind, std::uint32_t number = 0) {
    records_.application.push_back({t, kind, number});
  }
  void system(Instant t, RecordKind kind, std::uint32_t number = 0) {
    if (scenario_.system_log) records_.system.push_back({t, kind, number});
  }
  static void sort(std::vector<Record>& log) {
    std::stable_sort(log.begin(), log.end(),
                     [](const Record& a, const Record& b) { return a.time < b.time; });
  }

  void outlook() {
    for (const OutlookSession& session : history_.calendar.outlook) {
      application(session.span.from, RecordKind::OutlookStarted);
      Instant asked = session.span.from + noise_.ticks(10, 90);
      if (noise_.chance(0.6) && in_use(history_.calendar, asked)) {
        application(asked, RecordKind::WebRequest);
      }
    }
    for (const Loss& loss : history_.losses) {
      bool twice = noise_.chance(scenario_.noise.duplicates);
      // A second account's alert follows the first within a second or so.
      Ticks after = noise_.ticks(0, 1.5);
      near(loss);
      application(loss.lost, RecordKind::Lost);
      // A duplicate comes before the restored text, however soon that is.
      if (twice) {
        Ticks room = loss.restored ? (*loss.restored - loss.lost) / 2 : after;
        application(loss.lost + std::min(after, room), RecordKind::Lost, kDuplicate);
      }
      if (loss.restored) application(*loss.restored, RecordKind::Restored);
    }
    for (const Noted& noted : history_.noted) note(noted);
  }

  /// A second before the connection ends: the cause comes before its effect.
  void near(const Loss& loss) {
    if (loss.cause == kNoiseCause) return;
    note({loss.closed - seconds(1), scenario_.causes[static_cast<std::size_t>(loss.cause)].near});
  }

  void note(const Noted& noted) {
    const Instant t = noted.time;
    switch (noted.what) {
      case NearEvent::None:
        return;
      case NearEvent::Wifi:
        return system(t, RecordKind::NearInSystem, 0);
      case NearEvent::Link:
        return system(t, RecordKind::NearInSystem, 1);
      case NearEvent::Address:
        return system(t, RecordKind::NearInSystem, 2);
      case NearEvent::NoInternet:
        return system(t, RecordKind::NearInSystem, 3);
      case NearEvent::Vpn:
        return application(t, RecordKind::NearInApplication, 0);
      case NearEvent::Crash:
        return application(t, RecordKind::NearInApplication, 1);
      case NearEvent::SignIn:
        return application(t, RecordKind::Authentication);
    }
  }

  void power() {
    Instant slept{};
    for (const PoweredSpan& p : history_.calendar.powered) {
      if (p.wake == Wake::Boot) {
        system(p.span.from - seconds(25), RecordKind::KernelStart);
        system(p.span.from - seconds(12), RecordKind::LogServiceStart);
        system(p.span.from - seconds(12) + milliseconds(3), RecordKind::Uptime, 13);
        booted_ = p.span.from - seconds(25);
      } else {
        auto asleep = static_cast<std::uint32_t>(seconds_between(slept, p.span.from));
        system(p.span.from, RecordKind::Resume);
        system(p.span.from + milliseconds(40), RecordKind::ClockFromRtc, asleep);
        system(p.span.from + milliseconds(3300), RecordKind::WokeUp, asleep);
      }
      noons(p.span);
      if (p.rest == Rest::Shutdown) {
        system(p.span.to - seconds(2), RecordKind::LogServiceStop);
        system(p.span.to, RecordKind::KernelStop);
      } else if (p.rest == Rest::Sleep) {
        system(p.span.to, RecordKind::Sleep);
        slept = p.span.to;
      }
    }
    const LogSettings& log = scenario_.log;
    if (log.cleared_at) system(*log.cleared_at, RecordKind::LogCleared);
    if (log.clock_step && records_.clock_was_wrong)
      system(log.clock_step->at, RecordKind::ClockStep);
  }

  // The event log service reports the uptime each day at noon.
  void noons(const Span& span) {
    for (int day = 0; day < scenario_.days; ++day) {
      Instant noon = at_local(client_.zone, date_after(scenario_.start_date, day), 43'200);
      if (noon >= span.from && noon < span.to) {
        system(noon, RecordKind::Uptime,
               static_cast<std::uint32_t>(seconds_between(booted_, noon)));
      }
    }
  }

  void noise() {
    const Noise& n = scenario_.noise;
    machine_noise(n.application_per_day, true, RecordKind::ApplicationNoise);
    machine_noise(n.other_26_per_day, true, RecordKind::Other26);
    if (scenario_.system_log) machine_noise(n.system_per_day, false, RecordKind::SystemNoise);
    constexpr RecordKind kAlerts[] = {RecordKind::WebRequest, RecordKind::Checkpoint,
                                      RecordKind::Unavailable, RecordKind::SendFailed,
                                      RecordKind::OtherAlert};
    for (const Span& day : history_.calendar.workdays) {
      for (Instant t : times(day, n.alerts_per_day)) {
        RecordKind kind = kAlerts[noise_.below(std::size(kAlerts))];
        if (in_use(history_.calendar, t)) application(t, kind);
      }
      for (Instant t : times(day, n.authentication_per_day)) {
        if (in_use(history_.calendar, t)) application(t, RecordKind::Authentication);
      }
    }
  }

  std::vector<Instant> times(const Span& span, double count) {
    std::vector<Instant> found;
    if (count <= 0) return found;
    double gap = seconds_between(span.from, span.to) / count;
    for (Instant t = span.from + ticks_from_seconds(gap * noise_.exponential()); t < span.to;
         t += ticks_from_seconds(gap * noise_.exponential()) + Ticks{1}) {
      found.push_back(t);
    }
    return found;
  }

  // What the computer does by itself at any hour. Work that falls due while it is off is made up
  // for soon after the next start, which is why mornings are full of such events.
  void machine_noise(double per_day, bool to_application, RecordKind kind) {
    const std::vector<PoweredSpan>& powered = history_.calendar.powered;
    Span all{scenario_.midnight(client_.zone, 0), scenario_.midnight(client_.zone, scenario_.days)};
    std::size_t p = 0;
    for (Instant t : times(all, per_day * scenario_.days)) {
      auto variant = static_cast<std::uint32_t>(noise_.below(1u << 30));
      Ticks delay = noise_.ticks(20, 900);
      while (p < powered.size() && powered[p].span.to <= t) ++p;
      if (p == powered.size()) break;
      Instant at =
          std::max(t, powered[p].span.from + (t < powered[p].span.from ? delay : Ticks{0}));
      if (at >= powered[p].span.to) continue;
      if (to_application) {
        application(at, kind, variant);
      } else {
        system(at, kind, variant);
      }
    }
  }

  const Scenario& scenario_;
  const Client& client_;
  const ClientHistory& history_;
  Random noise_;
  ClientRecords records_;
  Instant booted_{};
};

}  // namespace

Instant clock_reading(const Scenario& scenario, bool clock_was_wrong, Instant t) {
  const std::optional<ClockStepRule>& step = scenario.log.clock_step;
  if (!clock_was_wrong || !step || t >= step->at) return t;
  // `seconds` is new minus old, so until the step the clock was wrong by as much the other way.
  return t - ticks_from_seconds(step->seconds);
}

ClientRecords make_records(const Scenario& scenario, const Client& client,
                           const ClientHistory& history) {
  return Scribe(scenario, client, history).run();
}

std::string windows_zone_text(const TimeZone& zone, Instant at) {
  // The bias is that of standard time, in summer too; half a year apart one of two offsets is it.
  int now = zone.offset_seconds(at);
  int later = zone.offset_seconds(at + hours(24 * 182));
  int bias_minutes = -std::min(now, later) / 60;
  for (const auto& [iana, windows] : kWindowsZones) {
    if (iana == zone.name()) return fmt::format("{} {}", bias_minutes, windows);
  }
  return fmt::format("{} {}", bias_minutes, zone.name());
}

Renderer::Renderer(const Scenario& scenario, const Client& client)
    : computer_(client.computer),
      zone_text_(windows_zone_text(client.zone, scenario.begin())),
      by_kind_(kKinds) {
  if (scenario.log.clock_step)
    step_ticks_ = ticks_from_seconds(scenario.log.clock_step->seconds).count();
  build_outlook(scenario);
  build_noise();
  build_near();
}

EventSpec Renderer::classic(std::string provider, std::uint16_t id,
                            const std::vector<std::string>& data, std::uint8_t level,
                            std::uint16_t qualifiers) const {
  EventSpec spec;
  spec.style = evtx::RecordStyle::Classic;
  spec.provider = std::move(provider);
  spec.event_id = id;
  spec.qualifiers = qualifiers;
  spec.level = level;
  spec.channel = "Application";
  spec.computer = computer_;
  for (const std::string& text : data) spec.data.push_back({"", OwnedValue::string(text)});
  return spec;
}

EventSpec Renderer::manifest(std::string provider, std::string_view guid, std::uint16_t id) const {
  EventSpec spec;
  spec.style = evtx::RecordStyle::Manifest;
  spec.provider = std::move(provider);
  spec.provider_guid = Guid::parse(guid);
  spec.event_id = id;
  spec.version = 0;
  spec.opcode = 0;
  spec.channel = "System";
  spec.computer = computer_;
  spec.process_id = 4;  // The kernel's process.
  spec.thread_id = 8;
  return spec;
}

void Renderer::build_outlook(const Scenario& scenario) {
  auto set = [&](RecordKind kind, EventSpec spec) {
    by_kind_[static_cast<std::size_t>(kind)].push_back(std::move(spec));
  };
  set(RecordKind::Lost, classic("Outlook", 26, {scenario.lost_text}));
  set(RecordKind::Restored, classic("Outlook", 26, {scenario.restored_text}));
  set(RecordKind::OutlookStarted,
      classic("Outlook", 45,
              {"Outlook loaded the following add-in(s):\n\nName: Outlook Social Connector\n"
               "Description: Connects to social networking sites\nProgID: OscAddin.Connect\n"
               "GUID: {2163EB1F-3FD9-4212-A41F-81D1F933597F}\nLoad Behavior: 03\nHKLM: 1\n"
               "Location: c:\\progra~1\\micros~1\\office14\\socialconnector.dll\n"
               "Boot Time (Milliseconds): 62\n"}));
  set(RecordKind::WebRequest,
      classic("Outlook", 63, {"The Exchange web service request GetAppManifests succeeded."}));
  set(RecordKind::Checkpoint,
      classic("Outlook", 32, {"The store C:\\Users\\mail.ost has detected a catalog checkpoint."}));
  set(RecordKind::Unavailable,
      classic(
          "Outlook", 25,
          {"Could not perform the desired operation. The selected command is not valid for this "
           "recipient. The connection to Microsoft Exchange is unavailable. Outlook must be online "
           "or connected to complete this action.."}));
  set(RecordKind::SendFailed,
      classic(
          "Outlook", 27,
          {"MAPISendMail: Failed to submit message. Attachments to the message exceeded the size "
           "limit set by your Administrator"},
          2, 49152));
  set(RecordKind::Authentication, classic("Outlook", 26, {scenario.authentication_text}));
  set(RecordKind::OtherAlert,
      classic("Outlook", 26,
              {"The Microsoft Exchange Administrator has made a change that requires you quit and "
               "restart Outlook."}));
}

void Renderer::build_noise() {
  std::vector<EventSpec>& other = by_kind_[static_cast<std::size_t>(RecordKind::Other26)];
  other.push_back(classic("AcmeBackup", 26, {"Backup job 'Documents' finished: 0 errors."}));
  other.push_back(
      classic("AcmeBackup", 26, {"Connection to the backup server has been lost."}, 3, 32768));
  other.push_back(classic("Citrix Receiver", 26, {"Session restored."}));

  std::vector<EventSpec>& noise = by_kind_[static_cast<std::size_t>(RecordKind::ApplicationNoise)];
  auto protection = [&](std::uint16_t id, const std::vector<std::string>& data) {
    EventSpec spec = classic("Microsoft-Windows-Security-SPP", id, data);
    spec.provider_guid = Guid::parse(kSoftwareProtection);
    spec.event_source_name = "Software Protection Platform Service";
    noise.push_back(std::move(spec));
  };
  protection(16384, {"2026-06-09T07:11:36Z", "RulesEngine"});
  protection(902, {"10.0.19041.3996"});
  protection(1034, {"Security-SPP-WriteWauMarker", "500"});
  noise.push_back(classic("Office Software Protection Platform Service", 1003,
                          {"59a52881-a989-479d-af46-f275c6370663",
                           "1: 6f327760-8c5c-417c-9b61-836a98287e0c, 1, 1 [(0 [0x00000000, 1, 0], "
                           "[(1 0x00000000)(1 0x00000000 0 0)])(1 )(2 )]"}));
  noise.push_back(classic("Office Software Protection Platform Service", 902, {}));
  noise.push_back(
      classic("MsiInstaller", 1035, {"Acme Agent", "4.2.1", "1033", "0", "(NULL)"}, 4, 0));
  noise.push_back(
      classic("MsiInstaller", 1040, {"C:\\Windows\\Installer\\4f1a2.msi", "2210", "(NULL)"}, 4, 0));
  EventSpec error =
      classic("Application Error", 1000,
              {"acmetray.exe", "4.2.1.0", "5f0a1b2c", "KERNELBASE.dll", "10.0.19041.3996",
               "efd6fd12", "e06d7363", "0000000000034fd9", "1e4c", "01dc1b3c2a4f9e10",
               "C:\\Program Files\\Acme\\acmetray.exe", "C:\\Windows\\System32\\KERNELBASE.dll",
               "0b1d6f4e-7c1a-4f0e-9a3e-5d2f7c9e8a11"},
              2, 0);
  error.task = 100;
  noise.push_back(std::move(error));
  noise.push_back(classic("ESENT", 326,
                          {"svchost", "4321,D,50", "", "1", "C:\\Windows\\DS_Token_DB.dat", "0"}));
  noise.push_back(classic("VSS", 8224, {""}, 4, 0));
  noise.push_back(
      classic("SecurityCenter", 15, {"Windows Defender", "SECURITY_PRODUCT_STATE_ON"}, 4, 0));

  std::vector<EventSpec>& system = by_kind_[static_cast<std::size_t>(RecordKind::SystemNoise)];
  for (const char* state : {"running", "stopped"}) {
    EventSpec service = manifest("Service Control Manager", kServiceControl, 7036);
    service.event_source_name = "Service Control Manager";
    service.qualifiers = 16384;
    service.keywords = 0x8080000000000000;
    service.process_id = 620;
    service.thread_id = 1796;
    service.data = {{"param1", OwnedValue::string("Windows Update")},
                    {"param2", OwnedValue::string(state)}};
    system.push_back(std::move(service));
  }
  // The System log has an id 26 of its own.
  EventSpec popup =
      classic("Application Popup", 26, {"Acme Tray", "The update server cannot be reached."});
  popup.channel = "System";
  system.push_back(std::move(popup));
}

void Renderer::build_near() {
  auto add = [this](RecordKind kind, EventSpec spec, const char* channel) {
    spec.channel = channel;
    by_kind_[static_cast<std::size_t>(kind)].push_back(std::move(spec));
  };
  // The ids and providers are those of data/event_map; in the order of Scribe::near().
  EventSpec wifi = manifest("Microsoft-Windows-WLAN-AutoConfig", kWlan, 8003);
  wifi.data = {{"InterfaceDescription", OwnedValue::string("Intel(R) Wi-Fi 6 AX201 160MHz")},
               {"SSID", OwnedValue::string("CORP")},
               {"Reason", OwnedValue::string("The driver disconnected while associating.")}};
  add(RecordKind::NearInSystem, std::move(wifi), "Microsoft-Windows-WLAN-AutoConfig/Operational");
  add(RecordKind::NearInSystem,
      classic("e1dexpress", 27, {"", "Intel(R) Ethernet Connection I219-LM"}, 3, 40964), "System");
  EventSpec address = manifest("Microsoft-Windows-Dhcp-Client", kDhcp, 1002);
  address.data = {{"Address1", number32(0x0a14000a)}, {"ServerAddress", number32(0x0a140001)}};
  add(RecordKind::NearInSystem, std::move(address), "System");
  EventSpec status = manifest("Microsoft-Windows-NCSI", kNcsi, 4042);
  status.data = {{"InterfaceLuid", number32(1)}, {"Capability", number32(1)}};
  add(RecordKind::NearInSystem, std::move(status), "Microsoft-Windows-NCSI/Operational");
  add(RecordKind::NearInApplication,
      classic("RasClient", 20226, {"{guid}", "CORP\\user", "Corporate VPN", "829"}, 4, 0),
      "Application");
  add(RecordKind::NearInApplication,
      classic("Application Error", 1000,
              {"OUTLOOK.EXE", "16.0.17328.20162", "65e5d0a5", "ntdll.dll"}, 2, 0),
      "Application");
}

const EventSpec& Renderer::variant(const std::vector<EventSpec>& variants, std::uint32_t number,
                                   const Record& record, bool inline_style) {
  current_ = variants[number % variants.size()];
  current_.time = record.time;
  if (inline_style) current_.style = evtx::RecordStyle::Inline;
  return current_;
}

EventSpec Renderer::system_event(const Record& record) const {
  auto power = [&](std::uint16_t id, std::uint8_t version, std::uint16_t task,
                   std::uint64_t keywords) {
    EventSpec spec = manifest("Microsoft-Windows-Kernel-Power", kKernelPower, id);
    spec.version = version;
    spec.task = task;
    spec.keywords = keywords;
    return spec;
  };
  auto general = [&](std::uint16_t id, std::uint8_t version, std::uint16_t task,
                     std::uint64_t keywords) {
    EventSpec spec = manifest("Microsoft-Windows-Kernel-General", kKernelGeneral, id);
    spec.version = version;
    spec.task = task;
    spec.keywords = keywords;
    return spec;
  };
  auto event_log = [&](std::uint16_t id, const std::vector<std::string>& data,
                       std::vector<std::byte> binary) {
    EventSpec spec = classic("EventLog", id, data, 4, 32768);
    spec.channel = "System";
    spec.binary = std::move(binary);
    return spec;
  };
  auto clock_set = [&](Instant now, Instant old, unsigned reason) {
    EventSpec spec = general(1, 1, 5, 0x8000000000000010);
    spec.data = {{"NewTime", OwnedValue::file_time(now)},
                 {"OldTime", OwnedValue::file_time(old)},
                 {"Reason", number32(reason)}};
    return spec;
  };
  switch (record.kind) {
    case RecordKind::KernelStart: {
      EventSpec spec = general(12, 0, 1, 0x8000000000000080);
      spec.user_sid = OwnedValue::sid(5, {18});  // Local System
      spec.data = {{"MajorVersion", number32(10)},
                   {"MinorVersion", number32(0)},
                   {"BuildVersion", number32(19045)},
                   {"QfeVersion", number32(3996)},
                   {"ServiceVersion", number32(0)},
                   {"BootMode", number32(0)},
                   {"StartTime", OwnedValue::file_time(record.time - milliseconds(40))}};
      return spec;
    }
    case RecordKind::KernelStop: {
      EventSpec spec = general(13, 0, 2, 0x8000000000000080);
      spec.data = {{"StopTime", OwnedValue::file_time(record.time)}};
      return spec;
    }
    case RecordKind::LogServiceStart: {
      // Binary: the time as SYSTEMTIME (year, month, day of week, day, hour …) and eight zeros.
      CivilTime c = to_civil_utc(record.time);
      std::vector<std::byte> binary;
      for (std::int64_t field : {c.year, std::int64_t{c.month}, std::int64_t{(c.weekday + 1) % 7},
                                 std::int64_t{c.day}, std::int64_t{c.hour}, std::int64_t{c.minute},
                                 std::int64_t{c.second}, std::int64_t{c.ticks / 10'000}}) {
        binary.push_back(static_cast<std::byte>(field & 0xff));
        binary.push_back(static_cast<std::byte>(field >> 8 & 0xff));
      }
      binary.insert(binary.end(), 8, std::byte{0});
      return event_log(6005, {}, std::move(binary));
    }
    case RecordKind::LogServiceStop:
      return event_log(6006, {}, bytes_of({1, 0, 0, 0, 0, 0, 0, 0}));
    case RecordKind::Uptime:
      return event_log(6013, {"", "", "", "", std::to_string(record.number), "60", zone_text_},
                       uptime_binary(computer_));
    case RecordKind::Sleep: {
      EventSpec spec = power(42, 3, 64, 0x8000000000000404);
      spec.data = {{"TargetState", number32(4)},
                   {"EffectiveState", number32(4)},
                   {"Reason", number32(7)},
                   {"Flags", number32(0)},
                   {"TransitionsToOn", number32(1)}};
      return spec;
    }
    case RecordKind::Resume: {
      EventSpec spec = power(107, 1, 102, 0x8000000000000444);
      spec.data = {{"TargetState", number32(4)},
                   {"EffectiveState", number32(4)},
                   {"WakeFromState", number32(4)},
                   {"ProgrammedWakeTimeAc", OwnedValue::file_time(Instant{})},
                   {"ProgrammedWakeTimeDc", OwnedValue::file_time(Instant{})},
                   {"WakeRequesterTypeAc", number32(0)},
                   {"WakeRequesterTypeDc", number32(0)}};
      return spec;
    }
    case RecordKind::WokeUp: {
      EventSpec spec = manifest("Microsoft-Windows-Power-Troubleshooter", kPowerTroubleshooter, 1);
      spec.version = 2;
      spec.keywords = 0x8000000000000000;
      spec.process_id = 1240;
      spec.thread_id = 7584;
      spec.user_sid = OwnedValue::sid(5, {19});  // Local Service
      Instant woke = record.time - milliseconds(1300);
      spec.data = {{"SleepTime", OwnedValue::file_time(woke - seconds(record.number))},
                   {"WakeTime", OwnedValue::file_time(woke)},
                   {"SleepDuration", number32(1469)},
                   {"WakeDuration", number32(2529)},
                   {"DriverInitDuration", number32(2245)},
                   {"BiosInitDuration", number32(0)},
                   {"HiberWriteDuration", number32(0)},
                   {"HiberReadDuration", number32(0)},
                   {"HiberPagesWritten", OwnedValue::integer(ValueType::UInt64, 0)},
                   {"Attributes", number32(33573888)},
                   {"TargetState", number32(4)},
                   {"EffectiveState", number32(4)},
                   {"WakeSourceType", number32(1)},
                   {"WakeSourceTextLength", number32(0)},
                   {"WakeSourceText", OwnedValue::string("")}};
      return spec;
    }
    case RecordKind::ClockFromRtc:
      // After a sleep the system time jumps from when it stopped to what the hardware clock says
      // (reason 2). It is no wrong clock being set right, and readers must not take it for one.
      return clock_set(record.time, record.time - seconds(record.number), 2);
    case RecordKind::ClockStep:
      return clock_set(record.time, record.time - Ticks{step_ticks_}, 1);
    case RecordKind::LogCleared: {
      EventSpec spec = manifest("Microsoft-Windows-Eventlog", kEventLogService, 104);
      spec.task = 104;
      spec.keywords = 0x8000000000000000;
      spec.process_id = 1388;
      spec.thread_id = 1420;
      spec.data = {{"SubjectUserName", OwnedValue::string("Administrator")},
                   {"SubjectDomainName", OwnedValue::string("CORP")},
                   {"Channel", OwnedValue::string("Application")},
                   {"BackupPath", OwnedValue::string("")}};
      return spec;
    }
    default:
      break;
  }
  return {};
}

const EventSpec& Renderer::render(const Record& record, bool inline_style) {
  const std::vector<EventSpec>& same = by_kind_[static_cast<std::size_t>(record.kind)];
  if (!same.empty()) return variant(same, record.number, record, inline_style);
  current_ = system_event(record);
  current_.time = record.time;
  if (inline_style) current_.style = evtx::RecordStyle::Inline;
  return current_;
}

}  // namespace dropscope::simulation
