#include "formats/conntrack/conntrack.h"

#include "base/text.h"

namespace dropscope::conntrack {
namespace {

/// A line has some thirty words; more are no line of this program.
constexpr int kMostWords = 64;

class Words {
 public:
  explicit Words(std::string_view line) : rest_(line) {}

  /// Empty at the end.
  std::string_view next() {
    std::size_t at = 0;
    while (at < rest_.size() && (rest_[at] == ' ' || rest_[at] == '\t')) ++at;
    rest_.remove_prefix(at);
    const std::string_view word = rest_.substr(0, rest_.find_first_of(" \t"));
    rest_.remove_prefix(word.size());
    return word;
  }

 private:
  std::string_view rest_;
};

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// "[1795927441.779495]"
std::optional<Instant> stamp_of(std::string_view word) {
  if (word.size() < 4 || word.front() != '[' || word.back() != ']') return std::nullopt;
  word = word.substr(1, word.size() - 2);
  const std::size_t point = word.find('.');
  const std::string_view whole = word.substr(0, point);
  // Eleven digits reach beyond the year 5000.
  if (!all_digits(whole) || whole.size() > 11) return std::nullopt;
  const auto seconds = parse_int(whole);
  if (!seconds) return std::nullopt;
  std::int64_t micros = 0;
  if (point != std::string_view::npos) {
    const std::string_view part = word.substr(point + 1);
    if (!all_digits(part) || part.size() != 6) return std::nullopt;
    micros = parse_int(part).value_or(0);
  }
  return instant_from_unix(*seconds) + std::chrono::microseconds(micros);
}

std::optional<Kind> kind_of(std::string_view word) {
  if (word == "[NEW]") return Kind::New;
  if (word == "[UPDATE]") return Kind::Update;
  if (word == "[DESTROY]") return Kind::Destroy;
  return std::nullopt;
}

/// Words of upper-case letters, digits and "_" behind the protocol: TCP's states.
bool is_state(std::string_view word) {
  for (const char c : word) {
    const bool fits = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (!fits) return false;
  }
  return !word.empty() && !all_digits(word);
}

void set_member(Entry& entry, std::string_view key, std::string_view value, int direction) {
  Tuple& tuple = direction > 1 ? entry.reply : entry.original;
  if (key == "src") {
    tuple.source = value;
  } else if (key == "dst") {
    tuple.target = value;
  } else if (key == "sport") {
    tuple.source_port = value;
  } else if (key == "dport") {
    tuple.target_port = value;
  } else if (key == "bytes") {
    const auto count = parse_int(value);
    tuple.bytes = count && *count > 0 ? static_cast<std::uint64_t>(*count) : 0;
  } else if (key == "id") {
    entry.id = value;
  } else if (key == "delta-time") {
    entry.lived_seconds = parse_int(value);
  } else if (key == "progname") {
    entry.by_program = true;
  }
}

}  // namespace

std::optional<Entry> parse(std::string_view line) {
  Words words(line);
  Entry out;
  std::string_view word = words.next();
  if ((out.stamp = stamp_of(word))) word = words.next();
  if (const auto kind = kind_of(word)) {
    out.kind = *kind;
    word = words.next();
  } else if (out.stamp) {
    return std::nullopt;
  }
  if (word == "ipv4" || word == "ipv6") {
    if (!all_digits(words.next())) return std::nullopt;
    word = words.next();
  }
  out.protocol = word;
  if (out.protocol.empty() || !all_digits(words.next())) return std::nullopt;
  word = words.next();
  if (all_digits(word)) {
    out.left_seconds = parse_int(word);
    word = words.next();
  }
  if (is_state(word)) {
    out.state = word;
    word = words.next();
  }
  int direction = 0;
  for (int i = 0; !word.empty() && i < kMostWords; ++i, word = words.next()) {
    if (word == "[UNREPLIED]") {
      out.unreplied = true;
    } else if (word == "[ASSURED]") {
      out.assured = true;
    } else if (word == "[USERSPACE]") {
      out.by_program = true;
    } else if (const std::size_t equals = word.find('='); equals != std::string_view::npos) {
      const std::string_view key = word.substr(0, equals);
      direction += key == "src" ? 1 : 0;
      set_member(out, key, word.substr(equals + 1), direction);
    }
  }
  const bool both = !out.original.source.empty() && !out.original.target.empty() &&
                    !out.reply.source.empty() && !out.reply.target.empty();
  return both ? std::optional<Entry>(out) : std::nullopt;
}

}  // namespace dropscope::conntrack
