#include "present/package/package.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <utility>

#include "analysis/clocks/clocks.h"
#include "base/sha256.h"
#include "base/text.h"
#include "base/utf16.h"
#include "evidence/intake/inputs.h"
#include "evidence/intake/memory.h"
#include "formats/archive/zip_writer.h"
#include "formats/text/line_reader.h"
#include "present/digest.h"
#include "present/package/cover.h"
#include "present/package/cut_log.h"
#include "present/present.h"
#include "present/redact/names.h"
#include "present/redact/redactor.h"
#include "present/redact/words.h"
#include "present/version.h"

namespace dropscope::package {
namespace {

/// A vendor's upload takes some gigabytes, and its members are held in memory here.
constexpr std::uint64_t kMostItemBytes = std::uint64_t{256} << 20;

/// Kinds whose bytes hold names in forms that are not rewritten: packets, values in hexadecimal.
bool is_binary(const std::string& kind) {
  return kind == "evt" || kind == "capture" || kind.starts_with("registry");
}

/// What one source of the evidence gives to the package.
struct Wanted {
  std::string folder_path;          ///< Below evidence/, before redaction.
  std::set<std::uint64_t> offsets;  ///< Of records that the diagnosis rests on.
  std::vector<Instant> losses;      ///< Of the computers whose log it is; ascending.
};

/// Paths below the folder that all sources share. The last folder stays where it is the only one:
/// its name often is the computer's.
std::vector<std::string> relative_paths(const std::vector<Source>& sources) {
  std::vector<std::vector<std::string>> all;
  for (const Source& source : sources) {
    std::vector<std::string> parts;
    std::string path = source.path;
    for (char& c : path) {
      if (c == '\\' || c == ':') c = '/';
    }
    for (const std::string_view part : split(path, '/')) {
      std::string clean(part);
      if (!clean.empty() && clean.back() == '!') clean.pop_back();
      if (clean.empty() || clean == "." || clean == "..") continue;
      parts.push_back(printable(clean));
    }
    if (parts.empty()) parts.emplace_back("input");
    all.push_back(std::move(parts));
  }
  std::size_t shared = all.empty() ? 0 : all.front().size() - 1;
  for (const auto& parts : all) {
    std::size_t same = 0;
    while (same < shared && same + 1 < parts.size() && parts[same] == all.front()[same]) ++same;
    shared = same;
  }
  const bool one_folder = std::all_of(
      all.begin(), all.end(), [&](const auto& parts) { return parts.size() == shared + 1; });
  if (one_folder && shared > 0 && all.size() > 1) --shared;
  std::vector<std::string> out;
  for (const auto& parts : all) {
    out.push_back(fmt::format(
        "{}", fmt::join(parts.begin() + static_cast<std::ptrdiff_t>(shared), parts.end(), "/")));
  }
  return out;
}

/// Text of any encoding as UTF-8; a text that is none is taken as Windows-1252.
std::string as_utf8(Bytes bytes, text::Encoding& encoding) {
  encoding = text::detect_encoding(bytes);
  const std::size_t mark = text::mark_bytes(bytes, encoding);
  std::string out;
  text::append_as_utf8(out, bytes.subspan(mark), encoding);
  if (is_utf8(out)) return out;
  std::string converted;
  append_windows_1252(converted, out);
  return converted;
}

/// The same with names replaced, in UTF-16 where it was so, else in UTF-8.
std::string redacted_text(Bytes bytes, redact::Redactor& redactor) {
  text::Encoding encoding{};
  const std::string redacted = redactor.text(as_utf8(bytes, encoding));
  if (encoding != text::Encoding::Utf16Le && encoding != text::Encoding::Utf16Be) return redacted;
  std::string out = "\xff\xfe";
  for (const char16_t unit : to_utf16(redacted)) {
    out += static_cast<char>(unit & 0xff);
    out += static_cast<char>(unit >> 8);
  }
  return out;
}

/// Nobody who has only the package can know it: the hashes of what the sender has, which a redacted
/// package does not hold.
std::string secret_of(const Evidence& evidence) {
  std::string all = "dropscope redaction key";
  for (const Source& source : evidence.sources) all += "\n" + source.sha256;
  return sha256_hex(as_bytes(all));
}

class Builder {
 public:
  Builder(const Catalogue& catalogue, PackageOptions options)
      : catalogue_(catalogue), options_(std::move(options)) {}

