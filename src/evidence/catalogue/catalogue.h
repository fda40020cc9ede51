#pragma once

// Domain knowledge as data: profiles, event meanings, texts per language, timers, settings.
//
// The files under data/ are built into the program; a folder given with --data adds to them, and a
// file of the same relative name replaces the built-in one. Mistakes give file, line and column.
// The format of the files is in docs/data-files.md.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "evidence/catalogue/cause_rule.h"
#include "evidence/catalogue/layout.h"
#include "evidence/catalogue/phrasebook.h"
#include "evidence/catalogue/server_words.h"
#include "evidence/catalogue/setting_rule.h"
#include "evidence/catalogue/status_words.h"
#include "evidence/event.h"

namespace dropscope {

/// Protocol between client and server; decides which timers can apply.
enum class Protocol : std::uint8_t { Unknown, RpcTcp, RpcHttp, MapiHttp, Other };

/// Cached or online mode of the client.
enum class ClientMode : std::uint8_t { Unknown, Cached, Online };

/// "RPC/TCP", "RPC/HTTP", "MAPI/HTTP", "TCP/IP", "Outlook Anywhere", "mapi-http" … any case;
/// Unknown if not recognised.
[[nodiscard]] Protocol protocol_from_text(std::string_view text);
[[nodiscard]] ClientMode mode_from_text(std::string_view text);
[[nodiscard]] std::string_view to_string(Protocol protocol);  ///< "RPC/TCP" …, "unknown"
[[nodiscard]] std::string_view to_string(ClientMode mode);    ///< "cached", "online", "unknown"

/// One line of an event map: which provider, ids and text give which meaning.
struct EventRule {
  std::string provider;  ///< Exact, ASCII case does not matter.
  std::vector<std::uint16_t> ids;
  std::string channel;             ///< Empty = any.
  std::optional<Meaning> meaning;  ///< Nothing: decided by text (classify.h).
  /// The first data string must contain this (case does not matter); empty = any.
  std::string data_contains;
  std::string note;                         ///< For people: what the event says.
  std::string source = {};                  ///< Where the meaning is known from.
  ContextKind context = ContextKind::None;  ///< Of Meaning::Context.
  /// One of these must stand in the data or in the message (case does not matter); empty = any.
  std::vector<std::string> contains_any = {};
};

/// Which application's connection is watched, and what its events mean (data/profiles/*.toml).
struct Profile {
  std::string id;                   ///< "outlook"
  std::string title;                ///< "Microsoft Outlook"
  std::string peer;                 ///< "Microsoft Exchange"
  std::string log = "Application";  ///< The log whose span is that of its events.
  std::string log_title;            ///< Its name in a sentence: "Application log".
  std::string collect;              ///< Command that gives it; empty: none known.
  /// It has a mailbox, so a cached and an online mode, and a Connection Status window.
  bool mailbox = false;
  bool tells_sleep = false;                ///< Its own log tells when the computer slept.
  std::vector<std::string> product_names;  ///< Literals that a stem match also needs.
  std::vector<EventRule> rules;
  /// The application's own retry while disconnected: first after `retry_first_s`, then each
  /// `retry_then_s`. 0 = none known. Shapes restored times, so they are never used for an interval.
  double retry_first_s = 0;
  double retry_then_s = 0;
};

/// Texts of one language (data/text/*.toml).
struct TextRule {
  /// Unclassified marks stems that make a sentence unclear ("not", "will be"); written "unclear" in
  /// files.
  Meaning meaning = Meaning::Unclassified;
  std::string text;  ///< Exact text, or stem.
  bool stem = false;
  std::string confidence;
  std::string source;
  bool prefix = false;  ///< Not a stem: the text only has to begin so, what follows varies.
};
struct TextTable {
  std::string language;  ///< BCP 47
  std::string profile;   ///< Profile id
  std::vector<TextRule> rules;
};

enum class TimerKind : std::uint8_t { Idle, FixedAge, Clock, Lease, Other };
[[nodiscard]] std::string_view to_string(TimerKind kind);

/// A timer that some product is known to have (data/timers.toml).
struct Timer {
  std::string product;
  std::string timer;
  double seconds = 0;  ///< 0 = no default known.
  TimerKind kind = TimerKind::Other;
  std::string layer;       ///< "load balancer", "firewall", "nat", "vpn", "wifi", …
  std::string confirm;     ///< How to confirm it.
  std::string change;      ///< How to change it.
  std::string confidence;  ///< "confirmed by 2 sources", "unverified", …
  std::string source;
  int sources = 0;                  ///< Number of sources that confirm the value; 0 = unverified.
  std::vector<Protocol> protocols;  ///< Where it can apply; empty = any.
  bool closes_connections = true;   ///< False: has a length, ends nothing (a retry, a keep-alive).
  int rank = 0;  ///< Higher is offered first among equals (the vendor's own balancer).
};

/// Evidence that helps, and how to get it (data/collection.toml).
struct Collectable {
  std::string id;                     ///< "application-log"
  std::string title;                  ///< "Application log"
  bool of_site = false;               ///< Wanted once; otherwise of every computer.
  std::vector<std::string> kinds;     ///< Source::kind of what satisfies it.
  std::vector<std::string> channels;  ///< And with events of one of these; empty = any.
  std::string why;
  std::string source;
  struct Way {
    std::string where;    ///< "the computer, as administrator"
    std::string command;  ///< Command or instruction.
  };
  std::vector<Way> ways;
  std::vector<Aspect> answers = {};  ///< Aspects of the losses that it makes known.
  std::string cost = {};             ///< What it costs the user: "2 minutes for each computer".
};

struct Catalogue {
  std::vector<Profile> profiles;
  std::vector<EventRule> computer_events;  ///< Meanings of the second group.
  std::vector<TextTable> texts;
  std::vector<Timer> timers;
  std::vector<Collectable> collection;
  std::vector<CauseRule> causes;      ///< By id.
  std::vector<SettingRule> settings;  ///< Where two give one attribute, the earlier outranks.
  std::vector<SectionRule> sections;
  StatusWords status_words;        ///< Of all languages.
  std::vector<LogLayout> layouts;  ///< In the order of their files' names.
  ServerWords server_words;
  std::vector<Phrasebook> phrasebooks;  ///< By language.

  /// The built-in data, with a folder of the user's on top when given.
  static Result<Catalogue> load(const std::optional<std::filesystem::path>& user_folder = {});
};

/// How to change what causes it: what the cause names itself, then the timers that act this way.
[[nodiscard]] std::vector<CauseChange> changes_of(const CauseRule& cause,
                                                  const std::vector<Timer>& timers);

/// The wording of a language; null for one that has none, and for English, which needs none.
[[nodiscard]] const Phrasebook* phrasebook_of(const Catalogue& catalogue,
                                              std::string_view language);

/// Names of the built-in data files and their content, for tests and `--print-data`.
struct DataFile {
  std::string_view name;  ///< "profiles/outlook.toml"
  std::string_view content;
};
[[nodiscard]] const std::vector<DataFile>& built_in_data();

}  // namespace dropscope
