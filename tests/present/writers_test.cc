// What the writers promise beyond their exact bytes.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "base/bytes.h"
#include "base/text.h"
#include "formats/csv/csv.h"
#include "present/json/json_stream.h"
#include "present/present.h"
#include "present/text/layout.h"
#include "present/text/wording.h"
#include "sample_diagnosis.h"

namespace dropscope::testing {

TEST(Terminal, KeepsItsWidthExceptForCommands) {
  for (const Sample& s :
       {idle_timer_sample(), fleet_sample(), no_log_sample(), not_enough_sample()}) {
    std::set<std::string> commands;
    for (const NextStep& step : s.diagnosis.verdict.next_steps) commands.insert(step.command);
    commands.insert(s.diagnosis.verdict.decision.next_step.command);
    for (const ChecklistStep& step : s.diagnosis.verdict.checklist) commands.insert(step.command);
    for (const int width : {40, 60, 80, 120, 200}) {
      for (const bool unicode : {true, false}) {
        std::istringstream lines(
            render_terminal(s.input(), {.colour = false, .width = width, .unicode = unicode}));
        for (std::string line; std::getline(lines, line);) {
          if (commands.count(std::string(trim(line))) == 1) continue;
          EXPECT_LE(display_width(line), static_cast<std::size_t>(width)) << line;
        }
      }
    }
  }
}

TEST(Terminal, HeadlineFirstAndZoneLast) {
  const Sample s = idle_timer_sample();
  const std::string text = render_terminal(s.input(), {.colour = false, .width = 200});
  EXPECT_LT(text.find(s.diagnosis.verdict.headline), 120u);
  EXPECT_GT(text.find("Time zone: Europe/Berlin, reported by"), text.size() - 120);
}

// The cause and the kind of interval have probabilities of their own; a reader of two bare numbers
// takes them for a contradiction.
TEST(Writers, SayWhatEachOfTheTwoProbabilitiesIsOf) {
  Sample s = idle_timer_sample();
  s.diagnosis.verdict.decision.probability = 0.75;
  s.diagnosis.verdict.probability = 0.95;
  const std::string_view note_start = "The kind of interval and its cause are two questions";
  const auto flat = [](std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
  };
  const auto outputs = [&] {
    std::string page = render_html(s.input());
    for (const std::string_view tag : {"<strong>", "</strong>"}) {
      for (std::size_t at = 0; (at = page.find(tag, at)) != std::string::npos;) {
        page.erase(at, tag.size());
      }
    }
    return std::vector<std::string>{
        flat(render_terminal(s.input(), {.colour = false, .width = 300})),
        render_markdown(s.input()), page};
  };
  for (const std::string& text : outputs()) {
    for (const std::string_view told : std::vector<std::string_view>{
             "How sure of the cause: 75 %", "How sure of the kind of interval: 95 %", note_start}) {
      EXPECT_NE(text.find(told), std::string::npos) << told;
    }
  }
  // One number needs no explanation.
  s.diagnosis.verdict.probability.reset();
  for (const std::string& text : outputs()) {
    EXPECT_EQ(text.find("kind of interval:"), std::string::npos);
    EXPECT_EQ(text.find(note_start), std::string::npos);
  }
}

TEST(Writers, OtherCausesHaveTheTitlesOfTheCatalogue) {
  Sample s = idle_timer_sample();
  s.catalogue.causes = Catalogue::load().value().causes;
  s.diagnosis.verdict.decision.candidates = {{"idle-timeout", 0.6},
                                             {"lease", 0.2},
                                             {"vpn-session", 0.1},
                                             {"no-such-cause", 0.06},
                                             {"wifi", 0.04}};
  const std::string expected =
      "Also possible: Address lease that is not renewed in place (20 %), Session or idle limit of "
      "the VPN (10 %), no-such-cause (6 %).";
  std::string terminal = render_terminal(s.input(), {.colour = false, .width = 300});
  std::replace(terminal.begin(), terminal.end(), '\n', ' ');  // Long lines are wrapped.
  EXPECT_NE(terminal.find(expected), std::string::npos);
  EXPECT_NE(render_markdown(s.input()).find(expected), std::string::npos);
  EXPECT_NE(render_html(s.input()).find(expected), std::string::npos);
}

TEST(Writers, FewerThanFivePercentAreNoOtherCause) {
  Sample s = idle_timer_sample();
  s.diagnosis.verdict.decision.candidates = {{"idle-timeout", 0.96}, {"lease", 0.04}};
  EXPECT_EQ(render_terminal(s.input(), {.colour = false, .width = 300}).find("Also possible"),
            std::string::npos);
}

TEST(Terminal, AsciiIsAscii) {
  const std::string text =
      render_terminal(fleet_sample().input(), {.colour = false, .width = 80, .unicode = false});
  for (const char c : text) EXPECT_LT(static_cast<unsigned char>(c), 0x80);
}

// Every sentence of the verdict is in every output.
TEST(Writers, AllSayTheSame) {
  const Sample s = idle_timer_sample();
  const Verdict& v = s.diagnosis.verdict;
  const auto json = nlohmann::json::parse(render_json(s.input()));
  const std::string page = render_html(s.input());
  // Wide enough that no sentence is wrapped would still be cut at the prose width, so breaks become
  // spaces.
  std::string terminal = render_terminal(s.input(), {.colour = false, .width = 120});
  std::string flat;
  for (const char c : terminal) {
    const char each = c == '\n' ? ' ' : c;
    if (each != ' ' || flat.empty() || flat.back() != ' ') flat += each;
  }
  const auto in_page = [&](std::string text) {
    std::string escaped;
    for (const char c : text) {
      if (c == '\'') {
        escaped += "&#39;";
      } else if (c == '>') {
        escaped += "&gt;";
      } else {
        escaped += c;
      }
    }
    return page.find(escaped) != std::string::npos;
  };
  ASSERT_EQ(json["verdict"]["statements"].size(), v.statements.size());
  for (const Statement& each : v.statements) {
    EXPECT_TRUE(in_page(each.text)) << each.text;
    EXPECT_NE(flat.find(each.text), std::string::npos) << each.text;
  }
  ASSERT_EQ(json["verdict"]["timers"].size(), v.candidates.size());
  for (const CandidateTimer& c : v.candidates) {
    for (const std::string& text : {c.timer.product, c.timer.confirm, c.timer.change, c.reason}) {
      EXPECT_TRUE(in_page(text)) << text;
      EXPECT_NE(flat.find(text), std::string::npos) << text;
    }
  }
  const Decision& d = v.decision;
  EXPECT_EQ(json["verdict"]["cause"], d.cause);
  EXPECT_NE(terminal.find("IDLE TIME-OUT OF A DEVICE ON THE WAY (93 %)"), std::string::npos);
  EXPECT_TRUE(in_page(d.title + " (93 %)"));
  std::vector<std::string> said = {d.summary, d.next_step.what, d.next_step.command};
  for (const CauseVerdict& c : d.verdicts) {
    said.push_back(c.title);
    said.insert(said.end(), c.reasons_for.begin(), c.reasons_for.end());
    said.insert(said.end(), c.reasons_against.begin(), c.reasons_against.end());
  }
  for (const ChecklistStep& step : v.checklist) said.push_back(step.text);
  said.insert(said.end(), d.impacted.begin(), d.impacted.end());
  for (const std::string& text : said) {
    EXPECT_TRUE(in_page(text)) << text;
    EXPECT_NE(flat.find(text), std::string::npos) << text;
  }
  EXPECT_EQ(json["verdicts"].size(), d.verdicts.size());
  EXPECT_EQ(json["impacted"].size(), d.impacted.size());
  EXPECT_EQ(json["verdict"]["checklist"].size(), v.checklist.size());
  for (const NextStep& step : v.next_steps) {
    for (const std::string& text : {step.what, step.why, step.command}) {
      EXPECT_TRUE(in_page(text)) << text;
      EXPECT_NE(flat.find(text), std::string::npos) << text;
    }
  }
}

namespace {

/// What a reader of Markdown sees of text: escapes taken away.
std::string unescaped_markdown(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() &&
        std::ispunct(static_cast<unsigned char>(text[i + 1]))) {
      ++i;
    }
    out += text[i];
  }
  return out;
}

