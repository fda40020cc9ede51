// `watch`: keeps connections to named hosts open and records when and how they are lost, for a
// second computer beside the affected one, and for systems that have no event log.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>

#include "apps/cli/commands.h"
#include "apps/cli/console.h"
#include "apps/cli/host_port.h"
#include "apps/cli/interrupt.h"
#include "apps/cli/options.h"
#include "apps/cli/record_file.h"
#include "apps/cli/this_computer.h"
#include "base/bytes.h"
#include "base/text.h"
#include "base/timezone.h"
#include "formats/watch_record/entry.h"
#include "present/version.h"
#include "probe/session_watch.h"
#include "probe/socket_wire.h"
#include "probe/text_server.h"
#include "probe/tls.h"
#include "probe/watch_metrics.h"

namespace dropscope::cli {
namespace {

using watch_record::Entry;
using watch_record::Kind;

/// Politeness: a watch is light. More hosts are more watches.
constexpr std::size_t kMostTargets = 16;
constexpr unsigned kMostSessionsEach = 4;
/// The record shows at least so often that the watch still runs: its end is known to that.
constexpr double kAliveEvery_s = 600;
/// A wait that took so much longer than asked was no wait: the computer slept, or the program was
/// stopped. Below it, a busy computer does that.
constexpr double kGap_s = 30;
/// A step of the clock that is worth a line.
constexpr double kClockStep_s = 2;

/// Both clocks at one moment.
struct Moment {
  double steady = 0;
  Instant day{};
};

class Watch {
 public:
  Watch(const WatchArguments& arguments, probe::SocketWires wires, RecordFile record)
      : arguments_(arguments), wires_(std::move(wires)), record_(std::move(record)) {}

  ExitCode run(const std::vector<probe::HostPort>& targets, const std::string& command) {
    probe::WatchPlan plan;
    plan.send_every_s = arguments_.send_every;
    plan.keep_alive_s = static_cast<int>(arguments_.keep_alive);
    plan.give_up_s = arguments_.give_up;
    plan.tls = arguments_.tls;
    Entry start = start_entry(command);
    std::vector<std::string> names;
    for (std::size_t i = 0; i < targets.size(); ++i) {
      for (unsigned k = 0; k < arguments_.sessions; ++k) {
        plan.sessions.push_back(i);
        start.sessions.push_back({targets[i].host, targets[i].port, wires_.addresses[i]});
        leads_to_.push_back(wires_.addresses[i]);
        names.push_back(fmt::format("{}:{}", targets[i].host, targets[i].port));
      }
    }
    metrics_.emplace(names);
    if (const auto served = serve_metrics(); !served) {
      say_error(served.error());
      return ExitCode::NothingUsable;
    }
    probe::SessionWatch sessions(*wires_.wire, std::move(plan));
    watch_for_interrupt();
    began_ = moment();
    before_ = began_;
    start.time = began_.day;
    const auto done = write(start).and_then([&] { return loop(sessions); });
    if (!done) {
      say_error(done.error());
      return ExitCode::Incomplete;
    }
    if (!arguments_.quiet) say_line(fmt::format("{} lost.", count_of(lost_, "connection")));
    return ExitCode::Ok;
  }

 private:
  [[nodiscard]] Moment moment() const { return {wires_.wire->now(), now()}; }

  [[nodiscard]] Entry start_entry(const std::string& command) const {
    Entry out;
    out.kind = Kind::Start;
    out.version = version();
    out.computer = arguments_.computer.empty() ? computer_name() : arguments_.computer;
    // A record has to say whose it is, even where the computer does not.
    if (out.computer.empty()) out.computer = "localhost";
    const auto zone =
        TimeZone::find(arguments_.zone.empty() ? zone_of_computer() : arguments_.zone);
    if (zone) out.zone = zone->name();
    out.command = command;
    out.send_every_s = arguments_.send_every;
    out.keep_alive_s = arguments_.keep_alive;
    return out;
  }

  Result<void> serve_metrics() {
    if (arguments_.metrics.empty()) return {};
    const auto at = listener_from_text(arguments_.metrics);
    check(at.has_value(), "the option's check refuses what is no place to listen");
    auto server = probe::make_text_server(*at);
    if (!server) return fail(server.error());
    server_ = std::move(*server);
    say_line(fmt::format("Metrics: http://{}/metrics", server_->at().to_string()));
    if (!at->address.is_loopback()) say_line("Whoever reaches that address can read them.");
    return {};
  }

  Result<void> write(const Entry& entry) {
    last_line_ = wires_.wire->now();
    return record_.append(watch_record::write(entry));
  }

