#include "formats/logwrap/unwrap.h"

#include <fmt/format.h>

#include "base/text.h"
#include "base/time.h"
#include "formats/logwrap/json_strings.h"
#include "formats/text/stamp.h"

namespace dropscope::logwrap {
namespace {

/// Of the collector's object, as written.
struct Parts {
  std::string_view journal;  ///< MESSAGE
  bool journal_is_text = false;
  std::string_view docker;   ///< log
  std::string_view loki;     ///< line
  std::string_view elastic;  ///< message
  std::string_view micros;   ///< __REALTIME_TIMESTAMP
  std::string_view time;
  std::string_view timestamp;
  std::string_view at_timestamp;
  std::string_view host;
  std::string_view program;
  std::string_view process;
  bool stream = false;
  bool labels = false;
};

void put(std::string_view& where, std::string_view value) {
  if (where.empty()) where = value;
}

void take(Parts& parts, const Scalar& scalar) {
  // Elasticsearch's answers hold the document one deeper.
  const bool in_source =
      scalar.depth > 1 && (scalar.parent == "_source" || scalar.above == "_source");
  const int depth = in_source ? scalar.depth - 1 : scalar.depth;
  const std::string_view key = scalar.key;
  if (depth == 1) {
    if (key == "MESSAGE" && parts.journal.empty()) {
      parts.journal = scalar.value;
      parts.journal_is_text = scalar.text;
    } else if (key == "__REALTIME_TIMESTAMP") {
      put(parts.micros, scalar.value);
    } else if (key == "stream") {
      parts.stream = true;
    } else if (key == "labels") {
      parts.labels = true;
    } else if (key == "_PID" || key == "SYSLOG_PID") {
      put(parts.process, scalar.value);
    } else if (!scalar.text) {
      if (key == "timestamp") put(parts.timestamp, scalar.value);
    } else if (key == "log") {
      put(parts.docker, scalar.value);
    } else if (key == "line") {
      put(parts.loki, scalar.value);
    } else if (key == "message") {
      put(parts.elastic, scalar.value);
    } else if (key == "time") {
      put(parts.time, scalar.value);
    } else if (key == "timestamp") {
      put(parts.timestamp, scalar.value);
    } else if (key == "@timestamp") {
      put(parts.at_timestamp, scalar.value);
    } else if (key == "_HOSTNAME" || key == "host") {
      put(parts.host, scalar.value);
    } else if (key == "SYSLOG_IDENTIFIER" || key == "_COMM") {
      put(parts.program, scalar.value);
    }
    return;
  }
  if (depth != 2) return;
  const std::string_view parent = scalar.parent;
  if (parent == "labels") parts.labels = true;
  if (!scalar.text) return;
  if (parent == "host" && (key == "name" || key == "hostname")) put(parts.host, scalar.value);
  if (parent == "process" && key == "name") put(parts.program, scalar.value);
}

/// Nothing for a text that would not be one word of the header.
std::string_view word(std::string_view text) {
  const bool fits = !text.empty() && text.find_first_of(" \\\"\t") == std::string_view::npos;
  return fits ? text : "-";
}

/// "1795927441779495" in µs, ns or another part of a second; or the time as written.
std::string header_time(std::string_view text) {
  std::size_t used = 0;
  if (const auto unix = text::read_stamp(text, "%U", used); unix && used == text.size()) {
    const CivilTime& t = unix->local;
    // `ticks` are of 100 ns.
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:07}Z", static_cast<int>(t.year),
                       static_cast<int>(t.month), static_cast<int>(t.day), static_cast<int>(t.hour),
                       static_cast<int>(t.minute), static_cast<int>(t.second),
                       static_cast<int>(t.ticks));
  }
  return std::string(word(text));
}

/// Whether the line has a header of its own, whose host and time are nearer to the program.
bool has_header(std::string_view line) {
  if (line.starts_with('<') && line.substr(0, 5).find('>') != std::string_view::npos) return true;
  // The beginnings of the times that syslog daemons and programs write in front.
  for (const std::string_view shape :
       {"%b%_%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S"}) {
    std::size_t used = 0;
    if (text::read_stamp(line, shape, used)) return true;
  }
  return false;
}

