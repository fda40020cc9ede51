// TLS by OpenSSL's libssl, over memory instead of sockets. Debian has none of it for MinGW, so the
// program for Windows does without. The library is loaded when the first session is made: linked,
// it and libcrypto made every start of the program 1.7 ms longer, a third (measured 2026-11-29).

#include <dlfcn.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/ip_address.h"
#include "base/text.h"
#include "probe/tls.h"

namespace dropscope::probe {
namespace {

/// The functions of OpenSSL that are called, by its own names.
struct Library {
  decltype(&::TLS_client_method) TLS_client_method = nullptr;
  decltype(&::SSL_CTX_new) SSL_CTX_new = nullptr;
  decltype(&::SSL_CTX_free) SSL_CTX_free = nullptr;
  decltype(&::SSL_CTX_set_verify) SSL_CTX_set_verify = nullptr;
  decltype(&::SSL_CTX_set_security_level) SSL_CTX_set_security_level = nullptr;
  decltype(&::SSL_CTX_ctrl) SSL_CTX_ctrl = nullptr;
  decltype(&::SSL_CTX_set_options) SSL_CTX_set_options = nullptr;
  decltype(&::SSL_new) SSL_new = nullptr;
  decltype(&::SSL_free) SSL_free = nullptr;
  decltype(&::SSL_ctrl) SSL_ctrl = nullptr;
  decltype(&::SSL_set_connect_state) SSL_set_connect_state = nullptr;
  decltype(&::SSL_set_bio) SSL_set_bio = nullptr;
  decltype(&::SSL_do_handshake) SSL_do_handshake = nullptr;
  decltype(&::SSL_read) SSL_read = nullptr;
  decltype(&::SSL_write) SSL_write = nullptr;
  decltype(&::SSL_get_error) SSL_get_error = nullptr;
  decltype(&::BIO_new) BIO_new = nullptr;
  decltype(&::BIO_s_mem) BIO_s_mem = nullptr;
  decltype(&::BIO_free) BIO_free = nullptr;
  decltype(&::BIO_read) BIO_read = nullptr;
  decltype(&::BIO_write) BIO_write = nullptr;
  decltype(&::ERR_clear_error) ERR_clear_error = nullptr;
  decltype(&::ERR_peek_error) ERR_peek_error = nullptr;
  decltype(&::ERR_reason_error_string) ERR_reason_error_string = nullptr;
  std::string problem;  ///< Why they cannot be called; empty when they can.
};

template <typename F>
void find(void* handle, const char* name, F& function, std::string& problem) {
  function = reinterpret_cast<F>(::dlsym(handle, name));
  if (function == nullptr) problem = fmt::format("it has no function {}", name);
}

Library load() {
  Library out;
  const std::string file = fmt::format("libssl.so.{}", OPENSSL_VERSION_MAJOR);
  // Never unloaded: what it keeps for the end of the program is its own affair. libcrypto comes
  // with it, and is looked into as well.
  void* const handle = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    out.problem =
        fmt::format("{} is not there; install it (Debian: libssl{})", file, OPENSSL_VERSION_MAJOR);
    return out;
  }
  find(handle, "TLS_client_method", out.TLS_client_method, out.problem);
  find(handle, "SSL_CTX_new", out.SSL_CTX_new, out.problem);
  find(handle, "SSL_CTX_free", out.SSL_CTX_free, out.problem);
  find(handle, "SSL_CTX_set_verify", out.SSL_CTX_set_verify, out.problem);
  find(handle, "SSL_CTX_set_security_level", out.SSL_CTX_set_security_level, out.problem);
  find(handle, "SSL_CTX_ctrl", out.SSL_CTX_ctrl, out.problem);
  find(handle, "SSL_CTX_set_options", out.SSL_CTX_set_options, out.problem);
  find(handle, "SSL_new", out.SSL_new, out.problem);
  find(handle, "SSL_free", out.SSL_free, out.problem);
  find(handle, "SSL_ctrl", out.SSL_ctrl, out.problem);
  find(handle, "SSL_set_connect_state", out.SSL_set_connect_state, out.problem);
  find(handle, "SSL_set_bio", out.SSL_set_bio, out.problem);
  find(handle, "SSL_do_handshake", out.SSL_do_handshake, out.problem);
  find(handle, "SSL_read", out.SSL_read, out.problem);
  find(handle, "SSL_write", out.SSL_write, out.problem);
  find(handle, "SSL_get_error", out.SSL_get_error, out.problem);
  find(handle, "BIO_new", out.BIO_new, out.problem);
  find(handle, "BIO_s_mem", out.BIO_s_mem, out.problem);
  find(handle, "BIO_free", out.BIO_free, out.problem);
  find(handle, "BIO_read", out.BIO_read, out.problem);
  find(handle, "BIO_write", out.BIO_write, out.problem);
  find(handle, "ERR_clear_error", out.ERR_clear_error, out.problem);
  find(handle, "ERR_peek_error", out.ERR_peek_error, out.problem);
  find(handle, "ERR_reason_error_string", out.ERR_reason_error_string, out.problem);
  return out;
}

const Library& library() {
  static const Library loaded = load();
  return loaded;
}

struct FreeContext {
  void operator()(SSL_CTX* context) const { library().SSL_CTX_free(context); }
};
struct FreeSession {
  void operator()(SSL* session) const { library().SSL_free(session); }
};
struct FreeBio {
  void operator()(BIO* bio) const { library().BIO_free(bio); }
};
using Context = std::unique_ptr<SSL_CTX, FreeContext>;
using Session = std::unique_ptr<SSL, FreeSession>;
using MemoryBio = std::unique_ptr<BIO, FreeBio>;

/// Types of records, of which a first one from a server is an alert or of the handshake (RFC 8446,
/// section 5.1).
constexpr char kAlertRecord = 21;
constexpr char kHandshakeRecord = 22;
/// So much of what is no TLS is shown.
constexpr std::size_t kShownBytes = 40;

Context make_context() {
  Context out(library().SSL_CTX_new(library().TLS_client_method()));
  if (!out) return out;
  library().SSL_CTX_set_verify(out.get(), SSL_VERIFY_NONE, nullptr);
  // Servers of ten years ago are measured too; distributions refuse them otherwise.
  library().SSL_CTX_set_security_level(out.get(), 0);
  library().SSL_CTX_ctrl(out.get(), SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_VERSION, nullptr);
  library().SSL_CTX_set_options(out.get(), SSL_OP_LEGACY_SERVER_CONNECT);
  return out;
}

class OpenSslSession : public TlsSession {
 public:
  OpenSslSession(Session session, BIO* in, BIO* out)
      : session_(std::move(session)), in_(in), out_(out) {}

