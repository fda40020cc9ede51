#pragma once

// Writes down what a registry reader hands over, one line each.

#include <fmt/format.h>

#include <string>
#include <vector>

#include "formats/registry/registry.h"

namespace dropscope::registry {

struct LogVisitor : Visitor {
  std::vector<std::string> lines;
  std::vector<std::string> damages;

  void key(std::string_view path, std::uint64_t) override {
    lines.push_back(fmt::format("[{}]", path));
  }
  void value(const Value& value) override {
    std::string hex;
    for (const std::byte b : value.data) hex += fmt::format("{:02x}", std::to_integer<int>(b));
    lines.push_back(fmt::format("{}={}:{}", value.name, name_of(value.type), hex));
  }
  void key_deleted(std::string_view path, std::uint64_t) override {
    lines.push_back(fmt::format("[-{}]", path));
  }
  void value_deleted(std::string_view name, std::uint64_t) override {
    lines.push_back(fmt::format("{}=-", name));
  }
  void damage(std::uint64_t place, std::string what) override {
    damages.push_back(fmt::format("{}: {}", place, what));
  }
};

}  // namespace dropscope::registry
