// Runs the world of a scenario, one computer at a time on each thread, and writes what its logs
// hold.
//
// A computer needs nothing of the others (shared outages are drawn beforehand), and every random
// number comes from a stream named by the computer's index. So threads only decide who waits: the
// files are the same for any number of them. What stays in memory of a finished computer is its
// lines of clients.csv and truth.json.

#include "simulate/simulate.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <tuple>

#include "base/files.h"
#include "base/text.h"
#include "evidence/catalogue/catalogue.h"
#include "simulate/client.h"
#include "simulate/log_file.h"
#include "simulate/prng.h"
#include "simulate/records.h"
#include "simulate/scenario.h"
#include "simulate/side_files.h"
#include "simulate/truth.h"
#include "simulate/world.h"

namespace dropscope {

namespace {

namespace fs = std::filesystem;
using namespace simulation;

// Record ids of a computer that has been in use for some months; any range would do.
constexpr std::uint64_t kRecordIdLow = 2'000;
constexpr std::uint64_t kRecordIdSpread = 60'000;

Error no_folder(const fs::path& path, const std::error_code& e, std::string_view doing) {
  return io_error(path, e.value(), doing);
}

// Makes the folder. Existing content is left alone unless it is an earlier simulation and
// `overwrite` is set; nothing that is not named like our own output is ever removed.
Result<void> prepare_folder(const fs::path& output, bool overwrite) {
  std::error_code e;
  fs::file_status status = fs::status(output, e);
  if (fs::exists(status)) {
    if (!fs::is_directory(status)) {
      return fail(ErrorCode::Invalid, "the output must be a folder, and this is a file",
                  path_to_utf8(output));
    }
    bool empty = fs::is_empty(output, e);
    if (e) return fail(no_folder(output, e, "listing the folder"));
    if (!empty && !overwrite) {
      return fail(ErrorCode::Invalid,
                  "the output folder is not empty; give another one, or --overwrite to replace an "
                  "earlier simulation in it",
                  path_to_utf8(output));
    }
    if (!empty) {
      if (!fs::exists(output / "truth.json", e)) {
        return fail(
            ErrorCode::Invalid,
            "the output folder holds files but no truth.json, so they are no earlier simulation "
            "and are not overwritten; give another folder",
            path_to_utf8(output));
      }
      fs::remove_all(output / "evidence", e);
      if (e) return fail(no_folder(output / "evidence", e, "removing the earlier evidence"));
      fs::remove(output / "truth.json", e);
      if (e) return fail(no_folder(output / "truth.json", e, "removing the earlier truth"));
    }
  }
  fs::create_directories(output / "evidence", e);
  if (e) return fail(no_folder(output / "evidence", e, "making the folder"));
  return {};
}

struct Job {
  const Scenario& scenario;
  SharedOutages outages;
  fs::path evidence;
  bool keep_records = false;  // For a log that mixes all computers.
};

struct ClientResult {
  ClientTruth truth;
  // Only for forwarded logs.
  std::vector<Record> forwarded;
  std::vector<BalancerLine> balancer;
};

std::optional<DamageKind> damage_of(const Scenario& scenario, unsigned index) {
  unsigned before = 0;
  for (const LogDamage& damage : scenario.log.damage) {
    before += damage.computers;
    if (index < before) return damage.kind;
  }
  return {};
}

Result<ClientResult> run_client(const Job& job, unsigned index) {
  const Scenario& scenario = job.scenario;
  Client client = make_client(scenario, index);
  ClientHistory history = live(scenario, job.outages, client);
  ClientRecords records = make_records(scenario, client, history);
  Random ids(scenario.seed, Stream::Log, index, 1);
  std::uint64_t first_id = scenario.log.first_record_id;
  std::uint64_t drawn = kRecordIdLow + ids.below(kRecordIdSpread);
  if (first_id == 0) first_id = drawn;

  ClientResult result;
  ClientLogFacts facts;
  std::size_t first = 0;
  std::size_t last = 0;
  std::uint64_t bytes = 0;
  std::uint64_t files = 0;
  if (job.keep_records) {
    std::tie(first, last) =
        kept_records(scenario, records.clock_was_wrong, records.application, true);
    result.forwarded.assign(records.application.begin() + static_cast<std::ptrdiff_t>(first),
                            records.application.begin() + static_cast<std::ptrdiff_t>(last));
    result.forwarded.insert(result.forwarded.end(), records.system.begin(), records.system.end());
  } else {
    Renderer renderer(scenario, client);
    fs::path folder = job.evidence / path_from_utf8(client.name);
    std::error_code e;
    fs::create_directories(folder, e);
    if (e) return fail(no_folder(folder, e, "making the folder"));
    auto save = [&](const std::vector<Record>& list, std::uint64_t id, bool application,
                    const char* name) -> Result<LogFile> {
      Result<LogFile> log =
          make_log(scenario, renderer, list, records.clock_was_wrong, id, application);
      if (!log) return log;
      if (application) {
        if (auto kind = damage_of(scenario, index)) facts.damage = damage_log(log->bytes, *kind);
      }
      if (Result<void> written = write_file(folder / name, log->bytes); !written) {
        return fail(written.error());
      }
      bytes += log->bytes.size();
      ++files;
      return log;
    };
    Result<LogFile> application = save(records.application, first_id, true, "Application.evtx");
    if (!application) return fail(application.error());
    first = application->first;
    last = application->last;
    facts.first_record_id = application->first_record_id;
    facts.wrapped = application->wrapped;
    if (scenario.settings) {
      const std::string settings = settings_file(client);
      if (auto written = write_file(folder / "settings.reg", settings); !written) {
        return fail(written.error());
      }
      bytes += settings.size();
      ++files;
    }
    if (scenario.system_log) {
      if (auto log = save(records.system, first_id * 2, false, "System.evtx"); !log) {
        return fail(log.error());
      }
    }
  }
  if (scenario.balancer_log) result.balancer = balancer_lines(scenario, client, history);
  facts.application_records = last - first;
  result.truth = client_truth(scenario, client, history, records, first, last, facts);
  result.truth.bytes = bytes;
  result.truth.files = files;
  return result;
}

// Shared by the threads of one run.
struct Run {
  const Job& job;
  unsigned computers;
  ProgressSink* progress;
  std::vector<ClientResult> results;
  std::atomic<unsigned> next{0};
  std::atomic<bool> stop{false};
  std::mutex mutex;  // For what follows, and for calls of `progress`.
  std::optional<Error> error;
  unsigned error_index = 0;
  unsigned done = 0;
  std::uint64_t bytes = 0;
};

void work(Run& run) {
  for (;;) {
    unsigned index = run.next.fetch_add(1);
    if (index >= run.computers || run.stop) return;
    Result<ClientResult> result = run_client(run.job, index);
    std::lock_guard lock(run.mutex);
    if (!result) {
      // Of several failures the one of the first computer is told.
      if (!run.error || index < run.error_index) {
        run.error = result.error();
        run.error_index = index;
      }
      run.stop = true;
      return;
    }
    run.results[index] = std::move(*result);
    run.bytes += run.results[index].truth.bytes;
    ++run.done;
    if (run.progress && !run.job.keep_records) {
      // The total is what the computers so far make likely; it is exact at the end.
      std::uint64_t total = run.bytes / run.done * run.computers;
      if (run.done == run.computers) total = run.bytes;
      run.progress->progress(run.bytes, total,
                             fmt::format("computer {} of {}", run.done, run.computers));
    }
  }
}

// One log with the records of all computers in the order in which they reached the collector.
Result<std::uint64_t> write_forwarded(const Scenario& scenario, const fs::path& path,
                                      const std::vector<ClientResult>& results) {
  struct Arrival {
    Instant at;
    unsigned client;
    std::uint32_t record;
  };
  // Clients deliver in batches every some minutes at the most (the default of Windows'
  // subscriptions).
  constexpr double kBatch = 900;
  std::vector<Arrival> arrivals;
  std::vector<Renderer> renderers;
  for (unsigned c = 0; c < results.size(); ++c) {
    renderers.emplace_back(scenario, make_client(scenario, c));
    Random random(scenario.seed, Stream::Forwarding, c);
    Ticks batch = ticks_from_seconds(kBatch);
    Ticks phase = random.ticks(0, kBatch);
    for (std::uint32_t r = 0; r < results[c].forwarded.size(); ++r) {
      Ticks since = results[c].forwarded[r].time.time_since_epoch() + phase;
      arrivals.push_back({Instant{since - since % batch + batch}, c, r});
    }
  }
  std::stable_sort(arrivals.begin(), arrivals.end(), [&](const Arrival& a, const Arrival& b) {
    if (a.at != b.at) return a.at < b.at;
    if (a.client != b.client) return a.client < b.client;
    return results[a.client].forwarded[a.record].time < results[b.client].forwarded[b.record].time;
  });
  evtx::WriterOptions options;
  options.dirty = scenario.log.dirty;
  options.minor_version = scenario.log.minor_version;
  if (scenario.log.first_record_id) options.first_record_id = scenario.log.first_record_id;
  evtx::Writer writer(options);
  for (const Arrival& a : arrivals) {
    const Record& record = results[a.client].forwarded[a.record];
    if (auto added = writer.add(renderers[a.client].render(record, true)); !added) {
      return fail(added.error());
    }
  }
  std::vector<std::byte> bytes = writer.finish();
  if (Result<void> written = write_file(path, bytes); !written) return fail(written.error());
  return bytes.size();
}

/// The lines of all clients in the order in which the sessions ended.
std::string balancer_log(const std::vector<ClientResult>& results) {
  std::vector<const BalancerLine*> lines;
  for (const ClientResult& client : results) {
    for (const BalancerLine& line : client.balancer) lines.push_back(&line);
  }
  std::stable_sort(lines.begin(), lines.end(),
                   [](const auto* a, const auto* b) { return a->at < b->at; });
  std::string out;
  for (const BalancerLine* line : lines) out += line->text;
  return out;
}

}  // namespace

Result<SimulateResult> simulate(const SimulateOptions& options, ProgressSink* progress) {
  Result<Scenario> loaded = load_scenario(options.scenario);
  if (!loaded) return fail(loaded.error());
  Scenario& scenario = *loaded;
  if (options.seed) scenario.seed = options.seed;
  if (options.computers) {
    if (options.computers > 1 && scenario.fleet.name.find("{number}") == std::string::npos) {
      scenario.fleet.name += "-{number}";
    }
    scenario.fleet.computers = options.computers;
    if (Result<void> allowed = check_fleet_size(scenario); !allowed) return fail(allowed.error());
  }
  Result<Catalogue> catalogue = Catalogue::load();
  if (!catalogue) return fail(catalogue.error());
  if (Result<void> texts = resolve_texts(scenario, *catalogue); !texts) return fail(texts.error());
  if (Result<void> made = prepare_folder(options.output, options.overwrite); !made) {
    return fail(made.error());
  }

  Job job{scenario, make_outages(scenario), options.output / "evidence", scenario.forwarded};
  Run run{job, scenario.fleet.computers, progress, {}, {}, {}, {}, {}, 0, 0, 0};
  run.results.resize(run.computers);
  unsigned threads = options.threads ? options.threads : std::thread::hardware_concurrency();
  threads = std::clamp(threads, 1u, run.computers);
  std::vector<std::thread> pool;
  for (unsigned i = 1; i < threads; ++i) pool.emplace_back(work, std::ref(run));
  work(run);
  for (std::thread& thread : pool) thread.join();
  if (run.error) return fail(*run.error);

  SimulateResult result;
  result.computers = run.computers;
  std::string inventory = inventory_header();
  std::vector<ClientTruth> truths;
  if (scenario.forwarded) {
    Result<std::uint64_t> size =
        write_forwarded(scenario, job.evidence / "ForwardedEvents.evtx", run.results);
    if (!size) return fail(size.error());
    result.bytes += *size;
    ++result.files;
  }
  if (scenario.balancer_log) {
    const std::string lines = balancer_log(run.results);
    if (auto written = write_file(job.evidence / "haproxy.log", lines); !written) {
      return fail(written.error());
    }
    result.bytes += lines.size();
    ++result.files;
  }
  for (ClientResult& client : run.results) {
    inventory += client.truth.csv_line;
    result.files += client.truth.files;
    result.bytes += client.truth.bytes;
    result.losses += client.truth.losses;
    truths.push_back(std::move(client.truth));
  }
  if (scenario.inventory) {
    if (auto written = write_file(job.evidence / "clients.csv", inventory); !written) {
      return fail(written.error());
    }
    result.bytes += inventory.size();
    ++result.files;
  }
  // Last, so that a folder with a truth file is a complete one.
  std::string truth = truth_json(scenario, truths);
  if (auto written = write_file(options.output / "truth.json", truth); !written) {
    return fail(written.error());
  }
  return result;
}

}  // namespace dropscope
