#include "present/text/speech.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/timezone.h"
#include "evidence/catalogue/catalogue.h"
#include "present/present.h"
#include "sample_diagnosis.h"

namespace dropscope::testing {

namespace {

Phrasebook small_book() {
  Phrasebook book;
  book.language = "de";
  book.decimal = ",";
  book.group = ".";
  book.date = "DD.MM.YYYY";
  book.phrases = {
      {"Computers", "Rechner"},
      {"{} losses", "{} Verluste"},
      {"{} of {} lost the connection to {}.", "Die Verbindung zu {3} verloren {1} von {2}."},
      {"No regular interval.", "Kein regelmäßiger Abstand."},
      {"One sentence. And its second.", "Ein Satz. Und sein zweiter."},
      {"{} {}", "{}. {}"},
      {"May", "Mai"},
  };
  return book;
}

}  // namespace

TEST(Speech, EnglishIsUnchanged) {
  const Speech speech;
  EXPECT_EQ(speech.language(), "en");
  EXPECT_EQ(speech.say("{} of {}", {"1", "2"}), "1 of 2");
  EXPECT_EQ(speech.grouped(1234567), "1,234,567");
  EXPECT_EQ(speech.retold("{} anything at all {}"), "{} anything at all {}");
  const Instant t = from_civil_utc({2024, 5, 13, 10, 0, 2, 0, 0}).value();
  EXPECT_EQ(speech.time(TimeZone(), t), "2024-05-13 10:00:02");
}

TEST(Speech, SaysNumbersAndDatesInTheLanguage) {
  const Phrasebook book = small_book();
  const Speech speech(&book);
  EXPECT_EQ(speech.say("Computers"), "Rechner");
  EXPECT_EQ(speech.say("nobody has translated this {}", {"x"}), "nobody has translated this x");
  EXPECT_EQ(speech.grouped(1234567), "1.234.567");
  EXPECT_EQ(speech.timer(2.5), "2,5 s");
  EXPECT_EQ(speech.rate(0.25), "0,25");
  const Instant t = from_civil_utc({2024, 5, 13, 10, 0, 2, 0, 0}).value();
  EXPECT_EQ(speech.time(TimeZone(), t), "13.05.2024 10:00:02");
  EXPECT_EQ(speech.day_of_month(to_civil_utc(t)), "13. Mai");
  EXPECT_EQ(speech.count(2, "{} loss", "{} losses"), "2 Verluste");
}

TEST(Speech, RecognisesFinishedSentences) {
  const Phrasebook book = small_book();
  const Speech speech(&book);
  EXPECT_EQ(speech.retold("1,234 of 46 losses lost the connection to EX01."),
            "Die Verbindung zu EX01 verloren 1.234 von 46 Verluste.");
  EXPECT_EQ(speech.retold("One sentence. And its second. No regular interval."),
            "Ein Satz. Und sein zweiter. Kein regelmäßiger Abstand.");
}

TEST(Speech, TellsSentencesInsideOfSentencesAndLists) {
  Phrasebook book = small_book();
  book.phrases.insert({{"Check whether it is {}: {}.", "Prüfen Sie, ob es {} ist: {}."},
                       {"set it SECONDS", "set it SECONDS"},
                       {"The log shows it.", "Das Protokoll zeigt es."},
                       {"It waits; it does not close.", "Er wartet; er schließt nicht."},
                       {"{} saw how they ended: {}.", "{} sah, wie sie endeten: {}."},
                       {"{} by the server ({})", "{} durch den Server ({})"}});
  const Speech speech(&book);
  // A sentence of a data file stands without its full stop inside of another.
  EXPECT_EQ(speech.retold("Check whether it is lb1: The log shows it."),
            "Prüfen Sie, ob es lb1 ist: Das Protokoll zeigt es.");
  EXPECT_EQ(speech.retell("If so, change it. set it SECONDS.").back().known, true);
  EXPECT_EQ(speech.retold("Check whether it is lb1: It waits; it does not close."),
            "Prüfen Sie, ob es lb1 ist: Er wartet; er schließt nicht.");
  EXPECT_EQ(speech.retold("lb1 saw how they ended: 1,024 by the server (SD); 6 losses."),
            "lb1 sah, wie sie endeten: 1.024 durch den Server (SD); 6 Verluste.");
  EXPECT_EQ(speech.retold("1.5 s of 1 h 20.5 min lost the connection to EX01."),
            "Die Verbindung zu EX01 verloren 1,5 s von 1 h 20,5 min.");
  EXPECT_EQ(speech.retold("6 losses, May of 3 lost the connection to EX01."),
            "Die Verbindung zu EX01 verloren 6 Verluste, Mai von 3.");
  // All of a list, or nothing.
  EXPECT_EQ(speech.retold("lb1 saw how they ended: 24 by the server (SD); 6 by fate."),
            "lb1 sah, wie sie endeten: 24 by the server (SD); 6 by fate.");
}

TEST(Speech, KeepsEnglishWhereItDoesNotKnow) {
  const Phrasebook book = small_book();
  const Speech speech(&book);
  const std::vector<Retold> parts =
      speech.retell("Something new. No regular interval. Something else.");
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(parts[0].text, "Something new. ");
  EXPECT_FALSE(parts[0].known);
  EXPECT_EQ(parts[1].text, "Kein regelmäßiger Abstand. ");
  EXPECT_TRUE(parts[1].known);
  EXPECT_EQ(parts[2].text, "Something else.");
  EXPECT_FALSE(parts[2].known);
  // Half a sentence is not told in one language and half in the other.
  EXPECT_EQ(speech.retold("46 losses were seen."), "46 losses were seen.");
  // A value does not reach over the end of a sentence.
  EXPECT_EQ(speech.retold("Two. Three of 4 lost the connection to EX01."),
            "Two. Die Verbindung zu EX01 verloren Three von 4.");
}

// A name from evidence can hold anything, and no text may grow beyond its size.
TEST(Speech, HostileNamesDoNoHarm) {
  const Phrasebook book = small_book();
  const Speech speech(&book);
  std::string hostile;
  for (int i = 0; i < 20'000; ++i) hostile += " of lost the connection to {} {1}";
  const std::string told = speech.retold(hostile);
  EXPECT_EQ(told, hostile);
  EXPECT_EQ(speech.retold("1 of 2 lost the connection to {1}{}."),
            "Die Verbindung zu {1}{} verloren 1 von 2.");
}

TEST(Phrasebook, CountsPlaceholders) {
  EXPECT_EQ(placeholders_of("none"), 0u);
  EXPECT_EQ(placeholders_of("{} and {}"), 2u);
  EXPECT_EQ(placeholders_of("{2} before {1}"), 2u);
  EXPECT_FALSE(placeholders_of("{2} without the first").has_value());
  EXPECT_FALSE(placeholders_of("{} and {1}").has_value());
  EXPECT_FALSE(placeholders_of("{name}").has_value());
  EXPECT_FALSE(placeholders_of("{").has_value());
}

TEST(GermanReport, TellsEveryReadingOfAnInterval) {
  const auto catalogue = Catalogue::load();
  ASSERT_TRUE(catalogue) << catalogue.error().text();
  const Speech speech(phrasebook_of(*catalogue, "de"));
  for (const std::string_view text : {
           "Also possible: an inactivity timer of 4 h (19 %), a free-running period of 4 h (16 %).",
           "Also possible: fixed times of the clock every 1 d (9 %), two timers at once (8 %).",
           "Also possible: a fixed connection age of 350 s (30 %), outages of many "
           "at "
           "once (7 %), no regular interval at all (6 %).",
           "This is only 53 % sure; the next likely: an inactivity timer of 4 h (19 %).",
           "This is only 53 % sure; the next likely: fixed times of the clock every 1 d (9 %).",
           "This is only 53 % sure; the next likely: two timers at once (19 %).",
           "Two timers are at work at once: a free-running period of 9 h and an inactivity timer "
           "of "
           "60 min.",
           "Two timers are at work at once; the one that shows more has 4 h.",
       }) {
    for (const Retold& part : speech.retell(text)) EXPECT_TRUE(part.known) << part.text;
    EXPECT_EQ(speech.retold(text).find(" of "), std::string::npos) << speech.retold(text);
  }
}

TEST(GermanReport, TellsTheTimesOfAClock) {
  const auto catalogue = Catalogue::load();
  ASSERT_TRUE(catalogue) << catalogue.error().text();
  const Speech speech(phrasebook_of(*catalogue, "de"));
  const auto told = [&](std::string_view times) {
    return speech.retold(
        fmt::format("The connection is lost at fixed times, every {} local time: something runs on "
                    "a schedule then.",
                    times));
  };
  const auto german = [](std::string_view times) {
    return fmt::format(
        "Die Verbindung geht zu festen Zeiten verloren, alle {} Ortszeit: Dann läuft etwas nach "
        "Zeitplan.",
        times);
  };
  EXPECT_EQ(told("1 d at 03:15, 15:45"), german("1 d um 03:15, 15:45"));
  EXPECT_EQ(told("60 min at xx:05"), german("60 min um xx:05"));
  EXPECT_EQ(told("2 h at 00:10, 02:10, …"), german("2 h um 00:10, 02:10, …"));
  EXPECT_EQ(told("1 d at about 03:15"), german("1 d um etwa 03:15"));
  EXPECT_EQ(told("7 d at Thu 00:00, Mon 03:15"), german("7 d um Do 00:00, Mo 03:15"));
  EXPECT_EQ(speech.retold("1 d at 03:15, 15:45 local time: 20 of 21 losses."),
            "1 d um 03:15, 15:45 Ortszeit: 20 von 21 Verlusten.");
}

TEST(GermanReport, IsGermanWhereverTheProgramSpeaks) {
  const auto catalogue = Catalogue::load();
  ASSERT_TRUE(catalogue.has_value());
  const Phrasebook* german = phrasebook_of(*catalogue, "de");
  ASSERT_NE(german, nullptr);
  for (const Sample& s :
       {idle_timer_sample(), fleet_sample(), no_log_sample(), not_enough_sample()}) {
    ReportInput input = s.input();
    input.phrasebook = german;
    const std::string page = render_html(input);
    EXPECT_NE(page.find("<html lang=\"de\">"), std::string::npos);
    for (const char* english :
         {"What to do next", "How the figures are computed", "What was read", "Losses per 24 h",
          "Evidence: ", "computers with", "What happens", "How often"}) {
      EXPECT_EQ(page.find(english), std::string::npos) << english;
    }
    EXPECT_NE(page.find("Was gelesen wurde"), std::string::npos);
  }
}

}  // namespace dropscope::testing
