#pragma once

// A fixed life and an idle timer both end connections with a FIN after a pause: one capture of many
// of them tells the two apart.

#include "evidence/intake/close_list.h"

namespace dropscope {

/// Where the closes of one server by one side that are called idle are mostly of one age, and their
/// silences differ, it was the age that ended those of that age: CloseWhy::Age. Connections that
/// were never used have the same age and silence, and stay as they are.
void tell_ages(CloseList& closes);

}  // namespace dropscope
