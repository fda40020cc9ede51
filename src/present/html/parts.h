#pragma once

// What all sections of the page are made with.

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "present/digest.h"
#include "present/markup.h"
#include "present/present.h"
#include "present/text/speech.h"

namespace dropscope {

/// What every section is given. All references outlive the call.
struct Page {
  const ReportInput& input;
  const Digest& digest;
  const Speech& speech;
};

/// Opens <section> with its heading; the caller closes it. `heading` is in the page's language.
void open_section(Markup& out, std::string_view id, std::string_view heading);

/// Opens a box that scrolls sideways by itself, so that a wide table never widens the page; the
/// caller closes it. Reachable by keyboard.
void open_scroll(Markup& out, std::string_view name);

/// Column headings, English; put into the page's language.
void header_row(Markup& out, const Speech& speech, std::initializer_list<std::string_view> names);

/// What an attribute of computers (a column of clients.csv, a setting) is called.
[[nodiscard]] std::string attribute_name(const std::string& attribute, const Speech& speech);

/// Text from evidence: kept apart from the sentence around it whatever its reading direction.
void foreign(Markup& out, std::string_view text);

/// A name of many parts (host, path), which may be broken after each.
void foreign_name(Markup& out, std::string_view text);

/// A text of the verdict or of a data file. What stays English on a page of another language is
/// marked so, for screen readers.
void retell(Markup& out, const Speech& speech, std::string_view english);

/// A sample of each look with its meaning, which is in the page's language already.
void legend(Markup& out, const std::vector<std::pair<std::string_view, std::string>>& entries);

/// The events behind a sentence, closed until somebody opens them: when, where, what the log says,
/// file, record, offset. Indices into Evidence::events; `total` is how many there are in all.
/// Nothing for no event.
void write_records(Markup& out, const Page& page, const std::vector<std::uint32_t>& events,
                   std::uint64_t total, std::string_view of_what);

}  // namespace dropscope
