// Any text as each kind of data file that a user may add: profile, event map, server words,
// texts, timers, settings, cause.
#include "base/bytes.h"
#include "base/result.h"
#include "evidence/catalogue/parse.h"

namespace {

template <typename T>
void look(const dropscope::Result<T>& result) {
  if (result) return;
  dropscope::check(!result.error().message.empty(), "an error without a sentence");
  dropscope::check(result.error().where.starts_with("fuzz.toml"), "an error without its place");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const dropscope::Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  const std::string_view text = dropscope::as_text(bytes);
  look(dropscope::parse_profile(text, "fuzz.toml"));
  look(dropscope::parse_event_map(text, "fuzz.toml"));
  look(dropscope::parse_server_words(text, "fuzz.toml"));
  look(dropscope::parse_texts(text, "fuzz.toml"));
  look(dropscope::parse_timers(text, "fuzz.toml"));
  look(dropscope::parse_settings(text, "fuzz.toml"));
  look(dropscope::parse_cause(text, "fuzz.toml"));
  return 0;
}
