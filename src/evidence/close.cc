#include "evidence/close.h"

namespace dropscope {

std::string_view to_string(CloseBy by) {
  switch (by) {
    case CloseBy::Unknown:
      return "unknown";
    case CloseBy::Client:
      return "client";
    case CloseBy::Server:
      return "server";
    case CloseBy::Middlebox:
      return "middlebox";
    case CloseBy::Admin:
      return "admin";
    case CloseBy::Nobody:
      return "nobody";
  }
  return "";
}

std::string_view to_string(CloseWhy why) {
  switch (why) {
    case CloseWhy::Unknown:
      return "unknown";
    case CloseWhy::Finished:
      return "finished";
    case CloseWhy::Reset:
      return "reset";
    case CloseWhy::Idle:
      return "idle";
    case CloseWhy::Age:
      return "age";
    case CloseWhy::Silence:
      return "silence";
    case CloseWhy::Failed:
      return "failed";
    case CloseWhy::Killed:
      return "killed";
    case CloseWhy::Limit:
      return "limit";
    case CloseWhy::Refused:
      return "refused";
  }
  return "";
}

}  // namespace dropscope
