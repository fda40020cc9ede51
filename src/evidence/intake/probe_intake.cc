#include "evidence/intake/probe_intake.h"

#include <algorithm>

namespace dropscope {

using probe_result::Mechanism;

bool is_probe_result(const Head& head) {
  return probe_result::is_document(head.bytes);
}

SourceIntake read_probe_result(const Content& content, const ReadContext&) {
  SourceIntake out;
  const auto document = probe_result::read(as_text(content.bytes));
  if (!document) {
    out.source.state = SourceState::Unreadable;
    out.source.problem = document.error().message;
    return out;
  }
  out.source.state = SourceState::Read;
  out.source.records = 1;
  PathProbe& probe = out.probe.emplace();
  probe.host = document->host;
  probe.port = document->port;
  probe.address = document->address;
  probe.protocol = document->protocol;
  probe.mechanism = document->mechanism;
  probe.near_only = document->unanswered;
  probe.began = document->began;
  probe.ended = document->ended;
  probe.computer = document->computer;
  if (is_time_out(document->mechanism)) {
    probe.low_s = std::max(0.0, *document->seconds - *document->accuracy_s);
    probe.high_s = *document->seconds + *document->accuracy_s;
    probe.survived_s = *probe.low_s;
  } else if (document->mechanism == Mechanism::NoneFound ||
             document->mechanism == Mechanism::Unfinished) {
    probe.survived_s = document->seconds.value_or(0);
  }
  return out;
}

}  // namespace dropscope
