#include "formats/event_export/event_xml.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>

#include "base/text.h"
#include "base/utf16.h"
#include "formats/event_export/event_time.h"
#include "formats/event_export/xml_scanner.h"

namespace dropscope::event_export {
namespace {

/// The event's own limit is 64 KiB of BinXML (MS-EVEN6, maximum size of an event); with its
/// rendered message and entities it stays far below this.
constexpr std::size_t kMaxEventBytes = std::size_t{8} << 20;
/// UserData nests as its provider likes; the deepest seen is 9.
constexpr std::size_t kMaxDepth = 64;
/// Data items of one event: EVT_MAX of ETW is 128, UserData may hold lists.
constexpr std::size_t kMaxItems = 65536;
/// From <Event to <System in one event.
constexpr std::size_t kMaxBeginBytes = 1024;

/// Of what was found instead, in a message.
constexpr std::size_t kShownBytes = 24;

constexpr std::string_view kEvent = "<Event";

bool is_blank_or_mark(char c) {
  // Event Viewer's XML view has "- " before what can be folded.
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '-' || c == '+';
}

enum class Begin : std::uint8_t { No, Yes, Unknown };

/// Whether an event begins at `at`, where "<Event" stands. Unknown: the text ends too early.
Begin begins_event(std::string_view text, std::size_t at) {
  std::string_view rest = text.substr(at + kEvent.size());
  const bool whole = rest.size() >= kMaxBeginBytes;
  rest = rest.substr(0, kMaxBeginBytes);
  const Begin otherwise = whole ? Begin::No : Begin::Unknown;
  if (rest.empty()) return Begin::Unknown;
  const char after = rest.front();
  if (after != '>' && after != ' ' && after != '\t' && after != '\r' && after != '\n') {
    return Begin::No;
  }
  const std::size_t end = rest.find('>');
  if (end == std::string_view::npos) return otherwise;
  if (rest[end == 0 ? 0 : end - 1] == '/') return Begin::No;
  if (rest.substr(0, end).find('<') != std::string_view::npos) return Begin::No;
  std::size_t next = end + 1;
  for (;;) {
    while (next < rest.size() && is_blank_or_mark(rest[next])) ++next;
    if (!rest.substr(next).starts_with("<!--")) break;
    const std::size_t close = rest.find("-->", next);
    if (close == std::string_view::npos) return otherwise;
    next = close + 3;
  }
  constexpr std::string_view kSystem = "<System";
  const std::string_view head = rest.substr(next, kSystem.size() + 1);
  if (head.size() <= kSystem.size()) {
    return kSystem.starts_with(head) ? otherwise : Begin::No;
  }
  if (!head.starts_with(kSystem)) return Begin::No;
  const char last = head.back();
  return last == '>' || last == ' ' || last == '\r' || last == '\n' || last == '\t' ? Begin::Yes
                                                                                    : Begin::No;
}

bool is_ascii(std::string_view text) {
  std::size_t i = 0;
  std::uint64_t any = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + i, 8);
    any |= word;
  }
  for (; i < text.size(); ++i) any |= static_cast<unsigned char>(text[i]);
  return (any & 0x8080808080808080) == 0;
}

enum class Section : std::uint8_t { None, System, Data, Rendering, Other };

Section section_of(std::string_view name) {
  if (name == "System") return Section::System;
  if (name == "EventData" || name == "UserData") return Section::Data;
  if (name == "RenderingInfo") return Section::Rendering;
  return Section::Other;
}

enum class End : std::uint8_t { Whole, Cut, Broken, NextEvent };

struct Walk {
  End end = End::Broken;
  std::size_t at = 0;  ///< Whole: after the event. Otherwise: where it stopped.
  bool has_id = false;
  bool has_time = false;
  std::string_view time;  ///< As written.
};

/// Follows one event from its "<Event", with which the text begins.
class EventWalk {
 public:
  EventWalk(std::string_view text, XmlEvent& event) : text_(text), event_(event), scanner_(text) {}

  Walk run() {
    Tag tag;
    for (;;) {
      const TagKind kind = scanner_.next(tag);
      walk_.at = tag.begin;
      if (kind == TagKind::End || kind == TagKind::Cut) return stop(End::Cut);
      if (kind == TagKind::Bad) return stop(End::Broken);
      if (kind == TagKind::Close) {
        if (depth_ == 0 || names_[depth_ - 1] != tag.name) return stop(End::Broken);
        --depth_;
        if (leaf_) element(tag.name, attributes_, scanner_.between(content_, tag.begin));
        leaf_ = false;
        if (depth_ == 0) {
          walk_.at = tag.end;
          return stop(End::Whole);
        }
        continue;
      }
      if (depth_ > 0 && tag.name == "Event" && begins_event(text_, tag.begin) == Begin::Yes) {
        return stop(End::NextEvent);
      }
      if (depth_ == 1) section_ = section_of(tag.name);
      if (kind == TagKind::Empty) {
        if (depth_ == 0) return stop(End::Broken);
        leaf_ = false;
        if (depth_ >= 2) element(tag.name, tag.attributes, {});
        continue;
      }
      if (depth_ == kMaxDepth) return stop(End::Broken);
      names_[depth_++] = tag.name;
      leaf_ = depth_ >= 3;
      attributes_ = tag.attributes;
      content_ = tag.end;
    }
  }

