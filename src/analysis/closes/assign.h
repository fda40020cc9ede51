#pragma once

// Whose connection a close was: the computer that had the client's address, or that of its user.

#include <cstdint>
#include <vector>

#include "evidence/event.h"

namespace dropscope {

/// For each of Evidence::closes the computer, or kNoComputer. An address that two computers had at
/// that time tells nothing, nor does one that a network hides its clients behind.
[[nodiscard]] std::vector<std::uint32_t> assign_closes(const Evidence& evidence);

/// Whether the close can be what a client calls a loss: a connection that ended after its work, or
/// never came about, is none.
[[nodiscard]] bool can_be_loss(const Close& close);

}  // namespace dropscope
