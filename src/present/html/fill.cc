#include "present/html/fill.h"

#include <set>

#include "base/result.h"

namespace dropscope {

std::string fill_template(std::string_view text, const std::map<std::string, std::string>& values) {
  std::string out;
  std::set<std::string> used;
  for (;;) {
    const std::size_t begin = text.find("{{");
    out += text.substr(0, begin);
    if (begin == std::string_view::npos) break;
    const std::size_t end = text.find("}}", begin);
    check(end != std::string_view::npos, "a {{ in a template has its }}");
    const std::string name(text.substr(begin + 2, end - begin - 2));
    const auto found = values.find(name);
    check(found != values.end(), "template asks for an unknown value: " + name);
    out += found->second;
    used.insert(name);
    text.remove_prefix(end + 2);
  }
  check(used.size() == values.size(), "a value has no place in the template");
  return out;
}

}  // namespace dropscope