/// The numbers of bytes, as the journal writes what is not UTF-8.
void append_bytes(std::string& out, std::string_view array) {
  int value = -1;
  for (const char c : array) {
    if (c >= '0' && c <= '9' && value < 256) {
      value = (value < 0 ? 0 : value * 10) + (c - '0');
    } else if (value >= 0) {
      // Other bytes have no place in a line, and none in what is wanted of one.
      out += value >= 0x20 && value < 0x7F ? static_cast<char>(value) : ' ';
      value = -1;
    }
  }
}

std::string_view with_header(std::string& buffer, std::string_view inner, std::string_view time,
                             const Parts& parts) {
  if (has_header(inner) || time.empty()) {
    buffer = inner;
  } else {
    buffer = fmt::format("<14>1 {} {} {} {} - - {}", header_time(time), word(parts.host),
                         word(parts.program), word(parts.process), inner);
  }
  return buffer;
}

std::string_view unwrap_json(std::string_view line, std::string& buffer) {
  Parts parts;
  for_each_scalar(line, [&](const Scalar& scalar) { take(parts, scalar); });
  std::string inner;
  std::string_view time;
  if (!parts.journal.empty() && !parts.micros.empty()) {
    time = parts.micros;
    if (parts.journal_is_text) {
      append_unescaped(inner, parts.journal);
    } else {
      append_bytes(inner, parts.journal);
    }
  } else if (!parts.docker.empty() && parts.stream) {
    time = parts.time;
    append_unescaped(inner, parts.docker);
  } else if (!parts.loki.empty() && (parts.labels || !parts.timestamp.empty())) {
    time = parts.timestamp;
    append_unescaped(inner, parts.loki);
  } else if (!parts.elastic.empty() && !parts.at_timestamp.empty()) {
    time = parts.at_timestamp;
    append_unescaped(inner, parts.elastic);
  } else {
    return line;
  }
  return with_header(buffer, trim(inner), time, parts);
}

/// "2026-11-29T04:41:56.123456789Z": Go writes nine decimals, which no syslog daemon does.
bool is_nanosecond_stamp(std::string_view word) {
  return word.size() == 30 && word.ends_with('Z') && word[19] == '.';
}

/// "2026-11-29T04:41:56.123456789Z stdout F line", and "docker logs -t" without "stdout F".
std::string_view unwrap_stamped(std::string_view line, std::string& buffer) {
  // Day and time without decimals are 20 characters with the zone; offsets and nanoseconds 35.
  const std::size_t end = line.substr(0, 40).find(' ');
  if (end == std::string_view::npos || end < 20 || line[10] != 'T') return line;
  const std::string_view stamp = line.substr(0, end);
  std::string_view rest = line.substr(end + 1);
  const std::string_view flag = rest.size() < 10 ? std::string_view() : rest.substr(7, 2);
  const bool cri = (rest.starts_with("stdout ") || rest.starts_with("stderr ")) &&
                   (flag == "F " || flag == "P ");
  if (cri) return with_header(buffer, rest.substr(9), stamp, {});
  return is_nanosecond_stamp(stamp) ? with_header(buffer, rest, stamp, {}) : line;
}

/// "lb-1  | line"
std::string_view unwrap_compose(std::string_view line) {
  // The names of containers are padded to the longest, of at most 63 characters (RFC 1123).
  const std::size_t bar = line.substr(0, 70).find('|');
  if (bar == std::string_view::npos || bar < 2 || bar + 2 >= line.size()) return line;
  if (line[bar - 1] != ' ' || line[bar + 1] != ' ') return line;
  const std::string_view name = trim(line.substr(0, bar));
  for (const char c : name) {
    const bool fits = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      c == '-' || c == '_' || c == '.';
    if (!fits) return line;
  }
  return line.substr(bar + 2);
}

}  // namespace

std::string_view unwrap(std::string_view line, std::string& buffer) {
  if (line.size() < 3) return line;
  const char first = line.front();
  if (first == '{') return unwrap_json(line, buffer);
  if (first >= '0' && first <= '9') return unwrap_stamped(line, buffer);
  if ((first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z')) return unwrap_compose(line);
  return line;
}

bool LogLines::next(text::Line& line) {
  if (!lines_.next(line)) return false;
  line.text = unwrap(line.text, buffer_);
  return true;
}

}  // namespace dropscope::logwrap
