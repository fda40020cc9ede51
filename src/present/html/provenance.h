#pragma once

// Where everything on the page is from: the inputs with their hashes and damage, and how the
// figures are computed.

#include "present/html/parts.h"

namespace dropscope {

void write_sources(Markup& out, const Page& page);
void write_method(Markup& out, const Page& page);

/// A link from a section to its note among the methods: "loss", "life", "rate", "interval",
/// "timers", "cause", "together", "closes", "who", "hours".
void write_method_link(Markup& out, const Page& page, std::string_view id);

}  // namespace dropscope
