#include "base/utf16.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "base/stored_utf16.h"

namespace dropscope {
namespace {

RC_GTEST_PROP(Utf16, AnyUnitsConvertAsTheDefinitionSays, ()) {
  // Mostly ASCII, with surrogates and others strewn in, as in real and damaged logs.
  const auto unit = rc::gen::weightedOneOf<char16_t>(
      {{8, rc::gen::map(rc::gen::inRange(0, 0x80), [](int c) { return static_cast<char16_t>(c); })},
       {1, rc::gen::map(rc::gen::inRange(0xD7F0, 0xE010),
                        [](int c) { return static_cast<char16_t>(c); })},
       {1, rc::gen::map(rc::gen::inRange(0, 0x10000),
                        [](int c) { return static_cast<char16_t>(c); })}});
  const auto list = *rc::gen::container<std::vector<char16_t>>(unit);
  const std::u16string units(list.begin(), list.end());
  const std::string text = utf8(units);
  RC_ASSERT(text == utf8_slowly(units));
  RC_ASSERT(is_utf8(text));
}

RC_GTEST_PROP(Utf16, CodePointsGoThereAndBack, ()) {
  const auto points = *rc::gen::container<std::vector<char32_t>>(
      rc::gen::map(rc::gen::inRange(0, 0x110000), [](int c) { return static_cast<char32_t>(c); }));
  std::string text;
  for (const char32_t c : points) append_code_point(text, c);
  RC_ASSERT(is_utf8(text));
  RC_ASSERT(utf8(units_of(to_utf16(text))) == text);
}

RC_GTEST_PROP(Utf16, AnyBytesGiveWellFormedUnits, (const std::string& bytes)) {
  const std::u16string units = units_of(to_utf16(bytes));
  // Well-formed units survive a turn through UTF-8 unchanged.
  RC_ASSERT(units_of(to_utf16(utf8(units))) == units);
  if (is_utf8(bytes)) RC_ASSERT(utf8(units) == bytes);
}

}  // namespace
}  // namespace dropscope