  Result<void> loop(probe::SessionWatch& sessions) {
    std::vector<probe::SessionEvent> events;
    const auto over = [&] {
      return arguments_.length > 0 && wires_.wire->now() >= began_.steady + arguments_.length;
    };
    while (!is_interrupted() && !over()) {
      events.clear();
      if (const auto done = sessions.step(events); !done) return done;
      // Before what happened: connections that ended while the computer slept end after it.
      if (const auto done = tell_gap(); !done) return done;
      for (const probe::SessionEvent& event : events) {
        if (const auto done = tell(event); !done) return done;
      }
      if (wires_.wire->now() >= last_line_ + kAliveEvery_s) {
        Entry alive;
        alive.time = now();
        if (const auto done = write(alive); !done) return done;
      }
      if (server_ != nullptr) {
        server_->serve([&](std::string_view request) {
          return probe::http_answer(
              request, metrics_->text(sessions.states(), began_.steady, wires_.wire->now()));
        });
      }
    }
    Entry stop;
    stop.kind = Kind::Stop;
    stop.time = now();
    stop.reason = is_interrupted() ? "interrupted" : "its time is over";
    return write(stop);
  }

  /// A computer that sleeps stops one or both of the clocks.
  Result<void> tell_gap() {
    const Moment at = moment();
    const double steady = at.steady - before_.steady;
    const double day = seconds_between(before_.day, at.day);
    before_ = at;
    Entry gap;
    gap.kind = Kind::Gap;
    gap.time = at.day;
    if (std::max(steady, day) >= kGap_s) {
      gap.gap_s = std::max(steady, day);
    } else if (day - steady <= -kClockStep_s) {
      gap.gap_s = day - steady;
    } else {
      return {};
    }
    return write(gap);
  }

  Result<void> tell(const probe::SessionEvent& event) {
    metrics_->count(event);
    Entry entry;
    // The event's own moment, which is a little before this one.
    entry.time = now() - ticks_from_seconds(std::max(0.0, wires_.wire->now() - event.at));
    entry.session = static_cast<int>(event.session) + 1;
    entry.local = event.local == IpEndpoint{} ? std::string() : event.local.to_string();
    entry.cause = event.cause;
    entry.text = event.text;
    switch (event.kind) {
      case probe::SessionEvent::Kind::Up:
        entry.kind = Kind::Up;
        entry.down_s = event.down_s;
        if (const std::string peer = event.peer.to_string(); peer != leads_to_[event.session]) {
          entry.address = leads_to_[event.session] = peer;
        }
        break;
      case probe::SessionEvent::Kind::Lost:
        entry.kind = Kind::Lost;
        entry.idle_s = event.idle_s;
        entry.age_s = event.age_s;
        ++lost_;
        break;
      case probe::SessionEvent::Kind::Failed:
        entry.kind = Kind::Failed;
        entry.local.clear();
        break;
    }
    return write(entry);
  }

