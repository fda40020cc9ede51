#pragma once

// What the inputs gave, in their order, made one Evidence of: strings interned, computers that are
// one under several names joined, clients' own facts and lists of computers settled. Internal to
// the intake.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "evidence/event.h"
#include "evidence/intake/computer_names.h"
#include "evidence/intake/intake.h"
#include "evidence/intake/ownership.h"
#include "evidence/intake/source_reader.h"

namespace dropscope {

/// What one input file gave: several parts when it is an archive. Unreadable and ignored files are
/// parts without content.
using FileIntake = std::vector<SourceIntake>;

class Assembly {
 public:
  /// Takes over what one input gave; in the order of the inputs.
  void add(FileIntake&& file);

  /// To be called once, after the last.
  Evidence finish(const IntakeOptions& options, const StatusWords& words);

 private:
  void add(SourceIntake&& part);

  /// Names that the other sources have, which a picture's cells are compared with.
  [[nodiscard]] std::vector<std::string> known_names() const;

  /// The connections of pictures, put where their sources stand.
  void settle_pictures(const StatusWords& words);

  void add_client_facts(const SourceIntake& part, std::uint32_t source);

  /// Keeps what is needed to find out later whom the source is about.
  void own(const SourceIntake& part, std::uint32_t source);

  static void set_own(Attributes& attributes, const std::string& key, const std::string& value,
                      const std::string& origin);

  /// What a client's own files say outranks a list that somebody keeps.
  void settle_clients(const ComputerNames::Resolved& resolved);

  void sort_events();

  /// A computer's own report outweighs an inventory; the last report wins, as computers move.
  void set_zones();

  Evidence evidence_;
  ComputerNames names_;

  struct Listed {
    std::uint32_t name;  // Id of ComputerNames.
    std::uint32_t source;
    InventoryRow row;
  };
  std::vector<Listed> inventory_;

  struct Pending {
    OwnedSource owned;
    std::optional<std::uint32_t> name;  // Id of ComputerNames of owner.computer.
    std::map<std::string, std::string> attributes;
  };
  std::vector<Pending> pending_;
  std::vector<SourceIntake> pictures_;
};

}  // namespace dropscope
