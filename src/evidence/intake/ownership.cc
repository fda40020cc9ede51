#include "evidence/intake/ownership.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/text.h"

namespace dropscope {
namespace {

/// "archive.zip!/folder/file" → "archive.zip!/folder"; both kinds of slash.
std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.find_last_of("/\\");
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view name_of(std::string_view path) {
  const std::size_t slash = path.find_last_of("/\\");
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

/// The first label, in lower case: "PC01.corp.example" → "pc01".
std::string host_of(std::string_view name) {
  return to_lower_ascii(name.substr(0, name.find('.')));
}

bool is_word_character(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return letter || (c >= '0' && c <= '9');
}

/// Words of a file's name that could be a computer's, in lower case: of "status_PC-01.txt" these
/// are "status", "pc-01", "txt" and so on; a name may hold a hyphen.
std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words;
  const auto split_by = [&](bool hyphen_too) {
    std::string word;
    for (const char c : name) {
      if (is_word_character(c) || (c == '-' && !hyphen_too)) {
        word += c;
        continue;
      }
      if (!word.empty()) words.push_back(to_lower_ascii(word));
      word.clear();
    }
    if (!word.empty()) words.push_back(to_lower_ascii(word));
  };
  split_by(false);
  split_by(true);
  return words;
}

class Settling {
 public:
  Settling(const Evidence& evidence, const std::vector<ListedUser>& users) : evidence_(evidence) {
    std::map<std::string, std::set<std::uint32_t>> hosts;
    for (std::uint32_t i = 0; i < evidence.computers.size(); ++i) {
      hosts[host_of(evidence.computers[i].name)].insert(i);
    }
    for (const auto& [host, computers] : hosts) {
      if (computers.size() == 1) host_[host] = *computers.begin();
    }
    // A source with the events of one computer makes its folder that computer's.
    std::map<std::uint32_t, std::set<std::uint32_t>> of_source;
    for (const Coverage& coverage : evidence.coverage) {
      of_source[coverage.source].insert(coverage.computer);
    }
    for (const auto& [source, computers] : of_source) {
      folders_[std::string(folder_of(evidence.sources[source].path))].insert(computers.begin(),
                                                                             computers.end());
    }
    for (const ListedUser& listed : users) users_[plain_user(listed.user)].insert(listed.computer);
  }

  void settle(OwnedSource& owned) const {
    if (owned.computer != kNoComputer) {
      owned.reason = owned.owner.computer_reason;
      return;
    }
    const std::string& path = evidence_.sources[owned.source].path;
    const std::string_view folder = folder_of(path);
    if (const auto found = folders_.find(std::string(folder));
        found != folders_.end() && found->second.size() == 1) {
      take(owned, *found->second.begin(), "its logs are in the same folder");
      return;
    }
    if (by_name(owned, name_of(path), "the file is named so")) return;
    if (by_name(owned, name_of(folder), "its folder is named so")) return;
    const std::string user =
        plain_user(!owned.owner.user.empty() ? owned.owner.user : owned.mailbox);
    if (const auto found = users_.find(user);
        !user.empty() && found != users_.end() && found->second.size() == 1) {
      take(owned, *found->second.begin(),
           fmt::format("the inventory gives user {} this computer alone", user));
    }
  }

 private:
  static void take(OwnedSource& owned, std::uint32_t computer, std::string reason) {
    owned.computer = computer;
    owned.reason = std::move(reason);
  }

  bool by_name(OwnedSource& owned, std::string_view name, const char* reason) const {
    std::set<std::uint32_t> found;
    for (const std::string& word : words_of(name)) {
      if (const auto host = host_.find(word); host != host_.end()) found.insert(host->second);
    }
    if (found.size() != 1) return false;
    take(owned, *found.begin(), reason);
    return true;
  }

  const Evidence& evidence_;
  std::map<std::string, std::uint32_t> host_;
  std::map<std::string, std::set<std::uint32_t>> folders_;
  std::map<std::string, std::set<std::uint32_t>> users_;
};

}  // namespace

std::string plain_user(std::string_view user) {
  if (const std::size_t slash = user.rfind('\\'); slash != std::string_view::npos) {
    user.remove_prefix(slash + 1);
  }
  return to_lower_ascii(trim(user.substr(0, user.find('@'))));
}

void settle_owners(const Evidence& evidence, const std::vector<ListedUser>& users,
                   std::vector<OwnedSource>& sources) {
  const Settling settling(evidence, users);
  for (OwnedSource& owned : sources) settling.settle(owned);
}

std::vector<ClientIdentity> make_clients(Evidence& evidence, const std::vector<ListedUser>& users,
                                         const std::vector<OwnedSource>& sources) {
  struct Draft {
    std::string user;  // As first written.
    std::string mailbox;
    std::vector<ClientLink> links;
  };
  std::map<std::pair<std::uint32_t, std::string>, Draft> drafts;
  StringPool& strings = evidence.strings;
  for (const ListedUser& listed : users) {
    Draft& draft = drafts[{listed.computer, plain_user(listed.user)}];
    if (draft.user.empty()) draft.user = listed.user;
    draft.links.push_back({listed.source, strings.add("the inventory lists it")});
  }
  for (const OwnedSource& owned : sources) {
    if (owned.computer == kNoComputer) continue;
    const std::string& named = !owned.owner.user.empty() ? owned.owner.user : owned.mailbox;
    if (named.empty()) continue;
    Draft& draft = drafts[{owned.computer, plain_user(named)}];
    if (draft.user.empty()) draft.user = plain_user(named);
    if (draft.mailbox.empty()) draft.mailbox = owned.mailbox;
    draft.links.push_back({owned.source, strings.add(owned.reason)});
  }
  // What names no user belongs to the only one that its computer has, else to the computer.
  const auto without_user = [&](std::uint32_t computer, std::uint32_t source,
                                const std::string& reason) {
    const auto first = drafts.lower_bound({computer, ""});
    std::size_t count = 0;
    for (auto it = first; it != drafts.end() && it->first.first == computer; ++it) ++count;
    if (count == 1) {
      const std::string& user = first->second.user;
      first->second.links.push_back(
          {source, strings.add(user.empty() ? reason
                                            : fmt::format("{}; {} is the only user known of it",
                                                          reason, user))});
      return;
    }
    drafts[{computer, ""}].links.push_back({source, strings.add(reason)});
  };
  for (const OwnedSource& owned : sources) {
    if (owned.computer == kNoComputer) continue;
    if (!owned.owner.user.empty() || !owned.mailbox.empty()) continue;
    without_user(owned.computer, owned.source, owned.reason);
  }
  std::set<std::pair<std::uint32_t, std::uint32_t>> logs;
  for (const Coverage& coverage : evidence.coverage)
    logs.insert({coverage.computer, coverage.source});
  for (const auto& [computer, source] : logs) {
    without_user(computer, source, "its events name the computer");
  }
  std::vector<ClientIdentity> clients;
  for (auto& [key, draft] : drafts) {
    ClientIdentity client;
    client.computer = key.first;
    client.user = strings.add(draft.user);
    client.mailbox = strings.add(draft.mailbox);
    client.links = std::move(draft.links);
    std::stable_sort(client.links.begin(), client.links.end(),
                     [](const ClientLink& a, const ClientLink& b) { return a.source < b.source; });
    clients.push_back(std::move(client));
  }
  return clients;
}

}  // namespace dropscope
