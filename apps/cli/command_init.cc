// `init`: writes the tables that say what a site is built of, for people to fill in.

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "apps/cli/commands.h"
#include "apps/cli/console.h"
#include "apps/cli/options.h"
#include "apps/cli/output.h"
#include "base/files.h"
#include "base/text.h"

namespace dropscope::cli {
namespace {

struct Template {
  std::string_view name;
  std::string_view content;
};

/// Lines that begin with # are comments to the readers, so a template that nobody touched says
/// nothing. The readers look for the columns in the first 4 KiB, so comments stay short.
constexpr std::array kTemplates = {
    Template{"networks.csv",
             "# Networks of the site: which addresses are where. One row for each network.\n"
             "# Lines that begin with # are not read. Only cidr is required; leave out what you do "
             "not know.\n"
             "#   cidr     the network, such as 10.20.0.0/16 or 2001:db8:20::/48; of several that "
             "hold an address the longest counts\n"
             "#   office   the place, as people call it\n"
             "#   segment  the part of the network, such as a floor, a VLAN or a Wi-Fi\n"
             "#   kind     wired, wifi, vpn, server or another word\n"
             "#   vpn      name of the VPN, when its clients get these addresses\n"
             "#   nat      address that servers outside see instead; several with blanks between\n"
             "# Examples:\n"
             "# 10.20.0.0/24,Berlin,Berlin LAN 1,wired,,198.51.100.10\n"
             "# 10.20.100.0/24,Berlin,Berlin Wi-Fi,wifi,,198.51.100.10\n"
             "# 10.201.0.0/16,,VPN pool,vpn,VPN1,\n"
             "cidr,office,segment,kind,vpn,nat\n"},
    Template{
        "clients.csv",
        "# Computers of the site, also those without any trouble: they show whom it does not "
        "hit.\n"
        "# Lines that begin with # are not read. Only computer is required; a computer that "
        "several people use has a row for each.\n"
        "#   computer  its name        user      who uses it      address  its address\n"
        "#   office, segment           where it stands, as in networks.csv\n"
        "#   version   of Outlook      mode      cached or online\n"
        "#   protocol  RPC/TCP, RPC/HTTP or MAPI/HTTP, as the Connection Status window shows "
        "it\n"
        "#   server    its mailbox server                adapter  Ethernet, Wi-Fi …\n"
        "#   vpn       name of its VPN                   timezone Europe/Berlin or W. Europe "
        "Standard Time\n"
        "# Example:\n"
        "# PC01,anna,10.20.0.10,Berlin,Berlin LAN 1,16.0.17328,cached,MAPI/HTTP,EX01,Ethernet,,"
        "Europe/Berlin\n"
        "computer,user,address,office,segment,version,mode,protocol,server,adapter,vpn,"
        "timezone\n"},
    Template{"servers.csv",
             "# Servers that clients connect to, and what stands before them. One row for each "
             "server.\n"
             "# Lines that begin with # are not read. Only server is required.\n"
             "#   server           its name\n"
             "#   address          its own addresses; several with blanks between\n"
             "#   pool             servers with the same pool serve the same clients\n"
             "#   load_balancer    name of the load balancer, as its logs write it\n"
             "#   virtual_address  address of the load balancer that clients connect to\n"
             "# Example:\n"
             "# EX01,10.1.0.11,mail,LB1,10.1.0.100\n"
             "server,address,pool,load_balancer,virtual_address\n"},
};

ExitCode run_init(const InitArguments& arguments) {
  namespace fs = std::filesystem;
  const fs::path folder = path_from_utf8(arguments.folder);
  std::error_code error;
  fs::create_directories(folder, error);
  if (!fs::is_directory(folder)) {
    return report_failure(io_error(folder, error.value(), "making the folder"));
  }
  std::string text;
  std::size_t written = 0;
  for (const Template& one : kTemplates) {
    const fs::path path = folder / path_from_utf8(one.name);
    if (fs::exists(fs::symlink_status(path, error))) {
      text += fmt::format("{}: exists and stays as it is\n", path_to_utf8(path));
      continue;
    }
    if (const auto done = write_file(path, one.content); !done) return report_failure(done.error());
    text += fmt::format("{}: written\n", path_to_utf8(path));
    ++written;
  }
  if (written > 0) {
    text += fmt::format(
        "\nNext: fill in what you know, put the evidence into the same folder, and run\n"
        "  dropscope diagnose {}\n"
        "All three are optional; a table without rows changes nothing.\n",
        arguments.folder);
  }
  const auto shown = write_output({}, text);
  return shown ? ExitCode::Ok : report_failure(shown.error());
}

}  // namespace

void add_init(CommandTree& tree, InitArguments& arguments) {
  CommandSpec spec;
  spec.name = "init";
  spec.summary = "write tables of a site to fill in";
  spec.details = {
      "Writes networks.csv, clients.csv and servers.csv with comments and examples. They tell "
      "which addresses belong to which office, which computers there are, and what stands before "
      "the servers. A file that exists is never touched."};
  spec.examples = {{"init case1", "Three tables in the folder case1, to be filled in."}};
  spec.run = [&arguments](const Invocation&) { return run_init(arguments); };
  CLI::App& command = tree.add_command(tree.root(), std::move(spec));

  OptionSpec folder;
  folder.names = "FOLDER";
  folder.value = "FOLDER";
  folder.text = "Folder to write to (default: the current one). It is made if it does not exist.";
  folder.kind = ValueKind::Folder;
  tree.add_option(command, std::move(folder), &arguments.folder);
}

}  // namespace dropscope::cli