std::map<std::string, std::string> first_row(const Sample& s, CsvTable table) {
  const std::string text = render_csv(s.input(), table);
  const auto read = csv::read(as_bytes(text), "table");
  std::map<std::string, std::string> row;
  if (!read || read->rows.empty()) return row;
  for (std::size_t i = 0; i < read->header.size(); ++i) {
    row[read->header[i]] = read->rows[0].fields[i];
  }
  return row;
}

}  // namespace

// Cause, probability, interval, number of affected clients and next step, in every form.
TEST(Writers, MarkdownAndTablesSayWhatTheOthersSay) {
  for (const Sample& s : {idle_timer_sample(), fleet_sample(), not_enough_sample()}) {
    const Decision& d = s.diagnosis.verdict.decision;
    const auto json = nlohmann::json::parse(render_json(s.input()));
    const std::string markdown = render_markdown(s.input());
    const std::string plain = unescaped_markdown(markdown);
    auto row = first_row(s, CsvTable::Causes);
    const auto said = [&](const std::string& text) {
      EXPECT_NE(plain.find(text), std::string::npos) << text << "\n" << plain;
    };
    said(fmt::format("{} ({})", d.title, percent(d.probability)));
    said(fmt::format("`{}`", d.cause));
    said(d.summary);
    said(d.next_step.what);
    for (const std::string& each : {d.next_step.command, d.next_step.why}) said(each);
    EXPECT_EQ(row["cause"], json["verdict"]["cause"].get<std::string>());
    EXPECT_EQ(row["title"], json["verdict"]["title"].get<std::string>());
    EXPECT_DOUBLE_EQ(std::stod(row["probability"]), json["verdict"]["probability"].get<double>());
    EXPECT_EQ(row["impacted"], std::to_string(json["impacted"].size()));
    EXPECT_EQ(row["next_step"], json["verdict"]["next_step"]["what"].get<std::string>());
    EXPECT_EQ(row["next_command"], json["verdict"]["next_step"]["command"].get<std::string>());
    if (!d.impacted.empty()) said(counted(d.impacted.size(), "client"));
    for (const auto& name : {"interval_s", "interval_lo", "interval_hi"}) {
      if (json["verdict"][name].is_null()) {
        EXPECT_EQ(row[name], "") << name;
      } else {
        EXPECT_DOUBLE_EQ(std::stod(row[name]), json["verdict"][name].get<double>()) << name;
      }
    }
    if (json["verdict"]["interval_s"].is_number()) {
      said(timer_text(json["verdict"]["interval_s"].get<double>()));
    }
    for (const Statement& each : s.diagnosis.verdict.statements) said(each.text);
    for (const ChecklistStep& step : s.diagnosis.verdict.checklist) said(step.text);
  }
}

