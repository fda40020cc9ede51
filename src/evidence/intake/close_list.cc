#include "evidence/intake/close_list.h"

namespace dropscope {

void CloseList::push_back(const RawClose& raw) {
  Close& close = closes_.emplace_back(raw.close);
  close.device = strings_.add(raw.device);
  close.server_name = strings_.add(raw.server_name);
  close.user = strings_.add(raw.user);
  close.reason = strings_.add(raw.reason);
  close.protocol = strings_.add(raw.protocol);
  close.owner = strings_.add(raw.owner);
}

RawClose CloseList::operator[](std::size_t index) const {
  const Close& close = closes_[index];
  RawClose raw;
  raw.close = close;
  raw.owner = strings_.at(close.owner);
  raw.device = strings_.at(close.device);
  raw.server_name = strings_.at(close.server_name);
  raw.user = strings_.at(close.user);
  raw.reason = strings_.at(close.reason);
  raw.protocol = strings_.at(close.protocol);
  return raw;
}

void CloseList::set_protocol(std::size_t index, std::string_view protocol) {
  closes_[index].protocol = strings_.add(protocol);
}

}  // namespace dropscope