 private:
  Walk stop(End end) {
    walk_.end = end;
    return walk_;
  }

  /// An element without elements in it; its depth is that of its parent plus one.
  void element(std::string_view name, std::string_view attributes, std::string_view content) {
    switch (section_) {
      case Section::System:
        if (depth_ == 2) system(name, attributes, content);
        break;
      case Section::Data:
        data(name, attributes, content);
        break;
      case Section::Rendering:
        if (depth_ == 2 && name == "Message") event_.message = content;
        break;
      case Section::None:
      case Section::Other:
        break;
    }
  }

  void system(std::string_view name, std::string_view attributes, std::string_view content) {
    if (name == "Provider") {
      event_.provider = attribute(attributes, "Name").value_or("");
      if (event_.provider.empty()) {
        event_.provider = attribute(attributes, "EventSourceName").value_or("");
      }
    } else if (name == "EventID") {
      const auto id = parse_int(trim(content));
      walk_.has_id = id && *id >= 0 && *id <= 0xffff;
      if (walk_.has_id) event_.event_id = static_cast<std::uint16_t>(*id);
    } else if (name == "TimeCreated") {
      walk_.time = attribute(attributes, "SystemTime").value_or("");
      if (const auto time = parse_event_time(walk_.time)) {
        event_.time = time->instant;
        event_.assumed_zone = !time->has_zone;
        walk_.has_time = true;
      }
    } else if (name == "EventRecordID") {
      event_.record_id = static_cast<std::uint64_t>(
          std::max<std::int64_t>(0, parse_int(trim(content)).value_or(0)));
    } else if (name == "Channel") {
      event_.channel = content;
    } else if (name == "Computer") {
      event_.computer = content;
    } else if (name == "Level") {
      event_.level = static_cast<int>(
          std::clamp<std::int64_t>(parse_int(trim(content)).value_or(-1), -1, 255));
    } else if (name == "Security") {
      event_.user_id = attribute(attributes, "UserID").value_or("");
    }
  }

  void data(std::string_view name, std::string_view attributes, std::string_view content) {
    if (event_.items.size() >= kMaxItems) return;
    if (name == "Data") {
      event_.items.push_back({attribute(attributes, "Name").value_or(""), content});
    } else {
      event_.items.push_back({name, content});
    }
  }

  std::string_view text_;
  XmlEvent& event_;
  XmlScanner scanner_;
  Walk walk_;
  std::array<std::string_view, kMaxDepth> names_;
  std::size_t depth_ = 0;
  Section section_ = Section::None;
  bool leaf_ = false;
  std::string_view attributes_;
  std::size_t content_ = 0;
};

void clear(XmlEvent& event) {
  std::vector<XmlEvent::RawItem> items = std::move(event.items);
  items.clear();
  event = XmlEvent{};
  event.items = std::move(items);
}

}  // namespace

bool holds_event_xml(std::string_view text) {
  for (std::size_t at = text.find(kEvent); at != std::string_view::npos;
       at = text.find(kEvent, at + 1)) {
    if (begins_event(text, at) == Begin::Yes) return true;
  }
  return false;
}

void EventXmlReader::trouble(std::uint64_t lost, std::string what) {
  after_damage_ = true;
  if (report_) report_({window_.offset(), window_.line(), lost, std::move(what)});
}

bool EventXmlReader::is_text(std::string_view span) const {
  if (is_ascii(span)) return true;
  // Random bytes hold both within a few dozen; text of an old code page has no control characters.
  const bool control = std::any_of(span.begin(), span.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\r' && c != '\n';
  });
  if (window_.encoding() == text::Encoding::Utf8) return !control || is_utf8(span);
  // In UTF-16 one unit of 32 of random bytes is half a pair, which was made U+FFFD. A message that
  // was converted wrongly long ago may hold a few of them.
  constexpr std::string_view kReplacement = "\xef\xbf\xbd";
  std::size_t count = control ? 4 : 0;
  for (std::size_t at = span.find(kReplacement); at != std::string_view::npos && count < 8;
       at = span.find(kReplacement, at + kReplacement.size())) {
    ++count;
  }
  return count < 8;
}

