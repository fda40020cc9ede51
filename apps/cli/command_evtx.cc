// `evtx`: the group of the commands that look into single logs.

#include "apps/cli/commands.h"

namespace dropscope::cli {

CLI::App& add_evtx(CommandTree& tree) {
  CommandSpec group;
  group.name = "evtx";
  group.summary = "look into single event logs";
  group.details = {
      "Shows what a log holds, as it is. Nothing is judged, and no Windows is needed."};
  return tree.add_command(tree.root(), std::move(group));
}

}  // namespace dropscope::cli
