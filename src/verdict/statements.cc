// Every sentence says what was seen, then what it means, and carries the events it rests on.
// Numbers in a sentence are rounded for people; the exact ones are in the structures beside it.

#include "verdict/statements.h"

#include <fmt/format.h>

#include "base/text.h"
#include "verdict/measured_path.h"

namespace dropscope {
namespace {

/// What a loss means for the users.
std::string_view mode_words(ClientMode mode) {
  switch (mode) {
    case ClientMode::Cached:
      return " The client is in cached mode: users see a pop-up and go on working with the local "
             "copy; new mail waits.";
    case ClientMode::Online:
      return " The client is in online mode: the mailbox cannot be used while it is disconnected.";
    case ClientMode::Unknown:
      break;
  }
  return " Whether the client is in cached mode (a pop-up, little harm) or in online mode (no "
         "mailbox meanwhile) is not in the evidence.";
}

Statement behaviour(const Case& c) {
  const Diagnosis& d = c.diagnosis;
  Statement s;
  s.id = "behaviour";
  s.title = "What happens";
  const AlertCounts& a = d.alerts;
  s.text = fmt::format(
      "This is a disconnect, not a sign-in problem: {} logged {} and {} of the connection to {} on "
      "{}.",
      c.profile.title, count_of(a.lost, "loss", "losses"), count_of(a.restored, "restore"),
      c.profile.peer, count_of(c.computers_with_losses, "computer"));
  if (a.by_stem + a.by_alternation > 0) {
    s.text += fmt::format(
        " {} of these texts were recognised by their words or by their order, not by an exact "
        "match; see the list of texts.",
        a.by_stem + a.by_alternation);
  }
  if (c.profile.mailbox) s.text += mode_words(d.mode);
  attach(s, c, Meaning::Lost);
  return s;
}

Statement gate(const Case& c, Outcome outcome) {
  const Diagnosis& d = c.diagnosis;
  Statement s;
  s.id = "protocol";
  s.title = "Connection";
  switch (d.protocol) {
    case Protocol::RpcTcp:
      s.text =
          "The connection is RPC/TCP: it is silent while nobody works, so inactivity timers on the "
          "path can close it.";
      break;
    case Protocol::RpcHttp:
      s.text =
          "The connection is RPC/HTTP (Outlook Anywhere): inactivity timers of proxies and "
          "balancers can close it. On the company LAN with Exchange 2010 or older, TCP/IP is "
          "expected instead: then review the client's settings.";
      break;
    case Protocol::MapiHttp:
      s.text =
          "The connection is MAPI/HTTP: a waiting request is kept alive every 15 to 30 s, so an "
          "inactivity timer of minutes or an hour on the path does not close it.";
      break;
    case Protocol::Other:
    case Protocol::Unknown:
      s.text = c.profile.mailbox
                   ? "The protocol is not in the evidence. It decides which timers can apply: in "
                     "Outlook hold Ctrl, click the tray icon, choose Connection Status and read "
                     "the column Protocol (Conn in older versions)."
                   : "The protocol is not in the evidence. It decides which timers can apply.";
      break;
  }
  if (!d.protocol_source.empty()) s.text += fmt::format(" Source: {}.", d.protocol_source);
  if (outcome == Outcome::RegularUnexplained) {
    s.text +=
        " The losses nevertheless come as an inactivity timer would cause them, so check first "
        "that the protocol is right for the computers concerned.";
  }
  return s;
}

Statement scope(const Case& c) {
  Statement s;
  s.id = "scope";
  s.title = "Whom it hits";
  s.text = c.computers_with_log == 1
               ? std::string("The one computer with a log lost the connection.")
               : fmt::format("{} of {} computers with a log lost the connection.",
                             c.computers_with_losses, c.computers_with_log);
  if (is_regular(c.diagnosis.interval.rhythm) && c.computers_with_losses > 1) {
    s.text += fmt::format(
        " {} of them show this interval by themselves; the others have too few losses of their own "
        "to tell, or other causes.",
        c.computers_at_interval);
  }
  if (const Whom* whom = c.diagnosis.verdict.decision.whom()) {
    for (const std::string& sentence : whom->explanations) s.text += " " + sentence;
    if (whom->scope.kind != ScopeKind::None) s.probability = whom->scope.confidence;
  }
  if (c.computers_with_log == 1) {
    s.text +=
        " With the log of one computer nobody can tell whether the user, the computer or the "
        "network behind it is concerned: see whether it happens to the same user on another "
        "computer.";
  }
  s.text += " The event names no user; none is assumed.";
  return s;
}

}  // namespace

void attach(Statement& statement, const Case& c, Meaning meaning) {
  std::vector<std::uint32_t> all;
  std::uint64_t total = 0;
  std::vector<std::uint32_t> tail;
  for (std::uint32_t i = 0; i < c.evidence.events.size(); ++i) {
    const Event& event = c.evidence.events[i];
    if (event.meaning != meaning || event.profile != c.diagnosis.profile) continue;
    ++total;
    if (all.size() < kEventsShown / 2) {
      all.push_back(i);
    } else {
      if (tail.size() >= kEventsShown / 2) tail.erase(tail.begin());
      tail.push_back(i);
    }
  }
  statement.events.insert(statement.events.end(), all.begin(), all.end());
  statement.events.insert(statement.events.end(), tail.begin(), tail.end());
  statement.events_total += total;
}

std::vector<Statement> write_statements(const Case& c, Outcome outcome,
                                        const std::vector<CandidateTimer>&) {
  std::vector<Statement> out;
  if (outcome == Outcome::NothingUsable) {
    add_quality(c, out);
    return out;
  }
  if (c.diagnosis.alerts.lost > 0) {
    out.push_back(behaviour(c));
    out.push_back(tell_frequency(c));
    if (c.diagnosis.frequency.outages.n > 0) out.push_back(tell_outages(c));
    out.push_back(tell_interval(c));
    out.push_back(gate(c, outcome));
    out.push_back(scope(c));
    add_closes(c, out);
    add_measured_paths(c, out);
    add_coincidence(c, out);
    add_neighbours(c, out);
  }
  add_out_of_scope(c, out);
  add_clocks(c, out);
  add_quality(c, out);
  return out;
}

}  // namespace dropscope
