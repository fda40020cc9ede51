#pragma once

// The commands. Each add_…() declares one in the tree with everything that help and completion
// show; its options are stored in a struct that the program owns, and its work is in command_….cc.

#include <cstdint>
#include <string>
#include <vector>

#include "apps/cli/command_tree.h"
#include "apps/cli/event_filter.h"

namespace dropscope::cli {

/// What no log tells about the clients; see add_client_options().
struct ClientArguments {
  std::string protocol;
  std::string mode;
  std::string profile;  ///< Empty: the one that the evidence has events of.
};

struct DiagnoseArguments {
  std::vector<std::string> paths;
  std::string format = "terminal";
  std::string output;
  std::string report;
  std::string json;
  std::string table = "losses";
  std::string csv_folder;
  std::string log_zone;
  std::string date_order;
  std::string zone;
  ClientArguments client;
  std::string data;
  std::string language = "en";
  std::vector<std::string> fail_on;
  std::string colour = "auto";
  unsigned width = 0;
  unsigned threads = 0;
  bool all_episodes = false;
  bool ascii = false;
  bool quiet = false;
};

struct EscalateArguments {
  std::vector<std::string> paths;
  std::string output;
  std::string key;
  std::vector<std::string> keep;
  std::string zone;
  ClientArguments client;
  std::string log_zone;
  std::string date_order;
  std::string data;
  unsigned threads = 0;
  bool redact = false;
  bool pictures = false;
  bool verify = false;
  bool quiet = false;
};

struct DiffArguments {
  std::string before;
  std::string after;
  std::string format = "terminal";
  std::string output;
  std::string data;
  std::string colour = "auto";
  unsigned width = 0;
  unsigned threads = 0;
  bool ascii = false;
  bool quiet = false;
};

struct EventsArguments {
  std::vector<std::string> paths;
  FilterArguments filter;
  std::string zone;
  std::string format = "table";
  std::string output;
  std::string profile = "outlook";
  std::string data;
  std::string colour = "auto";
  unsigned width = 0;
  bool all = false;
  bool ascii = false;
  bool quiet = false;
};

struct VerifyArguments {
  std::vector<std::string> paths;
  std::string change;
  std::vector<std::string> where;
  std::string format = "text";
  std::string output;
  std::string log_zone;
  std::string date_order;
  std::string zone;
  std::string data;
  std::string profile = "outlook";
  unsigned threads = 0;
  bool quiet = false;
};

struct InventoryArguments {
  std::vector<std::string> paths;
  std::string format = "terminal";
  std::string output;
  std::string log_zone;
  std::string date_order;
  std::string zone;
  std::string data;
  std::string colour = "auto";
  unsigned width = 0;
  unsigned threads = 0;
  bool files = false;
  bool all = false;
  bool ascii = false;
  bool quiet = false;
};

struct CausesArguments {
  std::string format = "terminal";
  std::string output;
  std::string data;
  std::string colour = "auto";
  unsigned width = 0;
  bool ascii = false;
};

struct RhythmArguments {
  std::string file;
  std::string output;
  std::string data;
  unsigned threads = 0;
};

struct ProbeArguments {
  std::string target;
  std::string server;  ///< "[ADDRESS:]PORT": the peer instead of the probe.
  std::string mode = "quick";
  std::string payload = "none";
  std::string path;  ///< Payload http; empty: /.
  std::string state;
  std::string format = "text";
  std::string output;
  std::string data;
  unsigned max = 0;  ///< Seconds; 0 = what the mode needs.
  unsigned connections = 16;
  bool keep_alive = false;
  bool tls = false;
  bool quiet = false;
};

struct WatchArguments {
  std::vector<std::string> targets;
  std::string record;
  std::string computer;  ///< Empty: as this computer calls itself.
  std::string zone;      ///< Empty: that of this computer.
  std::string metrics;   ///< "[ADDRESS:]PORT"; empty: none.
  unsigned sessions = 1;
  unsigned send_every = 0;  ///< Seconds; 0 = never.
  unsigned keep_alive = 0;  ///< Seconds; 0 = off.
  unsigned give_up = 20;
  unsigned length = 0;  ///< Seconds; 0 = until it is stopped.
  bool tls = false;
  bool quiet = false;
};

struct EvtxDumpArguments {
  std::string file;
  std::string format = "xml";
  std::vector<std::string> fields;
  FilterArguments filter;
  std::string zone;
  std::string output;
  unsigned threads = 0;
  bool recovered = false;
  bool quiet = false;
};

struct EvtxInfoArguments {
  std::vector<std::string> files;
  std::string format = "text";
  std::string zone;
  std::string output;
  bool all = false;
  bool quiet = false;
};

struct EvtxVerifyArguments {
  std::vector<std::string> files;
  std::string format = "text";
  std::string output;
  bool all = false;
  bool quiet = false;
};

struct EvtxRecoverArguments {
  std::vector<std::string> files;
  std::string format = "xml";
  FilterArguments filter;
  std::string output;
  bool quiet = false;
};

struct EvtxFollowArguments {
  std::string file;
  std::string format = "jsonl";
  FilterArguments filter;
  std::string interval = "1";
  std::uint64_t count = 0;  ///< 0 = no end.
  bool from_start = false;
  bool quiet = false;
};

struct SimulateArguments {
  std::string scenario;
  std::string output;
  std::uint64_t seed = 0;
  unsigned computers = 0;
  unsigned threads = 0;
  bool overwrite = false;
  bool quiet = false;
};

struct ScopeArguments {
  std::string file;
  std::string batch;
  std::string meta;
  std::vector<std::string> hierarchies;
  std::uint64_t replicates = 0;
  std::string format = "text";
  std::string output;
};

struct LocaliseArguments {
  std::string file;
  std::string batch;
  std::string output;
};

struct InitArguments {
  std::string folder = ".";
};

struct CompletionArguments {
  std::string shell;
  std::string output;
};

struct ManArguments {
  std::vector<std::string> command;
  std::string output;
};

void add_diagnose(CommandTree& tree, DiagnoseArguments& arguments);
void add_verify(CommandTree& tree, VerifyArguments& arguments);
void add_escalate(CommandTree& tree, EscalateArguments& arguments);
void add_diff(CommandTree& tree, DiffArguments& arguments);
void add_events(CommandTree& tree, EventsArguments& arguments);
void add_inventory(CommandTree& tree, InventoryArguments& arguments);
void add_scope(CommandTree& tree, ScopeArguments& arguments);
void add_localise(CommandTree& tree, LocaliseArguments& arguments);
void add_causes(CommandTree& tree, CausesArguments& arguments);
void add_rhythm(CommandTree& tree, RhythmArguments& arguments);
void add_probe(CommandTree& tree, ProbeArguments& arguments);
void add_watch(CommandTree& tree, WatchArguments& arguments);
/// Declares the group that the commands on single logs belong to.
CLI::App& add_evtx(CommandTree& tree);
void add_evtx_dump(CommandTree& tree, CLI::App& evtx_group, EvtxDumpArguments& dump);
void add_evtx_info(CommandTree& tree, CLI::App& evtx_group, EvtxInfoArguments& arguments);
void add_evtx_verify(CommandTree& tree, CLI::App& evtx_group, EvtxVerifyArguments& arguments);
void add_evtx_recover(CommandTree& tree, CLI::App& evtx_group, EvtxRecoverArguments& arguments);
void add_evtx_follow(CommandTree& tree, CLI::App& evtx_group, EvtxFollowArguments& arguments);
void add_simulate(CommandTree& tree, SimulateArguments& arguments);
void add_init(CommandTree& tree, InitArguments& arguments);
void add_completion(CommandTree& tree, CompletionArguments& arguments);
void add_man(CommandTree& tree, ManArguments& arguments);

}  // namespace dropscope::cli
