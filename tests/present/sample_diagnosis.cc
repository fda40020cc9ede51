#include "sample_diagnosis.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace dropscope::testing {

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// A linear congruential generator (constants of Knuth's MMIX): the same everywhere, good enough
// here.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  double uniform() {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<double>(state_ >> 11) / 9007199254740992.0;
  }
  double between(double low, double high) { return low + (high - low) * uniform(); }

 private:
  std::uint64_t state_;
};

Ticks span(double s) {
  return Ticks{static_cast<std::int64_t>(std::lround(s)) * 10'000'000};
}

Distribution describe_by_hand(std::vector<double> values) {
  Distribution d;
  d.n = values.size();
  if (values.empty()) return d;
  std::sort(values.begin(), values.end());
  const auto at = [&](double share) {
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1) + 0.5)];
  };
  d.min = values.front();
  d.p10 = at(.1);
  d.p25 = at(.25);
  d.median = at(.5);
  d.p75 = at(.75);
  d.p90 = at(.9);
  d.max = values.back();
  return d;
}

// Builds one sample: computers, their logs, their days at work.
class Builder {
 public:
  explicit Builder(std::string zone_reason) {
    Diagnosis& d = sample.diagnosis;
    d.zone = TimeZone::find("Europe/Berlin").value();
    d.zone_reason = std::move(zone_reason);
    Profile outlook;
    outlook.id = "outlook";
    outlook.title = "Microsoft Outlook";
    outlook.peer = "Microsoft Exchange";
    outlook.retry_first_s = 300;
    outlook.retry_then_s = 900;
    sample.catalogue.profiles.push_back(outlook);
    provider_ = sample.evidence.strings.add("Outlook");
    channel_ = sample.evidence.strings.add("Application");
    lost_ = sample.evidence.strings.add(
        "Connection to Microsoft Exchange has been lost. Outlook will restore the connection when "
        "possible.");
    restored_ = sample.evidence.strings.add("Connection to Microsoft Exchange has been restored.");
    started_ = sample.evidence.strings.add("Outlook loaded the following add-in(s): …");
  }

  Instant local(int month, int day, int hour, int minute) const {
    CivilTime c;
    c.year = 2024;
    c.month = month;
    c.day = day;
    c.hour = hour;
    c.minute = minute;
    return sample.diagnosis.zone.from_local(c).value();
  }

  void computer(const std::string& name, std::uint64_t seed) {
    dice_ = Dice(seed);
    Computer c;
    c.name = name;
    c.time_zone = "Europe/Berlin";
    c.time_zone_source = "event 6013";
    sample.evidence.computers.push_back(c);
    Source s;
    s.path = fmt::format("logs/{}/Application.evtx", name);
    s.kind = "evtx";
    s.sha256 = fmt::format("{:064x}", seed * 0x9e3779b97f4a7c15ULL);
    s.bytes = 69632 + 65536 * (seed % 17);
    s.state = SourceState::Read;
    sample.evidence.sources.push_back(s);
    episodes_ = ComputerEpisodes{};
    episodes_.computer = id();
    episodes_.power_known = true;
    record_ = 4000;
  }

