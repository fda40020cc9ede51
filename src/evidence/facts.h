#pragma once

// What is known of a computer as pairs of attribute and value, from its inventory and from the
// tables of the site.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "evidence/event.h"

namespace dropscope {

/// Attribute to values.
using Facts = std::map<std::string, std::set<std::string>>;

/// Of each computer, in the order of Evidence::computers: its own attributes; `computer`; every
/// user that a source ties to it; office, segment and vpn of the networks its addresses lie in,
/// pool and load_balancer of its server, where the inventory does not tell them.
[[nodiscard]] std::vector<Facts> facts_of_computers(const Evidence& evidence);

}  // namespace dropscope
