#pragma once

#include "present/html/parts.h"

namespace dropscope {

/// What was read from pictures: each cell with its part of the picture above it and how sure it is,
/// so that a person can confirm it. Nothing where there is no picture.
void write_pictures(Markup& out, const Page& page);

}  // namespace dropscope