  // From boot to shutdown; losses come by the timer `interval_s`, none if it is 0.
  void day(Instant boot, Instant shutdown, double interval_s, double exact_share) {
    episodes_.watches.push_back({boot, shutdown});
    const Instant start = boot + minutes(9) + span(dice_.between(0, 500));
    const std::uint32_t start_event = event(start, Meaning::Started, started_, 45);
    ++episodes_.app_starts;
    Instant up = start;
    Edge up_edge = Edge::AppStart;
    std::uint32_t up_event = start_event;
    while (interval_s > 0) {
      const bool exact = dice_.uniform() < exact_share;
      const Instant lost =
          up + span(interval_s + (exact ? dice_.between(0, 4) : dice_.between(5, interval_s)));
      if (lost + minutes(1) > shutdown) break;
      const std::uint32_t lost_event = event(lost, Meaning::Lost, lost_, 26);
      episodes_.uptimes.push_back({up, lost, up_edge, Edge::Lost, up_event, lost_event});
      const double throw_ = dice_.uniform();
      const double out = throw_ < 0.7   ? dice_.between(20, 110)
                         : throw_ < 0.9 ? 300 + dice_.between(1, 9)
                                        : 1200 + dice_.between(1, 9);
      const Instant back = lost + span(out);
      if (back > shutdown) {
        episodes_.outages.push_back({lost, shutdown, Edge::Shutdown, lost_event, kNoEvent});
        return;
      }
      const std::uint32_t back_event = event(back, Meaning::Restored, restored_, 26);
      episodes_.outages.push_back({lost, back, Edge::Restored, lost_event, back_event});
      up = back;
      up_edge = Edge::Restored;
      up_event = back_event;
    }
    episodes_.uptimes.push_back({up, shutdown, up_edge, Edge::Shutdown, up_event, kNoEvent});
  }

  void finish_computer(Instant log_first, Instant log_last, IntervalEstimate interval) {
    Coverage c;
    c.computer = id();
    c.source = id();
    c.channel = channel_;
    c.first = log_first;
    c.last = log_last;
    c.records = 2 * (record_ - 4000) + 900;
    c.first_record_id = 4000;
    c.last_record_id = record_ + 900;
    sample.evidence.coverage.push_back(c);
    sample.evidence.sources.back().records = c.records;
    sample.evidence.records_seen += c.records;
    ComputerDiagnosis d;
    d.computer = id();
    d.frequency = frequency({&episodes_});
    d.interval = std::move(interval);
    d.protocol = sample.diagnosis.protocol;
    d.mode = sample.diagnosis.mode;
    sample.diagnosis.computers.push_back(d);
    sample.diagnosis.episodes.push_back(episodes_);
  }

  void finish(IntervalEstimate interval) {
    Diagnosis& d = sample.diagnosis;
    std::vector<const ComputerEpisodes*> all;
    for (const ComputerEpisodes& e : d.episodes) all.push_back(&e);
    d.frequency = frequency(all);
    d.interval = std::move(interval);
    std::stable_sort(d.computers.begin(), d.computers.end(),
                     [](const ComputerDiagnosis& a, const ComputerDiagnosis& b) {
                       return a.frequency.losses > b.frequency.losses;
                     });
    for (const Event& e : sample.evidence.events) {
      if (e.meaning == Meaning::Lost) ++d.alerts.lost;
      if (e.meaning == Meaning::Restored) ++d.alerts.restored;
    }
  }

  // The first and last few losses, as evidence of a statement.
  Statement statement(std::string id, std::string title, std::string text,
                      std::optional<double> probability, bool with_events) const {
    Statement s;
    s.id = std::move(id);
    s.title = std::move(title);
    s.text = std::move(text);
    s.probability = probability;
    if (!with_events) return s;
    for (std::uint32_t i = 0; i < sample.evidence.events.size(); ++i) {
      if (sample.evidence.events[i].meaning != Meaning::Lost) continue;
      ++s.events_total;
      s.events.push_back(i);
    }
    if (s.events.size() > 6) s.events.erase(s.events.begin() + 3, s.events.end() - 3);
    return s;
  }

  Sample sample;

 private:
  [[nodiscard]] std::uint32_t id() const {
    return static_cast<std::uint32_t>(sample.evidence.computers.size() - 1);
  }

  std::uint32_t event(Instant t, Meaning meaning, StringId text, std::uint16_t event_id) {
    Event e;
    e.time = t;
    e.record_id = record_;
    e.offset = 4096 + 512 + (record_ - 4000) * 936;
    e.source = id();
    e.computer = id();
    e.provider = provider_;
    e.channel = channel_;
    e.text = text;
    e.event_id = event_id;
    e.meaning = meaning;
    e.recognition = meaning == Meaning::Started ? Recognition::Id : Recognition::Exact;
    record_ += 3;
    sample.evidence.events.push_back(e);
    return static_cast<std::uint32_t>(sample.evidence.events.size() - 1);
  }

