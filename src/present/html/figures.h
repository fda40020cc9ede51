#pragma once

// The sections of the page that show pictures and the numbers beside them.

#include "present/digest.h"
#include "present/markup.h"
#include "present/present.h"

namespace dropscope {

/// Each appends one <section>, or nothing where there is nothing to show.
void write_timeline(Markup& out, const ReportInput& input, const Digest& digest);
void write_uptimes(Markup& out, const ReportInput& input, const Digest& digest);
void write_hours(Markup& out, const ReportInput& input, const Digest& digest);
void write_outages(Markup& out, const ReportInput& input, const Digest& digest);

/// Opens <section> with its heading; the caller closes it.
void open_section(Markup& out, std::string_view id, std::string_view heading);

}  // namespace dropscope
