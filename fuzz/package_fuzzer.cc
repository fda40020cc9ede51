// Any bytes as a manifest, and as a package with one.
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "formats/archive/zip_writer.h"
#include "formats/package/manifest.h"
#include "present/package/verify.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using dropscope::check;
  namespace package = dropscope::package;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto manifest = package::read_manifest(text);
  if (manifest) {
    const std::string written = package::write_manifest(*manifest);
    const auto again = package::read_manifest(written);
    check(again.has_value() && package::write_manifest(*again) == written,
          "a manifest changes when it is written and read");
  } else {
    check(!manifest.error().message.empty(), "an error without a sentence");
  }
  (void)package::verify(dropscope::as_bytes(text));
  dropscope::archive::ZipWriter zip(dropscope::Instant{});
  check(zip.add(package::kManifestName, dropscope::as_bytes(text)).has_value(),
        "a small member is written");
  const std::string bytes = zip.finish();
  const auto verified = package::verify(dropscope::as_bytes(bytes));
  check(verified.has_value() == manifest.has_value(), "a package is as readable as its manifest");
  return 0;
}
