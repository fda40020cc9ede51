#include "formats/clixml/clixml.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/utf16.h"

namespace dropscope::clixml {
namespace {

#ifndef _WIN32

struct Seen {
  std::string path;
  std::string name;
  std::string text;
  std::uint64_t object = 0;
};

std::vector<Seen> values_of(const std::string& objects) {
  const std::string text =
      "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">" +
      objects + "</Objs>";
  std::vector<Seen> seen;
  const auto read = clixml::read(as_bytes(text), [&](const Value& value) {
    seen.push_back(
        {std::string(value.path), std::string(value.name), std::string(value.text), value.object});
  });
  EXPECT_TRUE(read.has_value());
  return seen;
}

TEST(Clixml, ValuesHaveTheirPathNameAndObject) {
  const auto seen = values_of(
      "<Obj RefId=\"0\"><MS><Obj N=\"Ip\"><Props><S N=\"Address\">10.0.0.7</S></Props></Obj></MS>"
      "</Obj><Obj RefId=\"1\"><MS><S N=\"Text\">a_x000A_b</S></MS></Obj>");
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0].path, "Ip/Address");
  EXPECT_EQ(seen[0].name, "Address");
  EXPECT_EQ(seen[0].object, 0u);
  EXPECT_EQ(seen[1].text, "a\nb");
  EXPECT_EQ(seen[1].object, 1u);
}

TEST(Clixml, ALongNameIsCutInThePathAndInTheNameAlike) {
  const auto seen = values_of("<Obj><MS><S N=\"" + std::string(300, 'n') + "\">1</S></MS></Obj>");
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].name, std::string(256, 'n'));
  EXPECT_EQ(seen[0].path, seen[0].name);
}

#endif

}  // namespace
}  // namespace dropscope::clixml
