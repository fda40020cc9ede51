#include "base/guid.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cstdint>

namespace dropscope {
namespace {

RC_GTEST_PROP(Guid, WhatIsWrittenIsRead, (const std::array<std::uint8_t, 16>& bytes)) {
  Guid guid;
  guid.bytes = bytes;
  RC_ASSERT(Guid::parse(guid.to_string()) == guid);
}

}  // namespace
}  // namespace dropscope
