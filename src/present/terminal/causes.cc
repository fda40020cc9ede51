// The catalogue of causes for a terminal: what each is, how it is confirmed and who owns it. What
// it predicts is for the JSON form and for those who read the files.

#include "present/causes.h"

#include <fmt/format.h>

#include "present/terminal/screen.h"

namespace dropscope {
namespace {

constexpr std::size_t kLabel = 12;
/// More products than a screen holds are in the JSON form.
constexpr std::size_t kChangesShown = 4;

}  // namespace

std::string render_causes_terminal(const Catalogue& catalogue, const TerminalStyle& style) {
  Screen out(style);
  for (const CauseRule& cause : catalogue.causes) {
    out.heading(fmt::format("{}: {}", cause.id, cause.title));
    out.paragraph(cause.summary, 2);
    for (const std::string& text : cause.against) out.labelled("Against", text, 2, kLabel);
    out.labelled("Confirm", cause.confirm, 2, kLabel);
    if (!cause.confirm_command.empty()) out.verbatim(cause.confirm_command, 2 + kLabel);
    out.labelled("Owner", cause.owner, 2, kLabel);
    const std::vector<CauseChange> changes = changes_of(cause, catalogue.timers);
    for (std::size_t i = 0; i < changes.size() && i < kChangesShown; ++i) {
      out.labelled(
          i == 0 ? "Change" : "",
          fmt::format("{}, {}: {}", changes[i].product, changes[i].setting, changes[i].how), 2,
          kLabel);
    }
    if (changes.size() > kChangesShown) {
      out.paragraph(fmt::format("and {} more (--format json)", changes.size() - kChangesShown),
                    2 + kLabel, 0, Paint::Dim);
    }
    out.labelled("Verify", cause.verify, 2, kLabel);
  }
  return out.take();
}

}  // namespace dropscope
