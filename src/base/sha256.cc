#include "base/sha256.h"

// Note for Windows: MinGW's gcrypt.h needs winsock's types before windows.h is seen; nothing here
// includes windows.h.
#include <gcrypt.h>

#include <algorithm>

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

std::string hex_of(const std::uint8_t* digest) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < 32; ++i) {
    out += kDigits[digest[i] >> 4];
    out += kDigits[digest[i] & 0xf];
  }
  return out;
}

}  // namespace

std::string sha256_hex(Bytes bytes) {
  return sha256_hex(bytes, bytes.size(), [] {});
}

std::string sha256_hex(Bytes bytes, std::size_t piece_bytes, const std::function<void()>& after) {
  static const bool ready = initialise();  // Thread-safe: a local static is initialised once.
  check(ready, "the libgcrypt that is loaded is older than the one this program was built with");
  gcry_md_hd_t handle = nullptr;
  check(gcry_md_open(&handle, GCRY_MD_SHA256, 0) == 0, "libgcrypt has no SHA-256");
  while (!bytes.empty()) {
    const Bytes piece = bytes.first(std::min(std::max<std::size_t>(piece_bytes, 1), bytes.size()));
    gcry_md_write(handle, piece.data(), piece.size());
    bytes = bytes.subspan(piece.size());
    after();
  }
  const std::string out = hex_of(gcry_md_read(handle, GCRY_MD_SHA256));
  gcry_md_close(handle);
  return out;
}

}  // namespace dropscope
