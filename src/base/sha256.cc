#include "base/sha256.h"

// Note for Windows: MinGW's gcrypt.h needs winsock's types before windows.h is seen; nothing here
// includes windows.h.
#include <gcrypt.h>

#include "base/result.h"

namespace dropscope {
namespace {

/// libgcrypt wants to be told once, before its first use, that nobody will configure it further
/// ("Initializing the library" in its manual). A program around us may have done so already.
bool initialise() {
  if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P) != 0) return true;
  if (gcry_check_version(GCRYPT_VERSION) == nullptr) return false;
  // Locked memory is for secrets; there are none here.
  gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
  gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
  return true;
}

}  // namespace

std::string sha256_hex(Bytes bytes) {
  static const bool ready = initialise();  // Thread-safe: a local static is initialised once.
  check(ready, "the libgcrypt that is loaded is older than the one this program was built with");
  std::array<std::uint8_t, 32> digest{};
  gcry_md_hash_buffer(GCRY_MD_SHA256, digest.data(), bytes.data(), bytes.size());
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(2 * digest.size());
  for (const std::uint8_t byte : digest) {
    out += kDigits[byte >> 4];
    out += kDigits[byte & 0xf];
  }
  return out;
}

}  // namespace dropscope
