#pragma once

// Tables that say what a site is built of: networks.csv and servers.csv.

#include <cstdint>

#include "evidence/intake/source_reader.h"
#include "evidence/topology.h"

namespace dropscope {

/// A table with a column "cidr" and one that says where or what that network is.
[[nodiscard]] bool is_network_table(const Head& head);
[[nodiscard]] SourceIntake read_networks(const Content& content, const ReadContext& context);

/// A table with a column "server" and one that says what it is behind.
[[nodiscard]] bool is_server_table(const Head& head);
[[nodiscard]] SourceIntake read_servers(const Content& content, const ReadContext& context);

/// Takes the rows of one source over; `source` is its index. They have been checked when read.
void add_site_rows(const SourceIntake& part, std::uint32_t source, Topology& topology);

}  // namespace dropscope