TEST(Csv, OneRowForEveryLossAndComputer) {
  const Sample s = fleet_sample();
  std::size_t losses = 0;
  for (const ComputerEpisodes& each : s.diagnosis.episodes) losses += each.outages.size();
  const std::string text = render_csv(s.input(), CsvTable::Losses);
  const auto table = csv::read(as_bytes(text), "losses");
  ASSERT_TRUE(table);
  EXPECT_EQ(table->rows.size(), losses);
  EXPECT_TRUE(table->problems.empty());
  const auto clients = csv::read(as_bytes(render_csv(s.input(), CsvTable::Clients)), "clients");
  ASSERT_TRUE(clients);
  EXPECT_EQ(clients->rows.size(), s.diagnosis.computers.size());
}

TEST(Json, EpisodesOfLargeFleetsOnlyOnRequest) {
  Sample s = fleet_sample();
  while (s.diagnosis.computers.size() <= 50) {
    s.diagnosis.computers.push_back(s.diagnosis.computers.back());
  }
  ReportInput input = s.input();
  auto json = nlohmann::json::parse(render_json(input));
  EXPECT_FALSE(json["episodes_included"].get<bool>());
  EXPECT_FALSE(json["computers"][0].contains("outages"));
  ReportInput all{s.evidence, s.catalogue, s.diagnosis, "", true};
  json = nlohmann::json::parse(render_json(all));
  EXPECT_TRUE(json["computers"][0].contains("outages"));
}

