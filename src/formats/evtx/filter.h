#pragma once

// Finds the records that matter without rendering any.
//
// A filter is compiled once; against each template of a chunk it is tried once. What the template
// itself says (a literal provider, say) is decided then, for all of its records; of the others only
// the values that are still in question are looked at, where they stand. The answer is that of
// reading the fields and the data of every event and comparing these.
//
// No chunk is passed over unseen: its tables and its range of record ids are hints that damage can
// falsify, and an event keeps its own id when it is forwarded into a log that counts anew. Since
// the header of every record is visited anyway, which is how damage is found, trusting them would
// gain next to nothing.

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "formats/evtx/data_search.h"
#include "formats/evtx/event.h"
#include "formats/evtx/text_match.h"

namespace dropscope::evtx {

/// What is looked for. As in Event Viewer, conditions of one kind are alternatives, those of
/// different kinds must all hold, and a kind without conditions always holds.
struct Filter {
  /// Names are patterns: '*' stands for any characters, ASCII case does not matter. All text is
  /// UTF-8; what is not counts as U+FFFD.
  std::vector<std::string> providers{};
  std::vector<std::uint16_t> ids{};     ///< An event without an id has 0.
  std::vector<std::uint64_t> levels{};  ///< Likewise.
  /// When the event was created, or its record was written where the event does not say.
  std::optional<Instant> from{};   ///< Inclusive.
  std::optional<Instant> until{};  ///< Exclusive.
  /// EventRecordID, both ends inclusive; that of the record's header where the event has none.
  std::optional<std::uint64_t> first_record_id{};
  std::optional<std::uint64_t> last_record_id{};
  std::vector<std::string> computers{};  ///< A pattern without a dot also fits the first label.
  std::vector<std::string> channels{};
  /// Parts of data_text() (event.h); case does not matter (fold_case), line breaks count as spaces.
  std::vector<std::string> texts{};

  /// Events that belong together, as a data file names them.
  struct Source {
    std::string provider{};
    std::vector<std::uint16_t> ids{};  ///< Empty: any.
    std::string channel{};             ///< Empty: any.
  };
  std::vector<Source> sources{};
};

/// A filter, compiled. Keeps what it has found out about the templates of the current chunk. Not
/// for concurrent use; each thread takes a copy.
class FilterProgram {
 public:
  explicit FilterProgram(const Filter& filter);

  /// Whether the event matches. Id and time are those of its record's header.
  [[nodiscard]] bool matches(BinXmlReader& reader, const Fragment& fragment,
                             std::uint64_t record_id, Instant written) {
    const Program& program = *fragment.program;
    if (program.number == Program::kInline) {
      prepare(inline_test_, reader, program);
      if (inline_test_.verdict != Verdict::NeedsValues) {
        return inline_test_.verdict == Verdict::Accept;
      }
      return run(inline_test_, reader, fragment, record_id, written);
    }
    if (program.number >= tests_.size()) tests_.resize(program.number + 1);
    TemplateTest& test = tests_[program.number];
    if (test.generation != reader.generation()) prepare(test, reader, program);
    if (test.verdict != Verdict::NeedsValues) return test.verdict == Verdict::Accept;
    return run(test, reader, fragment, record_id, written);
  }
  [[nodiscard]] bool matches(const EventView& event, std::uint64_t record_id, Instant written) {
    return matches(event.reader(), event.fragment(), record_id, written);
  }

 private:
  enum class Verdict : std::uint8_t { Reject, NeedsValues, Accept };
  /// In the order in which they are tried: the cheapest and those that rule out most come first.
  enum class Kind : std::uint8_t {
    Id,
    Level,
    Source,
    Provider,
    Channel,
    Computer,
    Time,
    RecordId,
    Text,
  };
  static constexpr std::size_t kKinds = static_cast<std::size_t>(Kind::Text) + 1;
  /// The field that decides; kCount where it takes more than one.
  static constexpr std::array<Field, kKinds> kFieldOf = {
      Field::EventId,  Field::Level,       Field::kCount,   Field::ProviderName, Field::Channel,
      Field::Computer, Field::TimeCreated, Field::RecordId, Field::kCount};

  /// What is left to be tested of a template's records.
  struct TemplateTest {
    std::uint64_t generation = 0;
    Verdict verdict = Verdict::Reject;
    std::uint8_t count = 0;
    std::array<Kind, kKinds> kinds{};
    std::vector<std::uint32_t> sources;  ///< Those that the template does not rule out.
  };

  struct CompiledSource {
    NamePattern provider;
    std::vector<std::uint16_t> ids;
    std::optional<NamePattern> channel;
  };

  using IdSet = std::bitset<65536>;

  void prepare(TemplateTest& test, BinXmlReader& reader, const Program& program);
  [[nodiscard]] bool run(const TemplateTest& test, BinXmlReader& reader, const Fragment& fragment,
                         std::uint64_t record_id, Instant written);
  bool prepare_sources(TemplateTest& test, const Program& program) const;
  [[nodiscard]] bool source_holds(const TemplateTest& test, const EventView& event) const;
  [[nodiscard]] static bool has_id(const CompiledSource& source, std::uint64_t number);
  [[nodiscard]] static bool has_channel(const CompiledSource& source, const ValueView& channel);
  [[nodiscard]] bool value_holds(Kind kind, const ValueView& value) const;
  std::vector<NamePattern> providers_;
  std::vector<NamePattern> computers_;
  std::vector<NamePattern> channels_;
  std::vector<std::uint64_t> levels_;
  std::optional<Instant> from_;
  std::optional<Instant> until_;
  std::uint64_t first_record_id_ = 0;
  std::uint64_t last_record_id_ = ~std::uint64_t{0};
  DataSearch texts_;
  std::vector<CompiledSource> sources_;
  std::array<bool, kKinds> asked_{};
  IdSet ids_;
  IdSet source_ids_;

  std::vector<TemplateTest> tests_;  // By the template's number in its chunk.
  TemplateTest inline_test_;
};

}  // namespace dropscope::evtx