  Result<Package> build(const std::vector<std::filesystem::path>& inputs) {
    original_ = read_evidence(inputs, catalogue_, options_.intake);
    inputs_ = collect_inputs(inputs);
    plan();
    if (options_.redact) {
      key_.emplace(options_.key ? *options_.key : redact::Key(secret_of(original_)));
      names_.keep(options_.keep);
      names_.add(original_);
      for_each_source([&](const Content& content, std::size_t i) { learn(content, i); });
      names_.add(*key_);
      redactor_.emplace(names_, *key_);
    }
    for_each_source([&](const Content& content, std::size_t i) { take(content, i); });
    if (files_.empty()) {
      return fail(ErrorCode::NotFound,
                  "there is no evidence to pack; give event logs, exports, or a folder of them");
    }
    return finish();
  }

 private:
  void plan() {
    const std::vector<std::string> paths = relative_paths(original_.sources);
    wanted_.resize(original_.sources.size());
    for (std::size_t i = 0; i < paths.size(); ++i) {
      wanted_[i].folder_path = paths[i];
      by_path_[original_.sources[i].path].push_back(i);
    }
    std::map<std::uint32_t, std::vector<Instant>> losses;
    for (const Event& event : original_.events) {
      wanted_[event.source].offsets.insert(event.offset);
      if (event.meaning == Meaning::Lost) losses[event.computer].push_back(event.time);
    }
    for (const Coverage& coverage : original_.coverage) {
      auto& own = wanted_[coverage.source].losses;
      const auto& more = losses[coverage.computer];
      own.insert(own.end(), more.begin(), more.end());
    }
    for (Wanted& each : wanted_) std::sort(each.losses.begin(), each.losses.end());
  }

  template <typename F>
  void for_each_source(F&& f) {
    std::map<std::string, std::size_t> seen;
    for (const InputFile& file : inputs_.files) {
      for_each_content(file, [&](const Content& content) {
        const auto found = by_path_.find(content.name);
        if (found == by_path_.end()) return;
        const std::size_t which = seen[content.name]++;
        if (which < found->second.size()) f(content, found->second[which]);
      });
    }
  }

  [[nodiscard]] bool usable(std::size_t i) const {
    const SourceState state = original_.sources[i].state;
    return state == SourceState::Read || state == SourceState::Damaged;
  }

  void learn(const Content& content, std::size_t i) {
    names_.scan(wanted_[i].folder_path);
    const std::string& kind = original_.sources[i].kind;
    if (!usable(i) || kind == "picture" || is_binary(kind)) return;
    if (kind == "evtx") {
      collect_names(content.bytes, wanted_[i].offsets, wanted_[i].losses, names_);
      return;
    }
    if (content.bytes.size() > kMostItemBytes) return;
    text::Encoding encoding{};
    names_.scan(as_utf8(content.bytes, encoding));
  }

  std::string shown(const std::string& path) { return redactor_ ? redactor_->text(path) : path; }

  void leave_out(std::size_t i, std::string reason) {
    package_.manifest.left_out.push_back({shown(wanted_[i].folder_path), std::move(reason)});
  }

  void take(const Content& content, std::size_t i) {
    const Source& source = original_.sources[i];
    if (source.kind == "picture" && content.opened) {
      take_picture(content, i);
      return;
    }
    if (!usable(i)) {
      leave_out(i, source.state == SourceState::Ignored ? "not evidence of a kind that is read"
                                                        : "could not be read");
      return;
    }
    if (content.bytes.size() > kMostItemBytes) {
      leave_out(
          i, fmt::format("larger than {} bytes; cut it to the days of the losses", kMostItemBytes));
      return;
    }
    if (redactor_ && is_binary(source.kind)) {
      leave_out(i,
                "its names and addresses stand in a binary form that is not rewritten; a receiver "
                "who may see them can have it beside the package");
      return;
    }
    if (source.kind == "evtx") {
      take_log(content, i);
      return;
    }
    std::string bytes =
        redactor_ ? redacted_text(content.bytes, *redactor_) : std::string(as_text(content.bytes));
    const std::string path = add_evidence(i, std::move(bytes));
    origin(i, {path}, redactor_ ? "names and addresses replaced" : "");
  }

