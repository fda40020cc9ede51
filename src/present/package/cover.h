#pragma once

// The page that lies on top: what the case is, who is affected, what is inside, what is missing.

#include <string>
#include <string_view>
#include <vector>

#include "formats/package/manifest.h"
#include "present/present.h"

namespace dropscope::package {

struct CoverSection {
  std::string title;
  std::vector<std::string> lines;
};

/// `errors`: records of level Critical and Error in the package's logs.
[[nodiscard]] std::vector<CoverSection> make_cover(const ReportInput& input,
                                                   const Manifest& manifest, std::uint64_t errors);

[[nodiscard]] std::string cover_text(const std::vector<CoverSection>& cover);
[[nodiscard]] std::string cover_markdown(const std::vector<CoverSection>& cover);
[[nodiscard]] std::string cover_html(const std::vector<CoverSection>& cover);

}  // namespace dropscope::package