  const WatchArguments& arguments_;
  probe::SocketWires wires_;
  RecordFile record_;
  std::optional<probe::WatchMetrics> metrics_;
  std::unique_ptr<probe::TextServer> server_;
  std::vector<std::string> leads_to_;  ///< By session.
  Moment began_;
  Moment before_;
  double last_line_ = 0;
  std::uint64_t lost_ = 0;
};

bool is_watch_record(std::string_view head) {
  return watch_record::is_record(as_bytes(head));
}

ExitCode run_watch(const WatchArguments& arguments, const Invocation& invocation) {
  std::vector<probe::HostPort> targets;
  for (const std::string& text : arguments.targets) {
    const auto target = target_from_text(text);
    if (!target) return ExitCode::Usage;  // Its check has refused it already.
    targets.push_back(*target);
  }
  if (targets.size() > kMostTargets) {
    return report_failure({ErrorCode::Invalid,
                           fmt::format("expected at most {} hosts, found {}; run another watch for "
                                       "the others",
                                       kMostTargets, targets.size()),
                           "watch"});
  }
  auto record = RecordFile::open(arguments.record, is_watch_record, "the record of a watch");
  if (!record) return report_failure(record.error());
  if (arguments.tls) {
    // What is not there is told before anything else.
    if (const auto session = probe::make_tls_session(targets.front().host); !session) {
      say_error(session.error());
      return ExitCode::NothingUsable;
    }
  }
  auto wires = probe::make_socket_wires(targets);
  if (!wires) {
    say_error(wires.error());
    return ExitCode::NothingUsable;
  }
  if (!arguments.quiet) {
    std::string hosts;
    for (const std::string& address : wires->addresses) {
      hosts += (hosts.empty() ? "" : ", ") + address;
    }
    if (arguments.tls) say_line("The certificates of the servers are not verified.");
    say_line(fmt::format("Keeps {} open to {} and to no other host. Ctrl-C ends it.",
                         count_of(targets.size() * arguments.sessions, "connection"), hosts));
  }
  return Watch(arguments, std::move(*wires), std::move(*record))
      .run(targets, command_line(invocation.arguments));
}

void add_kind_options(CommandTree& tree, CLI::App& command, WatchArguments& arguments) {
  OptionSpec sessions;
  sessions.names = "--sessions";
  sessions.value = "N";
  sessions.text = "Connections to each host (default: 1).";
  sessions.check = number_between(1, kMostSessionsEach);
  tree.add_option(command, std::move(sessions), &arguments.sessions);

  OptionSpec tls;
  tls.names = "--tls";
  tls.text = "Agree on TLS first, then keep that connection open. Certificates are not verified.";
  tls.kind = ValueKind::Flag;
  tree.add_option(command, std::move(tls), &arguments.tls);

  OptionSpec send_every;
  send_every.names = "--send-every";
  send_every.value = "SECONDS";
  send_every.text =
      "Send a line feed so often, so that the connection does not idle and a path that is dead is "
      "noticed (default: nothing is sent).";
  send_every.check = number_between(1, 86'400);
  tree.add_option(command, std::move(send_every), &arguments.send_every);

  OptionSpec keep_alive;
  keep_alive.names = "--keep-alive";
  keep_alive.value = "SECONDS";
  keep_alive.text =
      "Switch on TCP keep-alive after so long without traffic, then each second (default: off).";
  keep_alive.check = number_between(1, 32'767);
  tree.add_option(command, std::move(keep_alive), &arguments.keep_alive);

  OptionSpec give_up;
  give_up.names = "--give-up";
  give_up.value = "SECONDS";
  give_up.text = fmt::format(
      "What was sent and is not acknowledged for so long counts as a time-out (default: {}).",
      arguments.give_up);
  give_up.check = number_between(1, 3600);
  tree.add_option(command, std::move(give_up), &arguments.give_up);
}

}  // namespace

void add_watch(CommandTree& tree, WatchArguments& arguments) {
  CommandSpec spec;
  spec.name = "watch";
  spec.summary = "keep connections to hosts open and record each loss";
  spec.details = {
      "Keeps a connection to each HOST:PORT open, idle unless told otherwise, and writes a line "
      "for "
      "each loss: when, how the socket saw it (FIN, RST, time-out, unreachable, refused), how long "
      "it had idled, and when it was back. For a second computer beside one with Outlook, and for "
      "systems without an event log. diagnose and inventory take the record.",
      "A lost connection is tried again after a second, then after twice as long up to a minute. "
      "Watch hosts that you may connect to."};
  spec.examples = {
      {"watch mail.example.com:443 --tls --record watch.jsonl",
       "One idle connection, until Ctrl-C; the same command goes on in the same file."},
      {"watch mail.example.com:25 192.0.2.10:7 --send-every 60 --record watch.jsonl",
       "Two that are in use once a minute: is it idleness or age?"},
      {"watch mail.example.com:443 --keep-alive 120 --metrics 9469 --record watch.jsonl",
       "With TCP keep-alive, and metrics for Prometheus on loopback."},
      {"diagnose watch.jsonl", "What the record says."}};
  spec.run = [&arguments](const Invocation& invocation) {
    return run_watch(arguments, invocation);
  };
  CLI::App& command = tree.add_command(tree.root(), std::move(spec));

  OptionSpec target;
  target.names = "TARGET";
  target.value = "HOST:PORT";
  target.text = fmt::format(
      "Up to {} hosts by name or address, with the TCP port; [ADDRESS]:PORT for IPv6. A name is "
      "looked up again after each loss.",
      kMostTargets);
  target.required = true;
  target.check = check_target;
  tree.add_option(command, std::move(target), &arguments.targets);

  OptionSpec record;
  record.names = "--record";
  record.value = "FILE";
  record.text = "Append the record to FILE, a line for each event (default: standard output).";
  record.kind = ValueKind::Path;
  tree.add_option(command, std::move(record), &arguments.record);
  add_kind_options(tree, command, arguments);

  OptionSpec metrics;
  metrics.names = "--metrics";
  metrics.value = "[ADDRESS:]PORT";
  metrics.text =
      "Serve metrics for Prometheus there (on loopback without an address; port 0: any that is "
      "free, and say which).";
  metrics.check = check_listener;
  tree.add_option(command, std::move(metrics), &arguments.metrics);

  OptionSpec length;
  length.names = "--for";
  length.value = "SECONDS";
  length.text = "End after so long (default: when it is interrupted).";
  length.check = number_between(1, 366 * 86'400);
  tree.add_option(command, std::move(length), &arguments.length);

  OptionSpec computer;
  computer.names = "--computer";
  computer.value = "NAME";
  computer.text = "The name of this computer in the record (default: its host name).";
  tree.add_option(command, std::move(computer), &arguments.computer);
  add_zone_option(tree, command, arguments.zone,
                  "The time zone of this computer in the record (default: the one it is set to).");
  add_quiet_option(tree, command, arguments.quiet);
}

}  // namespace dropscope::cli
