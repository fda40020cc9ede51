// data/layouts/*.toml: how the lines of one product are laid out.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "evidence/catalogue/layout.h"
#include "evidence/catalogue/table_reader.h"

namespace dropscope {
namespace {

constexpr std::array<std::string_view, kLayoutRoles> kRoleNames = {
    "time",       "date",     "zone",        "unix",      "opened",      "ended",
    "duration",   "client",   "client-port", "server",    "server-port", "first",
    "first-port", "second",   "second-port", "direction", "behind",      "behind-port",
    "bytes-out",  "bytes-in", "user",        "device",    "protocol",    "server-name",
    "reason",     "id"};
constexpr std::array kForms = {LayoutForm::Pattern,     LayoutForm::KeyValue, LayoutForm::Cef,
                               LayoutForm::JsonMembers, LayoutForm::Csv,      LayoutForm::Spaces};
constexpr std::array kUses = {LayoutUse::End, LayoutUse::Begin, LayoutUse::None};
constexpr std::array kSides = {LayoutSide::Unknown,   LayoutSide::Client, LayoutSide::Server,
                               LayoutSide::Middlebox, LayoutSide::Admin,  LayoutSide::Nobody,
                               LayoutSide::Inside,    LayoutSide::Outside};
constexpr std::array kWhys = {
    CloseWhy::Unknown, CloseWhy::Finished, CloseWhy::Reset,  CloseWhy::Idle,  CloseWhy::Age,
    CloseWhy::Silence, CloseWhy::Failed,   CloseWhy::Killed, CloseWhy::Limit, CloseWhy::Refused};

/// "client=srcip", "time=Date/time", "reason=47"; `wanted` gets its slot later.
struct Pair {
  std::string left;
  std::string right;
};

std::optional<Pair> split_pair(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0 || equals + 1 == text.size()) {
    return std::nullopt;
  }
  return Pair{std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
}

layout::Wanted wanted_of(LayoutForm form, const std::string& name, std::size_t slot) {
  layout::Wanted out;
  out.slot = slot;
  const auto position = parse_int(name);
  const bool columns =
      form == LayoutForm::Csv || form == LayoutForm::Spaces || form == LayoutForm::Cef;
  if (columns && position && *position > 0 && *position < 4096) {
    out.position = static_cast<std::size_t>(*position);
  } else {
    out.name = name;
  }
  return out;
}

std::size_t slot_of(LayoutRole role) {
  return static_cast<std::size_t>(role);
}

std::string role_list() {
  return fmt::format("{}", fmt::join(kRoleNames, ", "));
}

/// The fields and conditions of a line that is not a pattern.
void read_fields(File& file, TableReader& row, const toml::table& table, LayoutLine& line) {
  for (const auto& entry : row.optional_texts("fields")) {
    const auto pair = split_pair(entry.value);
    const auto role = pair ? layout_role(pair->left) : std::nullopt;
    if (!role) {
      file.fail_at(table.source(),
                   fmt::format("\"fields\" holds \"{}\"; expected \"role=name\" with a role of: {}",
                               printable(entry.value), role_list()));
      return;
    }
    line.fields.push_back(wanted_of(line.form, pair->right, slot_of(*role)));
  }
  for (const auto& entry : row.optional_texts("require")) {
    const auto pair = split_pair(entry.value);
    if (!pair) {
      file.fail_at(table.source(), fmt::format("\"require\" holds \"{}\"; expected \"name=value\"",
                                               printable(entry.value)));
      return;
    }
    LayoutCondition condition;
    // A pattern's conditions are on its roles, the others' on any field of the line.
    if (line.form == LayoutForm::Pattern) {
      const auto role = layout_role(pair->left);
      if (!role) {
        file.fail_at(table.source(), fmt::format("\"require\" names \"{}\"; expected one of: {}",
                                                 printable(pair->left), role_list()));
        return;
      }
      condition.slot = slot_of(*role);
    } else {
      condition.slot = line.slots++;
      line.fields.push_back(wanted_of(line.form, pair->left, condition.slot));
    }
    for (const std::string_view value : split(pair->right, '|')) {
      condition.any_of.push_back(to_lower_ascii(value));
    }
    line.conditions.push_back(std::move(condition));
  }
  line.by_header =
      std::any_of(line.fields.begin(), line.fields.end(), [&](const layout::Wanted& want) {
        return (line.form == LayoutForm::Csv || line.form == LayoutForm::Spaces) &&
               want.position == 0;
      });
}

LayoutLine read_line(File& file, const toml::table& table) {
  TableReader row(file, table, "[[line]]");
  LayoutLine line;
  line.name = row.text("name");
  line.form = row.one_of("form", kForms).value_or(LayoutForm::Pattern);
  line.use = row.one_of("is", kUses).value_or(LayoutUse::None);
  line.contains = row.optional_text("contains");
  if (line.form == LayoutForm::Pattern) {
    const std::string text = row.text("pattern");
    auto pattern = layout::Pattern::compile(text, [](std::string_view name) {
      const auto role = layout_role(name);
      return role ? std::optional<std::size_t>(slot_of(*role)) : std::nullopt;
    });
    if (pattern) {
      line.pattern = std::move(*pattern);
    } else if (const toml::node* node = row.find("pattern")) {
      file.fail_at(node->source(), pattern.error().message);
    }
  }
  read_fields(file, row, table, line);
  line.sample = row.text("sample");
  line.sample_header = row.optional_text("sample_header");
  for (const auto& entry : row.optional_texts("expect")) {
    const auto pair = split_pair(entry.value);
    const auto role = pair ? layout_role(pair->left) : std::nullopt;
    if (!role) {
      file.fail_at(table.source(), fmt::format("\"expect\" holds \"{}\"; expected \"role=value\"",
                                               printable(entry.value)));
      break;
    }
    line.expected.emplace_back(*role, pair->right);
  }
  row.finish();
  const bool tells_nothing = line.form != LayoutForm::Pattern && line.fields.empty();
  if (tells_nothing && line.contains.empty()) {
    file.fail_at(table.source(),
                 "[[line]] has neither \"fields\", \"require\" nor \"contains\"; "
                 "every line would fit");
  }
  return line;
}

LayoutReason read_reason(File& file, const toml::table& table) {
  TableReader row(file, table, "[[reason]]");
  LayoutReason reason;
  reason.text = row.text("text");
  reason.prefix = reason.text.ends_with('*');
  if (reason.prefix) reason.text.pop_back();
  reason.by = row.one_of("by", kSides).value_or(LayoutSide::Unknown);
  reason.why = row.one_of("why", kWhys).value_or(CloseWhy::Unknown);
  reason.source = row.text("source");
  row.finish();
  return reason;
}

}  // namespace

std::string_view to_string(LayoutRole role) {
  return kRoleNames[static_cast<std::size_t>(role)];
}

std::optional<LayoutRole> layout_role(std::string_view name) {
  const auto* const found = std::find(kRoleNames.begin(), kRoleNames.end(), name);
  if (found == kRoleNames.end()) return std::nullopt;
  return static_cast<LayoutRole>(found - kRoleNames.begin());
}

std::string_view to_string(LayoutForm form) {
  switch (form) {
    case LayoutForm::Pattern:
      return "pattern";
    case LayoutForm::KeyValue:
      return "key-value";
    case LayoutForm::Cef:
      return "cef";
    case LayoutForm::JsonMembers:
      return "json";
    case LayoutForm::Csv:
      return "csv";
    case LayoutForm::Spaces:
      return "spaces";
  }
  return "";
}

std::string_view to_string(LayoutUse use) {
  switch (use) {
    case LayoutUse::End:
      return "end";
    case LayoutUse::Begin:
      return "begin";
    case LayoutUse::None:
      return "none";
  }
  return "";
}

std::string_view to_string(LayoutSide side) {
  switch (side) {
    case LayoutSide::Unknown:
      return "unknown";
    case LayoutSide::Client:
      return "client";
    case LayoutSide::Server:
      return "server";
    case LayoutSide::Middlebox:
      return "middlebox";
    case LayoutSide::Admin:
      return "admin";
    case LayoutSide::Nobody:
      return "nobody";
    case LayoutSide::Inside:
      return "inside";
    case LayoutSide::Outside:
      return "outside";
  }
  return "";
}

Result<Placed<LogLayout>> parse_layout(std::string_view content, const std::string& name) {
  using Out = Placed<LogLayout>;
  const auto fill = [](File& file, TableReader& reader, Out& out) {
    LogLayout& layout = out.value;
    layout.id = reader.text("id");
    out.where = reader.where_of("id");
    layout.title = reader.text("title");
    layout.source = reader.text("source");
    layout.confidence = reader.text("confidence");
    layout.times = reader.optional_plain_texts("times");
    layout.marks = reader.optional_plain_texts("marks");
    layout.duration_unit_s = reader.optional_seconds("duration_unit_s").value_or(1);
    layout.times_are_utc = reader.optional_bool("times_are_utc");
    layout.quiet_lives = reader.optional_bool("quiet_lives");
    layout.of_packets = reader.optional_bool("of_packets");
    for (const toml::table* table : reader.tables("line")) {
      layout.lines.push_back(read_line(file, *table));
    }
    for (const toml::table* table : reader.tables("reason")) {
      layout.reasons.push_back(read_reason(file, *table));
    }
    if (layout.lines.empty()) reader.fail_here("the layout has no [[line]]; expected at least one");
  };
  return read<Out>(content, name, "the layout", fill);
}

}  // namespace dropscope