  [[nodiscard]] Frequency frequency(const std::vector<const ComputerEpisodes*>& all) const {
    Frequency f;
    std::vector<double> up;
    std::vector<double> out;
    std::vector<Instant> losses;
    for (const ComputerEpisodes* e : all) {
      for (const Watch& w : e->watches) f.watched_hours += seconds_between(w.begin, w.end) / 3600;
      for (const Uptime& u : e->uptimes) {
        if (u.complete()) up.push_back(u.seconds());
      }
      for (const Outage& o : e->outages) {
        losses.push_back(o.lost);
        if (o.complete()) {
          out.push_back(o.seconds());
        } else {
          ++f.open_outages;
        }
      }
    }
    std::sort(losses.begin(), losses.end());
    for (const Instant t : losses) {
      const CivilTime c = sample.diagnosis.zone.to_local(t);
      ++f.hour_of_week[static_cast<std::size_t>(24 * c.weekday + c.hour)];
      if (f.days.empty() || f.days.back().day != c.day || f.days.back().month != c.month) {
        f.days.push_back({c.year, c.month, c.day, 0});
      }
      ++f.days.back().losses;
    }
    f.losses = losses.size();
    const double n = static_cast<double>(f.losses);
    f.per_day = n / f.watched_hours * 24;
    f.per_day_low = std::max(0.0, n - 1.96 * std::sqrt(n)) / f.watched_hours * 24;
    f.per_day_high = (n + 1.96 * std::sqrt(n) + 3) / f.watched_hours * 24;
    f.uptimes = describe_by_hand(up);
    f.outages = describe_by_hand(out);
    return f;
  }

  Dice dice_{1};
  ComputerEpisodes episodes_;
  std::uint64_t record_ = 0;
  StringId provider_ = 0, channel_ = 0, lost_ = 0, restored_ = 0, started_ = 0;
};

IntervalEstimate an_hour(std::uint32_t considered) {
  IntervalEstimate i;
  i.rhythm = Rhythm::Idle;
  i.seconds = 3601.5;
  i.low = 3598;
  i.high = 3606;
  i.probability = 0.96;
  i.regular_probability = 0.991;
  i.at_interval = considered * 6 / 10;
  i.considered = considered;
  i.alternatives.push_back({Rhythm::FixedAge, 3601.5, 0.031});
  return i;
}

CandidateTimer candidate(std::string product, std::string timer, std::string layer,
                         std::string confirm, std::string change, std::string source, bool possible,
                         std::string reason) {
  CandidateTimer c;
  c.timer.product = std::move(product);
  c.timer.timer = std::move(timer);
  c.timer.seconds = 3600;
  c.timer.kind = possible ? TimerKind::Idle : TimerKind::FixedAge;
  c.timer.layer = std::move(layer);
  c.timer.confirm = std::move(confirm);
  c.timer.change = std::move(change);
  c.timer.confidence = "confirmed by 1 source";
  c.timer.source = std::move(source);
  c.timer.sources = 1;
  c.timer.protocols = {Protocol::RpcTcp, Protocol::RpcHttp};
  c.deviation_s = 1.5;
  c.possible = possible;
  c.reason = std::move(reason);
  return c;
}

