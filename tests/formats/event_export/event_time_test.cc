#include "formats/event_export/event_time.h"

#include <gtest/gtest.h>

#include <string>

namespace dropscope::event_export {
namespace {

std::string iso(std::string_view text) {
  const auto time = parse_event_time(text);
  if (!time) return "nothing";
  return format_utc(time->instant, 3) + (time->has_zone ? "" : " zone unknown");
}

TEST(EventTime, ReadsWhatMachinesWrite) {
  EXPECT_EQ(iso("2025-09-12T18:16:56.1512470Z"), "2025-09-12T18:16:56.151Z");
  EXPECT_EQ(iso("2012-03-01T12:00:00.000000000Z"), "2012-03-01T12:00:00.000Z");
  EXPECT_EQ(iso("2024-06-18T05:42:06.00811-04:00"), "2024-06-18T09:42:06.008Z");
  EXPECT_EQ(iso("2024-06-18T05:42:06+0200"), "2024-06-18T03:42:06.000Z");
  EXPECT_EQ(iso("2016-07-08 18:12:51.681640 UTC"), "2016-07-08T18:12:51.681Z");
  EXPECT_EQ(iso("2020-10-18 03:38:05.959"), "2020-10-18T03:38:05.959Z zone unknown");
  EXPECT_EQ(iso("/Date(1603279692485)/"), "2020-10-21T11:28:12.485Z");
  EXPECT_EQ(iso("/Date(1603279692485+0200)/"), "2020-10-21T11:28:12.485Z");
  EXPECT_EQ(iso("/Date(-1)/"), "1969-12-31T23:59:59.999Z");
  for (const char* text : {"", "2025-09-12", "/Date()/", "/Date(99999999999999999)/", "12:00",
                           "2025-13-01T00:00:00Z", "2025-09-12T18:16:56 CEST"}) {
    EXPECT_EQ(iso(text), "nothing") << text;
  }
}

std::string shown(std::string_view text, DayMonth order = DayMonth::Unknown) {
  const auto time = parse_shown_time(text);
  if (!time) return "nothing";
  if (order == DayMonth::Unknown) order = time->order();
  if (order == DayMonth::Unknown) return "ambiguous";
  const auto civil = time->civil(order);
  return civil ? format_utc(*from_civil_utc(*civil)) : "no date";
}

TEST(EventTime, ReadsWhatPeopleSee) {
  EXPECT_EQ(shown("27.10.2021 12:28:26"), "2021-10-27T12:28:26Z");
  EXPECT_EQ(shown("10/27/2021 1:28:26 PM"), "2021-10-27T13:28:26Z");
  EXPECT_EQ(shown("10/27/2021 12:28:26 AM"), "2021-10-27T00:28:26Z");
  EXPECT_EQ(shown("10/27/2021 1:28:26\xe2\x80\xafPM"), "2021-10-27T13:28:26Z");
  EXPECT_EQ(shown("27/10/2021 1:28:26 p. m."), "2021-10-27T13:28:26Z");
  EXPECT_EQ(shown("27-10-21 13:28"), "2021-10-27T13:28:00Z");
  EXPECT_EQ(shown("2021/10/27 13:28:26"), "2021-10-27T13:28:26Z");
  EXPECT_EQ(shown("2021-10-27 오후 1:28:26"), "2021-10-27T13:28:26Z");
  EXPECT_EQ(shown("2021. 10. 27. 13:28:26"), "2021-10-27T13:28:26Z");
  EXPECT_EQ(shown("27.10.2021 13.28.26"), "2021-10-27T13:28:26Z");
  EXPECT_EQ(shown("27. 10. 2021 13:28:26"), "2021-10-27T13:28:26Z");
  EXPECT_EQ(shown("03/04/2026 10:00:00"), "ambiguous");
  EXPECT_EQ(shown("03/04/2026 10:00:00", DayMonth::DayFirst), "2026-04-03T10:00:00Z");
  EXPECT_EQ(shown("03/04/2026 10:00:00", DayMonth::MonthFirst), "2026-03-04T10:00:00Z");
  EXPECT_EQ(shown("13/04/2026 10:00:00", DayMonth::MonthFirst), "no date");
  for (const char* text : {"", "10:00", "27.10.2021", "1/2/3 10:00", "27.10/2021 10:00",
                           "31/02/2026 25:00:00", "Outlook", "32/13/2026 10:00", "10.0.0.1:443"}) {
    EXPECT_EQ(shown(text), "nothing") << text;
  }
}

}  // namespace
}  // namespace dropscope::event_export
