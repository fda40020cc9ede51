// Any bytes as a list of clients and as a table of leaves. Checks what the search promises: its
// figures are finite and in their ranges, and every cause names values that the table has.
#include <cmath>

#include "analysis/scope/read_table.h"

namespace {

using dropscope::check;

void check_terms(const std::vector<dropscope::ScopeAttribute>& attributes,
                 const dropscope::ScopeTerms& terms) {
  check(!terms.empty(), "a cause names nothing");
  for (const auto& term : terms) {
    check(term.attribute < attributes.size(), "an attribute that is not there");
    check(term.value < attributes[term.attribute].values.size(), "a value that is not there");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const dropscope::Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  if (const auto clients = dropscope::read_scope_table(bytes, "fuzz.csv")) {
    const auto result = dropscope::find_scope(*clients, {});
    check(result.confidence >= 0 && result.confidence <= 1, "a confidence that is none");
    check(std::isfinite(result.dispersion), "a dispersion that is no number");
    for (const auto& cause : result.causes) {
      check_terms(clients->attributes, cause.terms);
      check(cause.affected <= cause.clients, "more affected clients than clients");
    }
  }
  if (const auto leaves = dropscope::read_leaf_table(bytes, "fuzz.csv")) {
    for (const auto& terms : dropscope::localise(*leaves)) check_terms(leaves->attributes, terms);
  }
  return 0;
}