void add_decision(Verdict& v, const std::string& cause, const std::string& title,
                  double probability) {
  Decision& d = v.decision;
  d.cause = cause;
  d.title = title;
  d.summary = "One sentence about it.";
  d.probability = probability;
  d.candidates = {{cause, probability}, {"lease", 1 - probability}};
  d.owner = "Network team";
  d.impact = {"Cached mode: a notification.", 1.5, 62.0};
  d.next_step = {"system-log",
                 "Add the System log of the affected computers.",
                 "It tells sleep apart.",
                 "2 minutes for each computer",
                 "wevtutil epl System System.evtx",
                 0.75};
  v.checklist = {
      {"behaviour", "Is it a disconnect", StepState::Finding, "Yes.", ""},
      {"protocol", "TCP/IP on the LAN, not HTTP", StepState::Missing,
       "The protocol is not in the evidence.", "wevtutil epl Application Application.evtx"},
      {"interval", "At what interval", StepState::Done, "No regular interval.", ""},
      {"authentication", "Authentication prompts", StepState::NotApplicable,
       "Out of scope: 0 seen.", ""}};
}

void add_cause(Verdict& v, std::vector<std::uint32_t> computers) {
  CauseVerdict c;
  c.cause = v.decision.cause;
  c.title = v.decision.title;
  c.probability = v.decision.probability;
  c.main = 0.99;
  c.candidates = v.decision.candidates;
  c.losses = 40;
  c.interval_s = 3600.5;
  c.interval_lo = 3590;
  c.interval_hi = 3611;
  c.rhythm = "idle";
  c.device = "lb1";
  c.owner = v.decision.owner;
  c.reasons_for = {"37 of 40 lie at an interval of 1 h"};
  c.reasons_against = {"3 of 40 within a minute of a loss on another computer"};
  c.computers = std::move(computers);
  v.decision.verdicts = {c};
  v.decision.impacted = {"PC-ANNA/anna"};
}

void add_candidates(Verdict& v) {
  v.candidates = {
      candidate(
          "Microsoft BPOS Dedicated load balancer", "inactivity time-out", "load balancer",
          "Losses cluster about 60 min after the last activity of the client, for all users of "
          "the virtual address, while the server stays up.",
          "By the provider only; below it, KeepAliveTime of the client under 3600 s.", "KB 2543396",
          true, "The protocol is RPC/TCP and the interval has a sharp lower edge."),
      candidate(
          "Cisco ASA / FTD", "timeout conn", "firewall",
          "Message 302014 (teardown) with a duration and the reason for the client's address.",
          "timeout conn H:M:S; at least 5 min", "10 public configurations", true,
          "Between client and server when they are in different networks."),
      candidate("Palo Alto PAN-OS", "session timeout TCP", "firewall",
                "Traffic log: session end reason aged-out.", "Device > Setup > Session",
                "docs.paloaltonetworks.com", true, ""),
      candidate("hostapd", "802.1X re-authentication", "wifi",
                "Log of the access point: re-authentication at the time of the loss.",
                "eap_reauth_period", "hostapd.conf", false,
                "Fixed age: it does not wait for inactivity, and the uptimes do."),
  };
  v.tell_apart =
      "The log of the firewall at the times above: a teardown for the client's address names the "
      "firewall; none points to the load balancer.";
}

}  // namespace