bool EventXmlReader::find_event() {
  for (;;) {
    const std::string_view view = window_.view();
    std::size_t at = view.find(kEvent);
    Begin begins = Begin::No;
    while (at != std::string_view::npos) {
      begins = begins_event(view, at);
      if (begins != Begin::No) break;
      at = view.find(kEvent, at + 1);
    }
    // The end of the window may cut the mark itself.
    const std::size_t passed =
        at != std::string_view::npos ? at : view.size() - std::min(view.size(), kEvent.size() - 1);
    // An end without a beginning: the beginning is missing. Directly behind a damaged event it is
    // that event's own.
    if (view.substr(0, passed).find("</Event>") != std::string_view::npos) {
      if (!after_damage_) trouble(1, "expected the beginning of an event, found the end of one");
    }
    if (begins == Begin::Yes) {
      window_.pass(at);
      return true;
    }
    window_.pass(passed);
    if (window_.extend()) continue;
    if (begins == Begin::Unknown && any_) {
      trouble(1, "expected the end of the event, found the end of the file");
    }
    return false;
  }
}

bool EventXmlReader::next(XmlEvent& event) {
  window_.pass(pending_);
  pending_ = 0;
  while (find_event()) {
    after_damage_ = false;
    const auto run = [&] {
      clear(event);
      return EventWalk(window_.view().substr(0, kMaxEventBytes), event).run();
    };
    Walk walk = run();
    while (walk.end == End::Cut && window_.view().size() < kMaxEventBytes && window_.extend()) {
      walk = run();
    }
    any_ = true;
    const std::string_view view = window_.view();
    std::string what;
    if (walk.end == End::Cut) {
      what = window_.view().size() < kMaxEventBytes
                 ? "expected the end of the event, found the end of the file"
                 : fmt::format("expected the end of the event within {} bytes", kMaxEventBytes);
    } else if (walk.end == End::NextEvent) {
      what = "expected the end of the event, found the next one";
    } else if (!is_text(view.substr(0, walk.at + kShownBytes))) {
      what = "expected text, found bytes that are none";
    } else if (walk.end == End::Broken) {
      what = fmt::format("expected elements that nest, found \"{}\"",
                         printable(view.substr(walk.at, kShownBytes)));
    } else if (!walk.has_id) {
      what = "an event without a number (EventID)";
    } else if (!walk.has_time) {
      what = fmt::format("expected a time in TimeCreated, found \"{}\"",
                         printable(walk.time.substr(0, 40)));
    } else {
      pending_ = walk.at;
      const std::string_view span = view.substr(0, walk.at);
      if (!is_ascii(span) && !is_utf8(span)) {
        // Markup is ASCII in every page, so the converted event has the same shape.
        code_page_ = text::guess_code_page(span);
        converted_.clear();
        text::append_code_page(converted_, span, code_page_);
        clear(event);
        EventWalk(converted_, event).run();
        event.assumed_code_page = true;
      }
      event.offset = window_.offset();
      event.provider = decoded(event.provider, provider_);
      event.channel = decoded(trim(event.channel), channel_);
      event.computer = decoded(trim(event.computer), computer_);
      return true;
    }
    trouble(1, std::move(what));
    window_.pass(walk.end == End::NextEvent ? walk.at : kEvent.size());
  }
  return false;
}

void data_of_fragment(std::string_view xml, std::vector<Item>& items) {
  XmlScanner scanner(xml);
  Tag tag;
  Tag open;
  bool leaf = false;
  while (items.size() < kMaxItems) {
    const TagKind kind = scanner.next(tag);
    if (kind != TagKind::Open && kind != TagKind::Empty && kind != TagKind::Close) return;
    const bool container =
        tag.name == "EventData" || tag.name == "UserData" || tag.name == "DataItem";
    if (kind == TagKind::Close) {
      if (leaf && tag.name == open.name) {
        Item& item = items.emplace_back();
        const auto named = attribute(open.attributes, "Name");
        if (named) {
          decode_text(item.name, *named);
        } else if (open.name != "Data" && open.name != "Param") {
          item.name = open.name;
        }
        decode_text(item.text, scanner.between(open.end, tag.begin));
      }
      leaf = false;
    } else {
      leaf = kind == TagKind::Open && !container;
      open = tag;
    }
  }
}

void decode_items(const XmlEvent& event, std::vector<Item>& items) {
  items.resize(event.items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    items[i].name.clear();
    items[i].text.clear();
    decode_text(items[i].name, event.items[i].name);
    decode_text(items[i].text, event.items[i].text);
  }
}

}  // namespace dropscope::event_export