TEST(Json, TimesAndReferencesAreExact) {
  const Sample s = idle_timer_sample();
  const auto json = nlohmann::json::parse(render_json(s.input()));
  const auto& reference = json["verdict"]["statements"][0]["events"][0];
  const Event& event = s.evidence.events[s.diagnosis.verdict.statements[0].events[0]];
  EXPECT_EQ(reference["record_id"], event.record_id);
  EXPECT_EQ(reference["offset"], event.offset);
  EXPECT_EQ(reference["time"], format_utc(event.time, 7));
  EXPECT_EQ(reference["path"], "logs/PC-ANNA.corp.example/Application.evtx");
  EXPECT_EQ(json["zone"]["name"], "Europe/Berlin");
}

TEST(JsonStream, WritesNestedDocuments) {
  JsonStream s;
  s.begin_object().member("a", 1).key("b").begin_array().value(2.5).begin_object().end_object();
  s.end_array().key("c").begin_array().end_array().end_object();
  const std::string text = s.take();
  EXPECT_EQ(nlohmann::json::parse(text), nlohmann::json::parse(R"({"a":1,"b":[2.5,{}],"c":[]})"));
  EXPECT_EQ(text.back(), '\n');
}

// An event or computer that the evidence does not hold is left out, not read beyond the end.
TEST(Writers, SurviveIndicesOutOfRange) {
  Sample s = not_enough_sample();
  s.diagnosis.verdict.statements[0].events.push_back(123456);
  s.diagnosis.computers.push_back({});
  s.diagnosis.computers.back().computer = 77;
  s.diagnosis.profile = 9;
  s.evidence.events[0].source = 99;
  s.evidence.events[0].computer = 99;
  s.diagnosis.verdict.statements[0].events.push_back(0);
  EXPECT_FALSE(render_html(s.input()).empty());
  EXPECT_FALSE(render_terminal(s.input(), {}).empty());
  EXPECT_FALSE(nlohmann::json::parse(render_json(s.input())).empty());
}

TEST(Html, TheTileOfAClockTellsItsTimes) {
  Sample s = idle_timer_sample();
  IntervalEstimate& clock = s.diagnosis.interval;
  clock.rhythm = Rhythm::Clock;
  clock.seconds = clock.low = clock.high = 86400;
  EXPECT_NE(render_html(s.input()).find("<span>95 % interval"), std::string::npos);
  clock.times = {11700};
  EXPECT_NE(render_html(s.input()).find("<span>at 03:15 local time</span>"), std::string::npos);
  clock.spread = 1800;
  EXPECT_NE(render_html(s.input()).find("<span>at about 03:15 local time</span>"),
            std::string::npos);
}

TEST(Html, FleetsKeepTheirSize) {
  Sample s = fleet_sample();
  const std::size_t one = render_html(s.input()).size();
  const std::vector<ComputerDiagnosis> computers = s.diagnosis.computers;
  for (int i = 0; i < 50; ++i) {
    s.diagnosis.computers.insert(s.diagnosis.computers.end(), computers.begin(), computers.end());
  }
  EXPECT_LT(render_html(s.input()).size(), one + 20'000) << "rows are capped";
  EXPECT_NE(render_html(s.input()).find("more are in the JSON output"), std::string::npos);
}

}  // namespace dropscope::testing
