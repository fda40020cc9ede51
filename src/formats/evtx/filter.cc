#include "formats/evtx/filter.h"

#include <algorithm>

namespace dropscope::evtx {
namespace {

std::vector<NamePattern> patterns_of(const std::vector<std::string>& names) {
  return {names.begin(), names.end()};
}

bool any_fits(const std::vector<NamePattern>& patterns, Utf16View name) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const NamePattern& pattern) { return pattern.matches(name); });
}

/// Up to the first dot.
Utf16View first_label(Utf16View name) {
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == u'.') return name.substr(0, i);
  }
  return name;
}

/// Calls `use` with the text of a value. Names are strings wherever Windows writes them; text is
/// made only of what is none.
template <typename Use>
bool with_text(const ValueView& value, Use&& use) {
  if ((value.type == ValueType::String && !value.array) || value.bytes.empty()) {
    return use(value.as_utf16());
  }
  const std::u16string stored = to_utf16(value.to_text());
  return use(
      Utf16View(Bytes(reinterpret_cast<const std::byte*>(stored.data()), 2 * stored.size())));
}

std::uint64_t number_of(const ValueView& value) {
  // What nearly every event id is; the rest is left to the general way.
  if (value.type == ValueType::UInt16 && !value.array && value.bytes.size() == 2) {
    return load_le<std::uint16_t>(value.bytes.data());
  }
  return value.as_u64().value_or(0);
}

/// The field's operation; null when the event has none.
const Op* op_of(const Program& program, Field field) {
  const std::uint32_t at = program.fields[static_cast<std::size_t>(field)];
  return at == 0 ? nullptr : &program.ops[at];
}

}  // namespace

FilterProgram::FilterProgram(const Filter& filter)
    : providers_(patterns_of(filter.providers)),
      computers_(patterns_of(filter.computers)),
      channels_(patterns_of(filter.channels)),
      levels_(filter.levels),
      from_(filter.from),
      until_(filter.until),
      first_record_id_(filter.first_record_id.value_or(0)),
      last_record_id_(filter.last_record_id.value_or(~std::uint64_t{0})),
      texts_(filter.texts) {
  const auto ask = [&](Kind kind, bool asked) { asked_[static_cast<std::size_t>(kind)] = asked; };
  ask(Kind::Id, !filter.ids.empty());
  ask(Kind::Level, !levels_.empty());
  ask(Kind::Source, !filter.sources.empty());
  ask(Kind::Provider, !providers_.empty());
  ask(Kind::Channel, !channels_.empty());
  ask(Kind::Computer, !computers_.empty());
  ask(Kind::Time, from_ || until_);
  ask(Kind::RecordId, filter.first_record_id || filter.last_record_id);
  ask(Kind::Text, !texts_.empty());
  for (const std::uint16_t id : filter.ids) ids_.set(id);
  for (const Filter::Source& source : filter.sources) {
    if (source.ids.empty()) source_ids_.set();
    for (const std::uint16_t id : source.ids) source_ids_.set(id);
    CompiledSource& compiled =
        sources_.emplace_back(CompiledSource{NamePattern(source.provider), source.ids, {}});
    if (!source.channel.empty()) compiled.channel.emplace(source.channel);
  }
}

bool FilterProgram::value_holds(Kind kind, const ValueView& value) const {
  switch (kind) {
    case Kind::Id:
      return ids_.test(static_cast<std::uint16_t>(number_of(value)));
    case Kind::Level:
      return std::find(levels_.begin(), levels_.end(), value.as_u64().value_or(0)) != levels_.end();
    case Kind::Provider:
      return any_fits(providers_, value.as_utf16());
    case Kind::Channel:
      return with_text(value, [&](Utf16View name) { return any_fits(channels_, name); });
    case Kind::Computer:
      return with_text(value, [&](Utf16View name) {
        const Utf16View label = first_label(name);
        return std::any_of(computers_.begin(), computers_.end(), [&](const NamePattern& pattern) {
          return pattern.matches(name) || (!pattern.has_dot() && pattern.matches(label));
        });
      });
    default:
      return true;
  }
}

