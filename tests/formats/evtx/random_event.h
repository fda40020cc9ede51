#pragma once

// Random events for property tests: every record style, value type and odd string that the writer
// can store.
//
// The same engine state gives the same event on every system, so distributions of the standard
// library, which differ between libraries, are not used.

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "formats/evtx/writer.h"

namespace dropscope::evtx {

/// What may occur; everything by default.
struct RandomEventLimits {
  /// Strings without controls, NULs and unpaired surrogates, and numbers without NaN and infinity:
  /// what XML can carry unchanged.
  bool plain_text_only = false;
  bool inline_style = true;
  bool negative_integers = true;
  bool empty_arrays = true;
  bool markup_in_attributes = true;  ///< The characters <, >, & and quotes there.
  bool lone_markup = true;           ///< Texts that are nothing but one <, > or &.
  /// Types of single Manifest items; Null makes an item vanish.
  std::vector<ValueType> types;
  /// Types of array items in Manifest events.
  std::vector<ValueType> array_types;
  std::size_t max_items = 12;
  std::size_t max_characters = 60;  ///< Of one string.

  RandomEventLimits();
};

/// Draws from [0, bound); 0 when bound is 0.
[[nodiscard]] std::uint64_t draw(std::mt19937_64& engine, std::uint64_t bound);

/// Text of up to `max_characters` characters, sometimes empty: Latin, Greek, Cyrillic, Chinese and
/// emoji, XML's special characters, line ends between other characters.
[[nodiscard]] std::string random_text(std::mt19937_64& engine, std::size_t max_characters);

/// One value, or an array of up to four elements.
[[nodiscard]] OwnedValue random_value(std::mt19937_64& engine, ValueType type, bool array,
                                      const RandomEventLimits& limits);

[[nodiscard]] EventSpec random_event(std::mt19937_64& engine, const RandomEventLimits& limits = {});

}  // namespace dropscope::evtx