  [[nodiscard]] bool ready() const override { return ready_; }

  Step start() override { return drive(); }

  Step receive(std::string_view bytes) override {
    if (first_.size() < kShownBytes) {
      first_.append(bytes.substr(0, kShownBytes - first_.size()));
    }
    library().BIO_write(in_, bytes.data(), static_cast<int>(bytes.size()));
    return drive();
  }

  Step send(std::string_view data) override {
    Step step;
    library().ERR_clear_error();
    const int sent =
        library().SSL_write(session_.get(), data.data(), static_cast<int>(data.size()));
    if (sent <= 0) note(sent, step);
    drain(step);
    return step;
  }

 private:
  Step drive() {
    Step step;
    library().ERR_clear_error();
    if (!ready_) {
      const int done = library().SSL_do_handshake(session_.get());
      ready_ = done == 1;
      if (!ready_) note(done, step);
    }
    while (ready_) {
      std::array<char, 4096> buffer{};
      const int got =
          library().SSL_read(session_.get(), buffer.data(), static_cast<int>(buffer.size()));
      if (got <= 0) {
        note(got, step);
        break;
      }
      step.data.append(buffer.data(), static_cast<std::size_t>(got));
    }
    drain(step);
    return step;
  }

  void drain(Step& step) const {
    std::array<char, 4096> buffer{};
    int got = 0;
    while ((got = library().BIO_read(out_, buffer.data(), static_cast<int>(buffer.size()))) > 0) {
      step.to_send.append(buffer.data(), static_cast<std::size_t>(got));
    }
  }

  void note(int result, Step& step) const {
    const int kind = library().SSL_get_error(session_.get(), result);
    if (kind == SSL_ERROR_WANT_READ || kind == SSL_ERROR_WANT_WRITE) return;
    if (kind == SSL_ERROR_ZERO_RETURN) {
      step.closed = true;
      return;
    }
    step.problem = problem_text();
  }

  [[nodiscard]] std::string problem_text() const {
    const bool no_tls =
        !first_.empty() && first_.front() != kAlertRecord && first_.front() != kHandshakeRecord;
    if (!ready_ && no_tls) {
      return "the server does not speak TLS on this port, it says \"" + printable(trim(first_)) +
             "\"; leave out --tls";
    }
    const unsigned long error = library().ERR_peek_error();
    const int reason = ERR_GET_REASON(error);
    const char* const words = library().ERR_reason_error_string(error);
    if (reason > SSL_AD_REASON_OFFSET && words != nullptr) {
      // "sslv3 alert handshake failure": the names of versions are of the list, not of what was
      // agreed.
      const std::string_view alert = words;
      const std::size_t name = alert.find("alert ");
      return fmt::format("the server {} TLS with the alert \"{}\"", ready_ ? "ended" : "refuses",
                         name == std::string_view::npos ? alert : alert.substr(name + 6));
    }
    return std::string("TLS failed: ") + (words != nullptr ? words : "OpenSSL does not say why");
  }

  Session session_;
  BIO* in_;   ///< Owned by the session.
  BIO* out_;  ///< Owned by the session.
  bool ready_ = false;
  std::string first_;  ///< The beginning of what came, for messages.
};

}  // namespace

Result<std::unique_ptr<TlsSession>> make_tls_session(const std::string& host) {
  if (!library().problem.empty()) {
    return fail(ErrorCode::Unsupported, "TLS cannot be spoken: " + library().problem, host);
  }
  static const Context context = make_context();
  Session session(context ? library().SSL_new(context.get()) : nullptr);
  MemoryBio in(library().BIO_new(library().BIO_s_mem()));
  MemoryBio out(library().BIO_new(library().BIO_s_mem()));
  std::string name = host;
  const bool named = !IpAddress::parse(host);
  if (!session || !in || !out ||
      (named && library().SSL_ctrl(session.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME,
                                   TLSEXT_NAMETYPE_host_name, name.data()) != 1)) {
    return fail(ErrorCode::Io, "OpenSSL cannot begin a session of TLS for the host", host);
  }
  library().SSL_set_connect_state(session.get());
  BIO* const read_from = in.get();
  BIO* const written_to = out.get();
  library().SSL_set_bio(session.get(), in.release(), out.release());
  return std::make_unique<OpenSslSession>(std::move(session), read_from, written_to);
}

}  // namespace dropscope::probe
