#include "probe/observation.h"

namespace dropscope::probe {

std::string_view to_string(Mode mode) {
  switch (mode) {
    case Mode::Quick:
      return "quick";
    case Mode::Full:
      return "full";
    case Mode::Confirm:
      return "confirm";
  }
  return "";
}

std::string_view to_string(Payload payload) {
  switch (payload) {
    case Payload::None:
      return "none";
    case Payload::Echo:
      return "echo";
    case Payload::Http:
      return "http";
    case Payload::LongPoll:
      return "long-poll";
  }
  return "";
}

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::Survived:
      return "survived";
    case Outcome::Finished:
      return "fin";
    case Outcome::Reset:
      return "rst";
    case Outcome::Silent:
      return "silent";
    case Outcome::ResetOnSend:
      return "rst-on-send";
  }
  return "";
}

std::string_view to_string(ControlKind kind) {
  switch (kind) {
    case ControlKind::Busy:
      return "busy";
    case ControlKind::KeepAlive:
      return "keep-alive";
    case ControlKind::Fresh:
      return "no-request";
  }
  return "";
}

}  // namespace dropscope::probe