  void take_log(const Content& content, std::size_t i) {
    auto cut = cut_log(content.bytes, wanted_[i].offsets, wanted_[i].losses,
                       redactor_ ? &*redactor_ : nullptr);
    if (!cut) {
      leave_out(i, "could not be read");
      return;
    }
    errors_ += cut->errors;
    const std::string path = add_evidence(i, std::move(cut->evtx));
    const std::string xml = fmt::format("records/{}.xml", path.substr(kEvidenceFolder.size()));
    add("records", xml, std::move(cut->xml));
    std::string note =
        "cut to the records that the result rests on, errors near a loss, and the first and last "
        "record of each channel";
    if (redactor_) note += "; names and addresses replaced, binary data left out";
    if (cut->unwritten > 0) {
      note += fmt::format("; {} too large to be written again", count_of(cut->unwritten, "record"));
    }
    origin(i, {path, xml}, std::move(note));
    package_.manifest.origins.back().kept = cut->kept;
  }

  void take_picture(const Content& content, std::size_t i) {
    if (redactor_ && !options_.pictures_confirmed) {
      leave_out(i, "a picture may show names; look at it, cover them, and confirm it");
      return;
    }
    // What is read from a picture would bring its names into the report.
    if (usable(i) && !redactor_) {
      const std::string path = add_evidence(i, std::string(as_text(content.bytes)));
      origin(i, {path}, "");
      return;
    }
    const std::string path = add("picture", "pictures/" + shown(wanted_[i].folder_path),
                                 std::string(as_text(content.bytes)));
    origin(i, {path}, "");
  }

  std::string add_evidence(std::size_t i, std::string bytes) {
    const std::string path =
        free_path(std::string(kEvidenceFolder) + shown(wanted_[i].folder_path));
    files_.push_back({path, bytes});
    return add("evidence", path, std::move(bytes));
  }

  /// A name that no item has: "a/b.evtx", "a/b-2.evtx".
  std::string free_path(const std::string& wanted) const {
    std::string path = wanted;
    for (int number = 2; items_.count(path) != 0; ++number) {
      const std::size_t slash = wanted.rfind('/');
      const std::size_t dot = wanted.rfind('.');
      const std::size_t at = dot == std::string::npos || dot < slash + 1 ? wanted.size() : dot;
      path = fmt::format("{}-{}{}", wanted.substr(0, at), number, wanted.substr(at));
    }
    return path;
  }

  std::string add(std::string_view role, const std::string& wanted, std::string content) {
    const std::string path = free_path(wanted);
    items_[path] = {std::string(role), std::move(content)};
    return path;
  }

  void origin(std::size_t i, std::vector<std::string> items, std::string note) {
    const Source& source = original_.sources[i];
    Origin out;
    out.path = shown(wanted_[i].folder_path);
    out.kind = source.kind;
    if (!redactor_) out.sha256 = source.sha256;
    out.bytes = source.bytes;
    out.records = source.records;
    out.kept = source.records;
    out.items = std::move(items);
    out.note = std::move(note);
    package_.manifest.origins.push_back(std::move(out));
  }

  void ask(const Evidence& evidence, const Diagnosis& diagnosis) {
    std::vector<std::string>& wanted = package_.manifest.asked_for;
    const bool has_picture = std::any_of(items_.begin(), items_.end(), [](const auto& each) {
      return each.second.role == "picture";
    });
    if (!has_picture) {
      wanted.emplace_back("A screen shot of the pop-up at a loss, with the clock in view.");
    }
    const auto& steps = diagnosis.verdict.checklist;
    const bool asked = std::any_of(steps.begin(), steps.end(), [](const ChecklistStep& step) {
      return step.state == StepState::Missing &&
             step.title.find("Connection Status") != std::string::npos;
    });
    if (evidence.pictures.empty() && evidence.connections.empty() && !asked) {
      wanted.emplace_back(
          "A screen shot of the Connection Status window: hold Ctrl, click Outlook's icon in the "
          "notification area, choose Connection Status, and take the window with its headers.");
    }
    if (std::none_of(
            evidence.computers.begin(), evidence.computers.end(),
            [](const Computer& each) { return !each.attributes.get("version").empty(); })) {
      wanted.emplace_back(
          "The version of Outlook: File, Office Account, About Outlook; or a column \"version\" in "
          "clients.csv.");
    }
    for (const ChecklistStep& step : diagnosis.verdict.checklist) {
      if (step.state != StepState::Missing) continue;
      wanted.push_back(step.command.empty()
                           ? fmt::format("{}: {}", step.title, step.text)
                           : fmt::format("{}: {} ({})", step.title, step.text, step.command));
    }
  }

