#include "formats/text/code_page.h"

#include <gtest/gtest.h>

#include <string>

namespace dropscope::text {
namespace {

std::string read(std::string_view bytes) {
  std::string out;
  append_code_page(out, bytes, guess_code_page(bytes));
  return out;
}

TEST(CodePage, TellsTheConsolesPageFromThatOfPrograms) {
  EXPECT_EQ(read("Verbindung ge\x94"
                 "ffnet, Gr\x94\xe1"
                 "e"),
            "Verbindung geöffnet, Größe");
  EXPECT_EQ(read("Verbindung ge\xf6"
                 "ffnet, Gr\xf6\xdf"
                 "e"),
            "Verbindung geöffnet, Größe");
  EXPECT_EQ(read("La connexion a \x82t\x82 perdue"), "La connexion a été perdue");
  EXPECT_EQ(read("La connexion a \xe9t\xe9 perdue"), "La connexion a été perdue");
  EXPECT_EQ(read("it\x92s \x93quoted\x94 \x96 so"), "it’s “quoted” – so");
  EXPECT_EQ(guess_code_page("ascii"), CodePage::Windows1252);
}

}  // namespace
}  // namespace dropscope::text
