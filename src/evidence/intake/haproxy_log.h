#pragma once

// HAProxy's log as evidence: which sessions ended, when, by whom and why.

#include <string_view>

#include "evidence/close.h"
#include "evidence/intake/source_reader.h"

namespace dropscope {

[[nodiscard]] bool is_haproxy_log(const Head& head);
[[nodiscard]] SourceIntake read_haproxy_log(const Content& content, const ReadContext& context);

/// What HAProxy's termination state says; only its first two letters count.
struct HaproxyEnd {
  CloseBy by = CloseBy::Unknown;
  CloseWhy why = CloseWhy::Unknown;
};
[[nodiscard]] HaproxyEnd haproxy_end(std::string_view state);

/// Whether the state says that the balancer itself took the server out (D), or that a backup gave
/// way to it (U), in contrast to an administrator (K).
[[nodiscard]] bool haproxy_server_down(std::string_view state);

}  // namespace dropscope