Sample idle_timer_sample() {
  Builder b("reported by PC-ANNA.corp.example (event 6013)");
  b.sample.diagnosis.protocol = Protocol::RpcTcp;
  b.sample.diagnosis.protocol_source = "inventory clients.csv";
  b.sample.diagnosis.mode = ClientMode::Cached;
  b.sample.diagnosis.mode_source = "inventory clients.csv";
  const Instant first = b.local(5, 6, 9, 40);
  const Instant last = b.local(5, 24, 17, 52);
  const auto work = [&](double interval_s) {
    for (int day = 6; day <= 24; ++day) {
      if ((day - 6) % 7 >= 5) continue;
      const Instant boot = day == 6 ? first : b.local(5, day, 7, 40 + (day * 7) % 15);
      b.day(boot, day == 24 ? last : b.local(5, day, 17, 5 + (day * 11) % 50), interval_s, 0.55);
    }
  };
  b.computer("PC-ANNA.corp.example", 11);
  b.sample.evidence.computers.back().attributes.values = {
      {"office", "Köln"}, {"segment", "10.1.4.0/24"}, {"user", "anna"}};
  work(3600);
  b.finish_computer(first, last, an_hour(66));
  for (const char* name : {"PC-BEN.corp.example", "PC-CLARA.corp.example"}) {
    b.computer(name, name[3] == 'B' ? 12 : 13);
    work(0);
    b.finish_computer(first, last, {});
  }
  b.finish(an_hour(66));

  Verdict& v = b.sample.diagnosis.verdict;
  add_decision(v, "idle-timeout", "Idle time-out of a device on the way", 0.93);
  add_cause(v, {0});
  v.outcome = Outcome::IdleTimer;
  v.headline =
      "Something between PC-ANNA and Exchange closes connections that are idle for 60 minutes.";
  v.probability = 0.96;
  const Frequency& f = b.sample.diagnosis.frequency;
  v.statements = {
      b.statement(
          "behaviour", "What happens",
          fmt::format("Outlook reported {} losses of its connection to Exchange on one of "
                      "three computers. In cached mode most people only see a notification.",
                      f.losses),
          {}, true),
      b.statement(
          "frequency", "How often",
          fmt::format("{:.1f} losses per 24 hours of use (95 %: {:.1f} to {:.1f}), on every "
                      "working day, none at the weekend.",
                      f.per_day, f.per_day_low, f.per_day_high),
          {}, false),
      b.statement(
          "interval", "At what interval",
          "60 min (95 % interval 59 min 58 s to 60 min 6 s): uptimes are never shorter, and "
          "six of ten end within seconds of it.",
          0.96, true),
      b.statement(
          "gate", "Does it fit the protocol",
          "Yes: RPC/TCP sends nothing while the user does nothing, so an inactivity timer can "
          "run out.",
          {}, false),
      b.statement("scope", "Who is affected",
                  "One of three computers. PC-BEN and PC-CLARA were watched over the same days "
                  "without a loss.",
                  {}, false),
  };
  add_candidates(v);
  v.next_steps = {
      {"You", "Set the client's TCP keep-alive to 20 minutes on PC-ANNA and watch for three days.",
       "A keep-alive below the timer stops the losses if the timer is the cause.",
       "reg add HKLM\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters /v KeepAliveTime /t "
       "REG_DWORD /d 1200000"},
      {"Network team", "Look for a teardown of PC-ANNA's connections at the listed times.",
       "The device that closes the connection writes it down.", ""},
      {"Provider", "Ask for the inactivity time-out of the load balancer.",
       "Only the provider can read and change it.", ""},
  };
  b.sample.diagnosis.alerts.authentication = 2;
  b.sample.diagnosis.alerts.unavailable = 3;
  return std::move(b.sample);
}

Sample not_enough_sample() {
  Builder b("no zone in the evidence");
  b.sample.diagnosis.zone = TimeZone();
  const Instant first = b.local(6, 3, 8, 0);
  const Instant last = b.local(6, 5, 18, 0);
  b.computer("LAPTOP-7", 21);
  b.day(first, b.local(6, 3, 17, 0), 9000, 0.2);
  b.day(b.local(6, 4, 8, 5), b.local(6, 4, 17, 0), 12000, 0.2);
  b.day(b.local(6, 5, 8, 1), last, 15000, 0.2);
  IntervalEstimate none;
  none.losses_missing = 4;
  none.days_missing = 2.7;
  b.finish_computer(first, last, none);
  b.finish(none);
  Verdict& v = b.sample.diagnosis.verdict;
  add_decision(v, "undetermined", "Cannot be told", 0.62);
  v.outcome = Outcome::NotEnough;
  v.headline = fmt::format("{} losses are too few to tell what closes the connection.",
                           b.sample.diagnosis.frequency.losses);
  v.statements = {
      b.statement("behaviour", "What happens",
                  "Outlook lost its connection to Exchange and got it back.", {}, true),
      b.statement("interval", "At what interval",
                  "Not enough evidence: about 4 more losses are needed, 3 more days at this rate.",
                  {}, false)};
  v.next_steps = {
      {"You", "Keep the computer in use and collect its Application log again in 3 days.",
       "A rhythm needs at least 8 losses to be told from chance.", "dropscope diagnose logs"}};
  return std::move(b.sample);
}

