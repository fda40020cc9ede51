// Reading runs in parallel over files; what each file gave is taken over in the order of the inputs
// by whichever thread completes the next one, so that neither the order nor the interning of
// strings depends on timing, and only files that finished early wait in memory.

#include "evidence/intake/intake.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <fstream>
#include <functional>
#include <mutex>
#include <set>
#include <span>
#include <string_view>
#include <thread>
#include <utility>

#include "base/text.h"
#include "evidence/catalogue/classify.h"
#include "evidence/intake/assembly.h"
#include "evidence/intake/close_keeper.h"
#include "evidence/intake/content_pass.h"
#include "evidence/intake/inputs.h"
#include "evidence/intake/memory.h"
#include "evidence/intake/source_reader.h"
#include "formats/text/line_reader.h"

namespace dropscope {
namespace {

/// A file that no reader recognises. In a folder it is merely listed. What the user named, and what
/// claims to be a log, is evidence that is missing from the answer.
Source unread_source(const Content& content) {
  const ContentKind kind = detect_content(content.bytes, content.name);
  Source source;
  source.problem = describe_problem(kind, content.bytes);
  const bool passed_over = kind == ContentKind::Unknown && !content.named_by_user;
  source.state = passed_over ? SourceState::Ignored : SourceState::Unreadable;
  return source;
}

/// Pages that the system could not supply were read as zeros, which look like unused space. So what
/// was found is kept, and the source says that it is not all; its digest is not that of the file.
void note_fault(Source& source, const MappedFile& map) {
  const auto fault = map.fault();
  if (!fault) return;
  source.sha256.clear();
  ++source.damage_count;
  source.damage.insert(source.damage.begin(), Damage{*map.fault_offset(), 0, fault->message, 0});
  if (source.state == SourceState::Read) source.state = SourceState::Damaged;
  if (source.state != SourceState::Damaged) {
    source.state = SourceState::Unreadable;
    source.problem = fault->message;
  }
}

SourceIntake read_source(const Content& content, const ReadContext& context) {
  if (content.bytes.empty()) {
    SourceIntake out;
    out.source = unread_source(content);
    return out;
  }
  const Bytes begin = content.bytes.first(std::min(content.bytes.size(), kHeadBytes));
  const Head head{begin, text::head_as_utf8(begin, kHeadBytes), content.name, &context.catalogue};
  for (const SourceReader& reader : source_readers()) {
    if (!reader.recognises(head)) continue;
    SourceIntake out = reader.read(content, context);
    if (out.source.kind.empty()) out.source.kind = reader.kind;
    return out;
  }
  SourceIntake out;
  out.source = unread_source(content);
  return out;
}

void read_content(const Content& opened, const ReadContext& context, FileIntake& out) {
  SourceIntake part;
  Content content = opened;
  if (content.opened) {
    ContentPass pass(content.bytes, content.map);
    content.pass = &pass;
    part = read_source(content, context);
    part.source.bytes = content.bytes.size();
    const bool known = part.source.state != SourceState::Ignored && !part.source.kind.empty();
    if (known) part.source.sha256 = pass.sha256();
    if (!content.problem.empty()) {
      // A member of an archive that is not whole: what could be unpacked was read.
      ++part.source.damage_count;
      part.source.damage.insert(part.source.damage.begin(), Damage{0, 0, content.problem, 0});
      if (part.source.state == SourceState::Read) part.source.state = SourceState::Damaged;
      // What it is may stand in the part that could not be unpacked.
      if (part.source.state == SourceState::Ignored) {
        part.source.state = SourceState::Unreadable;
        part.source.problem = content.problem;
      }
    }
    if (content.map != nullptr) note_fault(part.source, *content.map);
  } else {
    part.source.state = SourceState::Unreadable;
    part.source.problem = content.problem;
  }
  part.source.path = content.name;
  out.push_back(std::move(part));
}

/// Logs that may hold more ends of connections than CloseKeeper has room for.
bool is_large_text(const InputFile& file) {
  constexpr std::uint64_t kLarge = CloseKeeper::kLeastLineBytes * CloseKeeper::kMostOrderly;
  if (file.standard_input || file.bytes < kLarge) return false;
  std::ifstream in(file.path, std::ios::binary);
  std::array<char, 8> begin{};
  in.read(begin.data(), begin.size());
  // Event logs have no lines, and are read where they stand.
  return in && std::memchr(begin.data(), '\0', begin.size()) == nullptr;
}

/// Addresses that a source tells to be a computer's.
void add_client_addresses(const SourceIntake& part, std::set<IpAddress>& out) {
  for (const RawAddress& address : part.addresses) out.insert(address.use.address);
  for (const RawConnection& connection : part.connections) {
    if (connection.row.local.port != 0) out.insert(connection.row.local.address);
  }
  for (const InventoryRow& row : part.inventory) {
    for (const auto& [column, value] : row.values) {
      if (column != "address") continue;
      if (const auto address = IpAddress::parse(value)) out.insert(*address);
    }
  }
}

/// Inputs that can be read in any order: how many, and how each is given to a reader.
struct Inputs {
  std::size_t count = 0;
  std::function<void(std::size_t, const std::function<void(const Content&)>&)> open;
  /// Called when one is done, by one thread at a time.
  std::function<void(std::size_t)> done;
  /// How many of the last ones are to be read when all others are.
  std::size_t large = 0;
};

Evidence read_inputs(const Inputs& inputs, FileIntake unreadable, const Catalogue& catalogue,
                     const IntakeOptions& options) {
  const EventMatcher matcher(catalogue);
  ReadContext context{matcher, catalogue, options.damage_kept, options.local_zone,
                      options.date_order};
  Assembly assembly;
  assembly.add(std::move(unreadable));

  const auto read = [&](std::size_t first, std::size_t end) {
    std::vector<std::optional<FileIntake>> finished(end - first);
    std::set<IpAddress> addresses;
    std::atomic<std::size_t> next{first};
    std::mutex mutex;  // Guards what is above and follows, but for `next`.
    std::size_t merged = 0;
    const auto work = [&] {
      for (std::size_t i = next++; i < end; i = next++) {
        FileIntake intake;
        inputs.open(i, [&](const Content& content) { read_content(content, context, intake); });
        const std::lock_guard lock(mutex);
        for (const SourceIntake& part : intake) add_client_addresses(part, addresses);
        finished[i - first] = std::move(intake);
        while (merged < finished.size() && finished[merged]) {
          assembly.add(std::move(*finished[merged]));
          finished[merged].reset();
          ++merged;
        }
        inputs.done(i);
      }
    };
    std::size_t threads =
        options.threads != 0 ? options.threads : std::thread::hardware_concurrency();
    threads = std::clamp<std::size_t>(threads, 1, std::clamp<std::size_t>(end - first, 1, 64));
    {
      std::vector<std::jthread> pool;
      for (std::size_t i = 1; i < threads; ++i) pool.emplace_back(work);
      work();
    }
    return addresses;
  };
  const std::size_t small = inputs.count - inputs.large;
  const std::set<IpAddress> clients = read(0, small);
  context.known_clients = &clients;
  read(small, inputs.count);
  Evidence evidence = assembly.finish(options, catalogue.status_words);
  classify_by_alternation(evidence, catalogue);
  return evidence;
}

}  // namespace

Evidence read_evidence(const std::vector<std::filesystem::path>& inputs, const Catalogue& catalogue,
                       const IntakeOptions& options, ProgressSink* progress) {
  InputList list = collect_inputs(inputs);
  FileIntake unreadable;
  for (Source& source : list.unreadable) {
    unreadable.emplace_back().source = std::move(source);
  }
  // Of a log with more ends than there is room for, those of the computers that the rest of the
  // evidence is about must not be left out: it is read when they are known.
  const auto large = std::stable_partition(list.files.begin(), list.files.end(),
                                           [](const InputFile& f) { return !is_large_text(f); });
  std::uint64_t bytes_done = 0;
  const Inputs all{list.files.size(),
                   [&](std::size_t i, const auto& use) { for_each_content(list.files[i], use); },
                   [&](std::size_t i) {
                     bytes_done += list.files[i].bytes;
                     if (progress != nullptr)
                       progress->progress(bytes_done, list.bytes, list.files[i].name);
                   },
                   static_cast<std::size_t>(list.files.end() - large)};
  return read_inputs(all, std::move(unreadable), catalogue, options);
}

Evidence read_evidence(const std::vector<MemoryFile>& files, const Catalogue& catalogue,
                       const IntakeOptions& options) {
  const Inputs all{files.size(),
                   [&](std::size_t i, const auto& use) {
                     Content content;
                     content.name = files[i].name;
                     content.bytes = as_bytes(files[i].content);
                     use(content);
                   },
                   [](std::size_t) {}, 0};
  return read_inputs(all, {}, catalogue, options);
}

}  // namespace dropscope