  Result<Package> finish() {
    // Items of the archive are read in the order of their names.
    std::sort(files_.begin(), files_.end(),
              [](const MemoryFile& a, const MemoryFile& b) { return a.name < b.name; });
    Evidence evidence = read_evidence(files_, catalogue_, options_.intake);
    const std::vector<ClockOffset> clocks = compare_clocks(evidence);
    correct_clocks(evidence, clocks);
    options_.diagnose.clocks = clocks;
    auto diagnosis = diagnose(evidence, catalogue_, options_.diagnose);
    if (!diagnosis) return fail(diagnosis.error());
    const ReportInput input{evidence, catalogue_, *diagnosis, options_.command_line, true};
    add("result", "diagnosis.json", render_json(input));
    add("report", "report.html", render_html(input));
    for (const CsvTable table : all_csv_tables()) {
      add("table", fmt::format("tables/{}.csv", to_string(table)), render_csv(input, table));
    }
    ask(evidence, *diagnosis);
    Manifest& manifest = package_.manifest;
    manifest.version = version();
    manifest.redacted = options_.redact;
    const std::vector<CoverSection> cover = make_cover(input, manifest, errors_);
    add("cover", "cover.txt", cover_text(cover));
    add("cover", "cover.md", cover_markdown(cover));
    add("cover", "cover.html", cover_html(cover));
    for (const auto& [path, item] : items_) {
      manifest.items.push_back(
          {path, item.role, sha256_hex(as_bytes(item.content)), item.content.size()});
    }
    const Digest digest(input);
    archive::ZipWriter zip(digest.observed ? digest.observed->end : Instant{});
    const std::string listed = write_manifest(manifest);
    package_.manifest_sha256 = sha256_hex(as_bytes(listed));
    if (auto added = zip.add(kManifestName, as_bytes(listed)); !added) return fail(added.error());
    for (const auto& [path, item] : items_) {
      if (auto added = zip.add(path, as_bytes(item.content)); !added) return fail(added.error());
    }
    package_.zip = zip.finish();
    package_.headline =
        fmt::format("{}: {}", diagnosis->verdict.decision.title, diagnosis->verdict.headline);
    for (const Source& source : original_.sources) {
      if (source.state == SourceState::Unreadable) {
        package_.unread.push_back(fmt::format("{}: {}", source.path, source.problem));
      }
    }
    if (options_.redact) {
      if (auto checked = look_for_leaks(); !checked) return fail(checked.error());
    }
    return std::move(package_);
  }

  Result<void> look_for_leaks() {
    std::vector<std::string> originals;
    for (const auto& [word, kind] : names_.words()) originals.push_back(word);
    for (const auto& [first, phrase] : names_.phrases()) originals.push_back(phrase);
    for (const std::string& domain : names_.domains()) originals.push_back(domain);
    for (const auto& [name, token] : key_->table()) {
      const bool kept = redact::is_ordinary(name.second) || options_.keep.count(name.second) != 0;
      if (!kept) originals.push_back(name.second);
    }
    auto leaks = redact::LeakCheck(originals).search(as_bytes(package_.zip));
    if (!leaks) return fail(leaks.error());
    package_.leaks = std::move(*leaks);
    package_.ordinary.assign(names_.ordinary().begin(), names_.ordinary().end());
    package_.key = std::move(key_);
    return {};
  }

  struct Packed {
    std::string role;
    std::string content;
  };

  const Catalogue& catalogue_;
  PackageOptions options_;
  Evidence original_;
  InputList inputs_;
  std::vector<Wanted> wanted_;
  std::map<std::string, std::vector<std::size_t>> by_path_;
  redact::Names names_;
  std::optional<redact::Key> key_;
  std::optional<redact::Redactor> redactor_;
  std::map<std::string, Packed> items_;
  std::vector<MemoryFile> files_;
  std::uint64_t errors_ = 0;
  Package package_;
};

}  // namespace

Result<Package> make_package(const std::vector<std::filesystem::path>& inputs,
                             const Catalogue& catalogue, PackageOptions options) {
  return Builder(catalogue, std::move(options)).build(inputs);
}

}  // namespace dropscope::package
