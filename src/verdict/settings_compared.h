#pragma once

// Whether the computers that lose the connection have other settings than those that keep it.
// Internal to this floor.

#include <cstdint>
#include <map>
#include <string>

#include "evidence/catalogue/catalogue.h"
#include "evidence/event.h"
#include "verdict/findings.h"

namespace dropscope {

/// Whether a setting can be why a computer loses connections that others keep.
[[nodiscard]] bool bears_on_losses(const SettingRule& rule);

/// Values of one setting, by computer: those that were read, and the default where the place of the
/// setting was read and it is not there. Computers of which it is not known are left out.
[[nodiscard]] std::map<std::uint32_t, std::string> setting_values(const Evidence& evidence,
                                                                  const SettingRule& rule);

/// `losses` of the component and `days` watched, by computer. Unknown unless settings of at least
/// one computer that loses and one that does not are known, and a setting that matters differs or
/// all are the same.
[[nodiscard]] AspectFinding compare_settings(const Evidence& evidence, const Catalogue& catalogue,
                                             const std::map<std::uint32_t, double>& losses,
                                             const std::map<std::uint32_t, double>& days);

}  // namespace dropscope