Sample no_log_sample() {
  Builder b("no zone in the evidence");
  b.sample.diagnosis.zone = TimeZone();
  Source text;
  text.path = "logs/Application.evtx";
  text.state = SourceState::Unreadable;
  text.bytes = 412;
  text.sha256 = std::string(64, 'a');
  text.problem =
      "starts with \"Level,Date\" where an event log starts with \"ElfFile\": this is a text "
      "export; "
      "export the log as .evtx (Event Viewer, Save All Events As)";
  Source picture;
  picture.path = "logs/popup.png";
  picture.bytes = 48213;
  picture.sha256 = std::string(64, 'b');
  picture.problem = "not evidence of a known kind";
  b.sample.evidence.sources = {text, picture};
  Verdict& v = b.sample.diagnosis.verdict;
  add_decision(v, "undetermined", "Cannot be told", 1);
  v.outcome = Outcome::NothingUsable;
  v.headline = "No log could be read, so nothing can be said.";
  v.next_steps = {{"You", "Copy the Application log of the computer and run dropscope on it.",
                   "It holds Outlook's reports of lost connections.",
                   "wevtutil epl Application Application.evtx"}};
  return std::move(b.sample);
}

Sample fleet_sample() {
  Builder b("given with --tz");
  b.sample.diagnosis.protocol = Protocol::RpcHttp;
  b.sample.diagnosis.protocol_source = "option --protocol";
  const Instant first = b.local(10, 21, 6, 0);  // The week in which daylight saving ends.
  const Instant last = b.local(10, 29, 20, 0);
  std::uint32_t considered = 0;
  for (int n = 1; n <= 40; ++n) {
    b.computer(fmt::format("BR{:02}-PC{:03}.branch.example", n % 5, n),
               100 + static_cast<unsigned>(n));
    b.sample.evidence.computers.back().attributes.values = {
        {"office", fmt::format("Branch {}", n % 5)}};
    const bool healthy = n % 9 < 2;
    for (int day = 21; day <= 29; ++day) {
      if (day == 26 || day == 27) continue;
      if ((n * 7 + day) % 4 != 0) continue;  // Most people are rarely in the office.
      b.day(b.local(10, day, 7, (n * 13 + day) % 60), b.local(10, day, 16, (n * 17) % 60),
            healthy ? 0 : 3600, 0.5);
    }
    b.finish_computer(first - minutes(n * 37), last + minutes(n * 11), {});
    considered +=
        static_cast<std::uint32_t>(b.sample.diagnosis.computers.back().frequency.uptimes.n);
  }
  b.finish(an_hour(considered));
  Evidence& e = b.sample.evidence;
  Source& damaged = e.sources[3];
  damaged.state = SourceState::Damaged;
  damaged.dirty = true;
  damaged.records_damaged = 41;
  damaged.damage_count = 3;
  damaged.damage = {{0x11000, 4711, "chunk checksum is 1f2e3d4c, expected 0badf00d", 0},
                    {0x21000, 0, "chunk starts with zeros, expected \"ElfChnk\"", 41}};
  Source missing;
  missing.path = "logs/BR02-PC041.branch.example/Application.evtx";
  missing.state = SourceState::Unreadable;
  missing.problem = "permission denied; run as a user who may read it, or copy the file";
  e.sources.push_back(missing);
  e.duplicates = 12;
  e.out_of_order = 3;
  AlertCounts& a = b.sample.diagnosis.alerts;
  a.authentication = 31;
  a.other = 5;
  a.unclassified = 9;
  a.by_stem = 22;
  a.unknown_texts = {{"Microsoft Exchange への接続が利用できません", 7},
                     {"Outlook <b>wartet</b> & fragt", 2}};
  Verdict& v = b.sample.diagnosis.verdict;
  add_decision(v, "idle-timeout", "Idle time-out of a device on the way", 0.93);
  add_cause(v, {0});
  v.outcome = Outcome::IdleTimer;
  v.headline = "A shared device closes connections that are idle for 60 minutes.";
  v.probability = 0.998;
  v.statements = {
      b.statement("behaviour", "What happens",
                  fmt::format("{} losses on {} computers.", b.sample.diagnosis.frequency.losses,
                              std::count_if(b.sample.diagnosis.computers.begin(),
                                            b.sample.diagnosis.computers.end(),
                                            [](const auto& c) { return c.frequency.losses > 0; })),
                  {}, true),
      b.statement("scope", "Who is affected",
                  "All five branches; the healthy computers were hardly used in these days.", 0.9,
                  false)};
  add_candidates(v);
  v.next_steps = {{"Network team",
                   "Compare the time-outs of firewall and balancer with 60 minutes.",
                   "The interval is the same for all computers.", ""}};
  return std::move(b.sample);
}

