#include "formats/evtx/renderer.h"

#include <cstring>

#include "formats/evtx/xml.h"

namespace dropscope::evtx {

void Renderer::grow(std::size_t count) {
  out_->commit(at_);
  at_ = out_->reserve(count);
  room_end_ = at_ + out_->room();
}

bool Renderer::append(TextBuffer& out, const LogRecord& record, std::string_view members) {
  if (!record.event) return true;
  BinXmlReader& reader = record.event->reader();
  generation_ = reader.generation();
  reader_ = &reader;
  record_ = &record;
  out_ = &out;
  at_ = out.reserve(kChunkHeaderBytes);
  room_end_ = at_ + out.room();
  left_ = reader.walk_limit();
  whole_ = true;
  if (format_ == TextFormat::Xml) return append_xml_event(out, *record.event);
  return append_json_event(out, record, members);
}

bool Renderer::append_xml_event(TextBuffer& out, const EventView& event) {
  const std::size_t before = out.size();
  if (run(event.fragment(), JsonPlace::Record, 0)) {
    copy("\n");
    out.commit(at_);
    return whole_;
  }
  out.truncate(before);
  scratch_.clear();
  const bool whole = append_xml(scratch_, *reader_, event.fragment());
  scratch_ += '\n';
  out.append(scratch_);
  return whole;
}

bool Renderer::append_json_event(TextBuffer& out, const LogRecord& record,
                                 std::string_view members) {
  copy("{");
  if (!members.empty()) {
    copy(members);
    copy(",");
  }
  copy("\"offset\":");
  need(24);
  at_ = put_decimal(at_, record.offset);
  const std::size_t before = static_cast<std::size_t>(at_ - out.view().data());
  if (!run(record.event->fragment(), JsonPlace::Record, 0)) {
    // The event expands to far more than its size: no more than its place is told.
    out.commit(at_);
    out.truncate(before);
    at_ = out.reserve(64);
    room_end_ = at_ + out.room();
    copy(",\"record_id\":");
    need(24);
    at_ = put_decimal(at_, record.id);
    copy(",\"data\":[]");
    whole_ = false;
  }
  if (!whole_) copy(",\"data_incomplete\":true");
  if (record.doubtful) copy(",\"doubtful\":true");
  if (record.recovered) copy(",\"recovered\":true");
  copy("}\n");
  out.commit(at_);
  return whole_;
}

const TextPlan& Renderer::plan_of(const Fragment& fragment, JsonPlace place, int depth) {
  const Program& program = *fragment.program;
  const auto make = [&](TextPlan& plan) -> const TextPlan& {
    if (format_ == TextFormat::Xml) {
      plan_xml(plan, program);
    } else {
      plan_json(plan, program, place);
    }
    (void)plan.text.reserve(kPlanSlack);
    return plan;
  };
  if (program.number == Program::kInline) {
    return make(inline_plans_[static_cast<std::size_t>(depth)]);
  }
  PlanTable& table =
      plans_[format_ == TextFormat::Xml ? std::size_t{0} : static_cast<std::size_t>(place)];
  if (table.size() <= program.number) table.resize(program.number + std::size_t{1});
  std::unique_ptr<Plans>& entry = table[program.number];
  if (!entry) entry = std::make_unique<Plans>();
  if (entry->generation != generation_) {
    entry->generation = generation_;
    make(entry->plan);
  }
  return entry->plan;
}

bool Renderer::run(const Fragment& fragment, JsonPlace place, int depth) {
  const TextPlan& plan = plan_of(fragment, place, depth);
  if (!plan.usable || !spend(plan.cost)) return false;
  const auto values = reader_->values_of(fragment, depth);
  static const ValueView kNothing;
  const Step* const steps = plan.steps.data();
  const std::size_t count = plan.steps.size();
  const char* const text = plan.text.view().data();
  for (std::size_t i = 0; i < count;) {
    const Step& step = steps[i];
    if (step.kind == StepKind::Copy) {
      copy_piece(text + step.offset, step.size);
      ++i;
      continue;
    }
    const ValueView& value = step.index < values.size() ? values[step.index] : kNothing;
    if (step.kind == StepKind::Leaf) {
      if (!leaf(step, plan, value, depth)) return false;
      ++i;
      continue;
    }
    if (step.kind == StepKind::SkipIfNull) {
      i = value.vanishes() ? step.target : i + 1;
      continue;
    }
    const bool going = step.kind == StepKind::JsonNumber ? number(step, plan, value)
                                                         : other(step, plan, value, place, depth);
    if (!going) return false;
    ++i;
  }
  return true;
}

bool Renderer::leaf(const Step& step, const TextPlan& plan, const ValueView& value, int depth) {
  if (step.optional && value.vanishes()) return true;
  if (step.repeats && value.array && value.type != ValueType::BinXml && !value.bytes.empty()) {
    bool going = true;
    value.for_each_element([&](const ValueView& item) {
      going = going && spend(step.cost) && leaf_once(step, plan, item, depth);
    });
    return going;
  }
  return leaf_once(step, plan, value, depth);
}

bool Renderer::leaf_once(const Step& step, const TextPlan& plan, const ValueView& value,
                         int depth) {
  if (!spend(1 + value.bytes.size())) return false;
  const char* const piece = plan.text.view().data() + step.offset;
  need(step.size + std::size_t{step.close} + 1 + 2 * kPlanSlack +
       ValueWriter::room_for(value.bytes.size()));
  if (step.comma && at_[-1] != '[') *at_++ = ',';
  put_piece(piece, step.size);
  if (step.markup == Markup::Json) {
    at_ = values_.put_json(at_, value);
  } else if (value.type == ValueType::BinXml && step.markup == Markup::XmlText) {
    if (!nested(value, JsonPlace::Record, depth)) return false;
    need(step.close + kPlanSlack);
  } else {
    at_ = values_.put(at_, value, step.markup);
  }
  put_piece(piece + step.size, step.close);
  return true;
}

bool Renderer::nested(const ValueView& value, JsonPlace place, int depth) {
  bool going = true;
  value.for_each_element([&](const ValueView& part) {
    if (part.bytes.empty() || !going) return;
    const auto fragment =
        reader_->fragment(reader_->offset_of(part.bytes), part.bytes.size(), depth + 1);
    if (!fragment) {
      whole_ = false;
      return;
    }
    going = run(*fragment, place, depth + 1);
  });
  return going;
}

ValueView Renderer::special_value(const Step& step, const TextPlan& plan, const ValueView& value) {
  if (step.index != kNoValue || step.size == 0) return value;
  const std::string_view units = plan.piece(step);
  return ValueView{ValueType::String, false, std::as_bytes(std::span(units))};
}

bool Renderer::number(const Step& step, const TextPlan& plan, const ValueView& value) {
  if (value.vanishes()) return true;
  const std::size_t size = value.bytes.size();
  if (!spend(1 + size)) return false;
  need(step.size + 2 * kPlanSlack + ValueWriter::room_for(size));
  put_piece(plan.text.view().data() + step.offset, step.size);
  const bool text = value.type == ValueType::String || value.type == ValueType::AnsiString;
  const auto number = text ? value.as_u64() : std::nullopt;
  at_ = number ? put_decimal(at_, *number) : values_.put_json(at_, value);
  return true;
}

bool Renderer::other(const Step& step, const TextPlan& plan, const ValueView& value,
                     JsonPlace place, int depth) {
  if (!spend(1 + value.bytes.size())) return false;
  need(ValueWriter::room_for(value.bytes.size()) + 32);
  switch (step.kind) {
    case StepKind::Content:
      if (value.type == ValueType::BinXml) return nested(value, place, depth);
      at_ = values_.put(at_, value, Markup::XmlText);
      return true;
    case StepKind::Attribute:
      at_ = values_.put(at_, value, Markup::XmlAttribute);
      return true;
    case StepKind::BailIfArray:
      return !value.array || value.type == ValueType::BinXml || value.bytes.empty();
    case StepKind::JsonValue:
      at_ = values_.put_json(at_, value);
      return true;
    case StepKind::JsonText:
      at_ = values_.put(at_, value, Markup::Json);
      return true;
    case StepKind::JsonContent:
      if (value.type == ValueType::BinXml) {
        copy("\"data\":[");
        if (!nested(value, JsonPlace::Nested, depth)) return false;
        copy("]");
        return true;
      }
      copy("\"value\":");
      need(ValueWriter::room_for(value.bytes.size()));
      at_ = values_.put_json(at_, value);
      return true;
    case StepKind::JsonEntry:
      if (value.type == ValueType::BinXml) {
        return nested(value, step.optional ? JsonPlace::Payload : JsonPlace::Nested, depth);
      }
      if (value.vanishes()) return true;
      comma();
      copy("{\"value\":");
      need(ValueWriter::room_for(value.bytes.size()));
      at_ = values_.put_json(at_, value);
      copy("}");
      return true;
    case StepKind::JsonComma:
      comma();
      return true;
    case StepKind::JsonRecordId: {
      const auto id = special_value(step, plan, value).as_u64();
      copy(",\"record_id\":");
      need(24);
      at_ = put_decimal(at_, id.value_or(record_->id));
      return true;
    }
    case StepKind::JsonTime: {
      const auto time = special_value(step, plan, value).as_instant();
      need(64);
      copy(",\"time\":\"");
      at_ = values_.put_time(at_, time.value_or(record_->written));
      *at_++ = '"';
      return true;
    }
    default:
      return true;
  }
}

}  // namespace dropscope::evtx
