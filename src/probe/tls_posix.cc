// TLS by OpenSSL's libssl, over memory instead of sockets. Debian has none of it for MinGW, which
// is the only reason that this is not the file for every system.

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

struct FreeContext {
  void operator()(SSL_CTX* context) const { ::SSL_CTX_free(context); }
};
struct FreeSession {
  void operator()(SSL* session) const { ::SSL_free(session); }
};
struct FreeBio {
  void operator()(BIO* bio) const { ::BIO_free(bio); }
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
  Context out(::SSL_CTX_new(::TLS_client_method()));
  if (!out) return out;
  ::SSL_CTX_set_verify(out.get(), SSL_VERIFY_NONE, nullptr);
  // Servers of ten years ago are measured too; distributions refuse them otherwise.
  ::SSL_CTX_set_security_level(out.get(), 0);
  ::SSL_CTX_set_min_proto_version(out.get(), TLS1_VERSION);
  ::SSL_CTX_set_options(out.get(), SSL_OP_LEGACY_SERVER_CONNECT);
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
    ::BIO_write(in_, bytes.data(), static_cast<int>(bytes.size()));
    return drive();
  }

  Step send(std::string_view data) override {
    Step step;
    ::ERR_clear_error();
    const int sent = ::SSL_write(session_.get(), data.data(), static_cast<int>(data.size()));
    if (sent <= 0) note(sent, step);
    drain(step);
    return step;
  }

 private:
  Step drive() {
    Step step;
    ::ERR_clear_error();
    if (!ready_) {
      const int done = ::SSL_do_handshake(session_.get());
      ready_ = done == 1;
      if (!ready_) note(done, step);
    }
    while (ready_) {
      std::array<char, 4096> buffer{};
      const int got = ::SSL_read(session_.get(), buffer.data(), static_cast<int>(buffer.size()));
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
    while ((got = ::BIO_read(out_, buffer.data(), static_cast<int>(buffer.size()))) > 0) {
      step.to_send.append(buffer.data(), static_cast<std::size_t>(got));
    }
  }

  void note(int result, Step& step) const {
    const int kind = ::SSL_get_error(session_.get(), result);
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
    const unsigned long error = ::ERR_peek_error();
    const int reason = ERR_GET_REASON(error);
    const char* const words = ::ERR_reason_error_string(error);
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

bool has_tls() {
  return true;
}

Result<std::unique_ptr<TlsSession>> make_tls_session(const std::string& host) {
  static const Context context = make_context();
  Session session(context ? ::SSL_new(context.get()) : nullptr);
  MemoryBio in(::BIO_new(::BIO_s_mem()));
  MemoryBio out(::BIO_new(::BIO_s_mem()));
  std::string name = host;
  const bool named = !IpAddress::parse(host);
  if (!session || !in || !out ||
      (named && ::SSL_ctrl(session.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                           name.data()) != 1)) {
    return fail(ErrorCode::Io, "OpenSSL cannot begin a session of TLS for the host", host);
  }
  ::SSL_set_connect_state(session.get());
  BIO* const read_from = in.get();
  BIO* const written_to = out.get();
  ::SSL_set_bio(session.get(), in.release(), out.release());
  return std::make_unique<OpenSslSession>(std::move(session), read_from, written_to);
}

}  // namespace dropscope::probe
