#include "analysis/closes/assign.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "base/text.h"
#include "evidence/intake/ownership.h"

namespace dropscope {
namespace {

/// Who had an address; a use without times holds for any.
class AddressBook {
 public:
  explicit AddressBook(const Evidence& evidence) {
    for (const AddressUse& use : evidence.addresses) {
      if (use.computer != kNoComputer) uses_[use.address].push_back(&use);
    }
  }

  [[nodiscard]] std::uint32_t find(const IpAddress& address, Instant time) const {
    const auto found = uses_.find(address);
    if (found == uses_.end()) return kNoComputer;
    // What is dated outranks what is not: addresses move.
    std::set<std::uint32_t> dated;
    std::set<std::uint32_t> undated;
    for (const AddressUse* use : found->second) {
      if (use->from == Instant{} && use->to == Instant{}) {
        undated.insert(use->computer);
      } else if (use->from <= time && (use->to == Instant{} || time <= use->to)) {
        dated.insert(use->computer);
      }
    }
    const auto& best = dated.empty() ? undated : dated;
    return best.size() == 1 ? *best.begin() : kNoComputer;
  }

 private:
  std::map<IpAddress, std::vector<const AddressUse*>> uses_;
};

}  // namespace

std::vector<std::uint32_t> assign_closes(const Evidence& evidence) {
  const AddressBook book(evidence);
  std::map<std::string, std::set<std::uint32_t>> of_user;
  for (const ClientIdentity& client : evidence.clients) {
    if (client.user != 0) {
      of_user[plain_user(evidence.strings.at(client.user))].insert(client.computer);
    }
  }
  std::vector<std::uint32_t> computers;
  computers.reserve(evidence.closes.size());
  static_assert(Close::kNobody == kNoComputer);
  for (const Close& close : evidence.closes) {
    std::uint32_t computer = close.owner;
    if (computer == kNoComputer && !close.client.address.is_unspecified()) {
      computer = book.find(close.client.address, close.time);
    }
    if (computer == kNoComputer && close.user != 0) {
      const auto found = of_user.find(plain_user(evidence.strings.at(close.user)));
      if (found != of_user.end() && found->second.size() == 1) computer = *found->second.begin();
    }
    computers.push_back(computer);
  }
  return computers;
}

bool can_be_loss(const Close& close) {
  return close.by != CloseBy::Nobody && close.why != CloseWhy::Finished &&
         close.why != CloseWhy::Failed && close.why != CloseWhy::Refused;
}

}  // namespace dropscope
