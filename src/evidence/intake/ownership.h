#pragma once

// Whose evidence a file is: a registry export or a saved window says little of the computer it
// comes from, so the folder it lies in, its name and the users of the inventory have to tell.
//
// In this order: what the file itself says; the one computer whose logs are in the same folder; the
// name of a known computer in the file's or its folder's name; the one computer that the inventory
// gives to the file's user. What none of these decides is nobody's, and is said to be.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/client_facts.h"
#include "evidence/event.h"
#include "evidence/intake/raw.h"

namespace dropscope {

/// A source that is about one client.
struct OwnedSource {
  std::uint32_t source = 0;
  Owner owner;                           ///< As the source told.
  std::uint32_t computer = kNoComputer;  ///< Of owner.computer; later whatever was decided.
  std::string mailbox;                   ///< SMTP address in it; empty if none or several.
  std::string reason;                    ///< Why this computer.
};

/// A user of a computer as an inventory names it.
struct ListedUser {
  std::uint32_t computer = 0;
  std::string user;
  std::uint32_t source = 0;
};

/// Decides OwnedSource::computer and ::reason where the source does not tell.
void settle_owners(const Evidence& evidence, const std::vector<ListedUser>& users,
                   std::vector<OwnedSource>& sources);

/// One client for each computer and user, with what links each source to it. `sources` are settled.
/// Strings go into the evidence.
[[nodiscard]] std::vector<ClientIdentity> make_clients(Evidence& evidence,
                                                       const std::vector<ListedUser>& users,
                                                       const std::vector<OwnedSource>& sources);

/// "u001" of "u001", "CORP\\u001" and "u001@corp.example", in lower case.
[[nodiscard]] std::string plain_user(std::string_view user);

}  // namespace dropscope
