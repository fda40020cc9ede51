#include "base/sha256.h"

// Note for Windows: MinGW's gcrypt.h needs winsock's types before windows.h is seen; nothing here
// includes windows.h.
#include <gcrypt.h>

#include <cstdint>

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

struct Sha256::State {
  State() {
    static const bool ready = initialise();  // Thread-safe: a local static is initialised once.
    check(ready, "the libgcrypt that is loaded is older than the one this program was built with");
    check(gcry_md_open(&handle, GCRY_MD_SHA256, 0) == 0, "libgcrypt has no SHA-256");
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { gcry_md_close(handle); }

  gcry_md_hd_t handle = nullptr;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::add(Bytes piece) {
  gcry_md_write(state_->handle, piece.data(), piece.size());
}

std::string Sha256::hex() {
  return hex_of(gcry_md_read(state_->handle, GCRY_MD_SHA256));
}

std::string sha256_hex(Bytes bytes) {
  Sha256 digest;
  digest.add(bytes);
  return digest.hex();
}

}  // namespace dropscope
