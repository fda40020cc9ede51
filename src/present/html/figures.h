#pragma once

// The sections of the page that show pictures and the numbers beside them. Each appends one
// <section>, or nothing where there is nothing to show.

#include "present/html/parts.h"

namespace dropscope {

void write_timeline(Markup& out, const Page& page);
void write_scope(Markup& out, const Page& page);   ///< Rates by office, server …
void write_closes(Markup& out, const Page& page);  ///< By party.
void write_uptimes(Markup& out, const Page& page);
void write_hours(Markup& out, const Page& page);
void write_outages(Markup& out, const Page& page);

}  // namespace dropscope