Sample hostile_sample() {
  Sample s = idle_timer_sample();
  const std::string bad =
      "</title></style></script><script>alert(1)</script><img src=x onerror=alert(2)>\" onload='x' "
      "{{style}} \x1b]0;owned\x07\x1b[31m \xff\xfe \xe2\x80\xae\xc2\x9b"
      "31m";
  for (Computer& c : s.evidence.computers) {
    c.name = bad;
    c.time_zone = bad;
    c.time_zone_source = bad;
    c.attributes.values = {{"user", bad}, {"office", bad}};
  }
  for (Source& source : s.evidence.sources) {
    source.path = bad;
    source.kind = bad;
    source.sha256 = bad;
    source.problem = bad;
    source.state = SourceState::Damaged;
    source.damage = {{16, 3, bad, 1}};
    source.damage_count = 1;
  }
  const StringId text = s.evidence.strings.add(bad);
  for (Event& e : s.evidence.events) {
    e.text = text;
    e.provider = text;
    e.channel = text;
    e.doubtful = true;
  }
  Decision& decision = s.diagnosis.verdict.decision;
  decision.title = decision.summary = decision.owner = decision.next_step.what = bad;
  decision.next_step.command = bad;
  decision.impacted = {bad};
  for (CauseVerdict& c : decision.verdicts) {
    c.title = c.owner = bad;
    c.device = bad;
    c.reasons_for = c.reasons_against = {bad};
  }
  for (ChecklistStep& step : s.diagnosis.verdict.checklist) step.text = step.command = bad;
  Profile& p = s.catalogue.profiles.front();
  p.title = bad;
  p.peer = bad;
  Diagnosis& d = s.diagnosis;
  d.zone_reason = bad;
  d.protocol_source = bad;
  d.mode_source = bad;
  d.alerts.unknown_texts = {{bad, 3}};
  d.alerts.unclassified = 3;
  d.verdict.headline = bad;
  d.verdict.tell_apart = bad;
  for (Statement& statement : d.verdict.statements) statement.title = statement.text = bad;
  for (CandidateTimer& c : d.verdict.candidates) {
    c.reason = bad;
    c.timer.product = c.timer.timer = c.timer.layer = c.timer.confirm = c.timer.change = bad;
    c.timer.confidence = c.timer.source = bad;
  }
  for (NextStep& step : d.verdict.next_steps) step.who = step.what = step.why = step.command = bad;
  return s;
}

}  // namespace dropscope::testing
