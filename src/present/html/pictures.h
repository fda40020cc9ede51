#pragma once

#include "evidence/event.h"
#include "present/markup.h"

namespace dropscope {

/// What was read from pictures: each cell with its part of the picture above it and how sure it is,
/// so that a person can confirm it. Nothing where there is no picture.
void write_pictures(Markup& out, const Evidence& evidence);

}  // namespace dropscope