void FilterProgram::prepare(TemplateTest& test, BinXmlReader& reader, const Program& program) {
  test.generation = reader.generation();
  test.verdict = Verdict::Reject;
  test.count = 0;
  for (std::size_t i = 0; i < kKinds; ++i) {
    if (!asked_[i]) continue;
    const auto kind = static_cast<Kind>(i);
    const Field field = kFieldOf[i];
    bool open = true;  // Whether it depends on the record.
    if (kind == Kind::Source) {
      if (!prepare_sources(test, program)) return;
    } else if (field != Field::kCount && kind != Kind::Time && kind != Kind::RecordId) {
      const Op* op = op_of(program, field);
      open = op != nullptr && op->kind == OpKind::Substitution;
      if (!open && !value_holds(kind, op == nullptr ? ValueView{} : program.literal_of(*op)))
        return;
    }
    if (open) test.kinds[test.count++] = kind;
  }
  test.verdict = test.count == 0 ? Verdict::Accept : Verdict::NeedsValues;
}

bool FilterProgram::prepare_sources(TemplateTest& test, const Program& program) const {
  // A literal rules out the sources that it does not fit.
  const auto possible = [&](Field field, auto&& fits) {
    const Op* op = op_of(program, field);
    if (op != nullptr && op->kind == OpKind::Substitution) return true;
    return fits(op == nullptr ? ValueView{} : program.literal_of(*op));
  };
  test.sources.clear();
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    const CompiledSource& source = sources_[i];
    const bool fits =
        possible(Field::ProviderName,
                 [&](const ValueView& v) { return source.provider.matches(v.as_utf16()); }) &&
        possible(Field::EventId,
                 [&](const ValueView& v) { return has_id(source, number_of(v)); }) &&
        possible(Field::Channel, [&](const ValueView& v) { return has_channel(source, v); });
    if (fits) test.sources.push_back(static_cast<std::uint32_t>(i));
  }
  return !test.sources.empty();
}

bool FilterProgram::has_id(const CompiledSource& source, std::uint64_t number) {
  const auto id = static_cast<std::uint16_t>(number);
  return source.ids.empty() ||
         std::find(source.ids.begin(), source.ids.end(), id) != source.ids.end();
}

bool FilterProgram::has_channel(const CompiledSource& source, const ValueView& channel) {
  return !source.channel ||
         with_text(channel, [&](Utf16View name) { return source.channel->matches(name); });
}

bool FilterProgram::source_holds(const TemplateTest& test, const EventView& event) const {
  const std::uint64_t id = number_of(event.field(Field::EventId));
  if (!source_ids_.test(static_cast<std::uint16_t>(id))) return false;
  const Utf16View provider = event.provider();
  return std::any_of(test.sources.begin(), test.sources.end(), [&](std::uint32_t i) {
    const CompiledSource& source = sources_[i];
    return has_id(source, id) && source.provider.matches(provider) &&
           has_channel(source, event.field(Field::Channel));
  });
}

bool FilterProgram::run(const TemplateTest& test, BinXmlReader& reader, const Fragment& fragment,
                        std::uint64_t record_id, Instant written) {
  const EventView event(reader, fragment);
  for (std::size_t i = 0; i < test.count; ++i) {
    const Kind kind = test.kinds[i];
    bool holds = false;
    switch (kind) {
      case Kind::Source:
        holds = source_holds(test, event);
        break;
      case Kind::Time: {
        const Instant time = event.time_created().value_or(written);
        holds = !(from_ && time < *from_) && !(until_ && time >= *until_);
        break;
      }
      case Kind::RecordId: {
        const std::uint64_t id = event.number(Field::RecordId, record_id);
        holds = id >= first_record_id_ && id <= last_record_id_;
        break;
      }
      case Kind::Text:
        holds = texts_.found_in(reader, fragment);
        break;
      default:
        holds = value_holds(kind, event.field(kFieldOf[static_cast<std::size_t>(kind)]));
        break;
    }
    if (!holds) return false;
  }
  return true;
}

}  // namespace dropscope::evtx
