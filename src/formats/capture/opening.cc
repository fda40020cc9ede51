#include "formats/capture/opening.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.h"
#include "formats/capture/byte_order.h"

namespace dropscope::capture {
namespace {

// TLS record types (RFC 8446, 5.1).
constexpr unsigned kChangeCipherSpec = 20;
constexpr unsigned kAlert = 21;
constexpr unsigned kHandshake = 22;
constexpr unsigned kApplicationData = 23;
/// 2^14 plain bytes and what encryption may add (RFC 5246, 6.2.3).
constexpr std::size_t kMaxTlsRecord = 16'384 + 2'048;
/// An alert of two bytes as TLS 1.3 encrypts it: content type and tag of 16 bytes come with it.
constexpr std::size_t kEncryptedAlert13 = 19;

// DCE/RPC packet types (C706, 12.6.4).
constexpr unsigned kRpcRequest = 0;
constexpr unsigned kRpcResponse = 2;
constexpr unsigned kRpcFault = 3;
constexpr unsigned kRpcBind = 11;
constexpr unsigned kRpcBindAck = 12;
constexpr unsigned kRpcBindNak = 13;
constexpr unsigned kRpcAlterContext = 14;
constexpr unsigned kRpcAlterContextResp = 15;
constexpr unsigned kRpcAuth3 = 16;
constexpr unsigned kRpcLast = 19;

unsigned byte_at(Bytes bytes, std::size_t offset) {
  return std::to_integer<unsigned>(bytes[offset]);
}

/// Reads one after the other; once it ran out it stays out.
class Cursor {
 public:
  explicit Cursor(Bytes bytes) : bytes_(bytes) {}
  [[nodiscard]] bool good() const { return good_; }
  std::size_t number(std::size_t size) {
    std::size_t value = 0;
    for (const std::byte b : take(size)) value = (value << 8) | std::to_integer<std::size_t>(b);
    return value;
  }
  Bytes take(std::size_t size) {
    if (!good_ || !fits(bytes_, at_, size)) {
      good_ = false;
      return {};
    }
    at_ += size;
    return bytes_.subspan(at_ - size, size);
  }
  [[nodiscard]] std::size_t at() const { return at_; }

 private:
  Bytes bytes_;
  std::size_t at_ = 0;
  bool good_ = true;
};

/// A name as it may be shown; nothing for what is no host name.
std::string host_name(std::string_view text) {
  constexpr std::size_t kMaxName = 255;  // RFC 1035, 2.3.4.
  if (text.empty() || text.size() > kMaxName) return {};
  const bool fine =
      std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  return fine ? std::string(text) : std::string();
}

bool is_tls_record(Bytes bytes) {
  if (bytes.size() < 5) return false;
  const unsigned type = byte_at(bytes, 0);
  const std::size_t length = load_be<std::uint16_t>(bytes.data() + 3);
  return type >= kChangeCipherSpec && type <= kApplicationData && byte_at(bytes, 1) == 3 &&
         byte_at(bytes, 2) <= 4 && length > 0 && length <= kMaxTlsRecord;
}

/// The server name of a ClientHello (RFC 8446, 4.1.2; RFC 6066, 3). `bytes` begin with the record.
/// False when they end too early.
bool read_client_hello(Bytes bytes, std::string& name) {
  Cursor in(bytes);
  in.take(5 + 4 + 2 + 32);  // Record, handshake header, version, random.
  in.take(in.number(1));    // Session.
  in.take(in.number(2));    // Cipher suites.
  in.take(in.number(1));    // Compression.
  const std::size_t extensions = in.number(2);
  const std::size_t end = in.at() + extensions;
  while (in.good() && in.at() + 4 <= end) {
    const std::size_t type = in.number(2);
    const std::size_t size = in.number(2);
    if (type != 0) {
      in.take(size);
      continue;
    }
    in.take(2);  // Length of the list; it has had one entry ever since.
    const std::size_t kind = in.number(1);
    const Bytes host = in.take(in.number(2));
    if (in.good() && kind == 0) name = host_name(as_text(host));
    return in.good();
  }
  return in.good();
}

std::optional<Opening> recognise_tls(Bytes bytes, bool whole) {
  Opening out;
  out.application = Application::Tls;
  const bool hello = byte_at(bytes, 0) == kHandshake && bytes.size() > 5;
  if (hello && (byte_at(bytes, 5) == 1 || byte_at(bytes, 5) == 2)) {
    out.sent_by_client = byte_at(bytes, 5) == 1;
  }
  if (!whole || out.sent_by_client != true) return out;
  const bool read = read_client_hello(bytes, out.server_name);
  if (!read && bytes.size() < kOpeningBytes) return std::nullopt;
  return out;
}

std::string_view http_method(std::string_view text) {
  static constexpr std::array<std::string_view, 12> kMethods = {
      "GET",     "POST",  "HEAD",     "PUT",         "OPTIONS",      "DELETE",
      "CONNECT", "PATCH", "PROPFIND", "RPC_IN_DATA", "RPC_OUT_DATA", "RPC_CONNECT"};
  for (const std::string_view method : kMethods) {
    if (text.size() > method.size() && text.starts_with(method) && text[method.size()] == ' ') {
      return method;
    }
  }
  return {};
}

std::optional<Opening> recognise_http(std::string_view text, std::string_view method, bool whole) {
  Opening out;
  out.application = Application::Http;
  out.sent_by_client = true;
  out.method = method;
  const std::size_t head_end = text.find("\r\n\r\n");
  if (head_end == std::string_view::npos && whole && text.size() < kOpeningBytes) {
    return std::nullopt;
  }
  text = text.substr(0, head_end);
  std::string_view line = text.substr(0, text.find("\r\n"));
  line.remove_prefix(method.size() + 1);
  const std::string_view target = line.substr(0, line.find(' '));
  out.path = printable(target.substr(0, std::min(target.find('?'), kMaxPath)));
  if (method == "CONNECT") out.server_name = host_name(target);
  while (out.server_name.empty()) {
    const std::size_t next = text.find("\r\n");
    if (next == std::string_view::npos) break;
    text.remove_prefix(next + 2);
    constexpr std::string_view kHost = "host:";
    if (text.size() > kHost.size() && equals_nocase_ascii(text.substr(0, kHost.size()), kHost)) {
      const std::string_view value = text.substr(kHost.size());
      out.server_name = host_name(trim(value.substr(0, value.find("\r\n"))));
      break;
    }
  }
  return out;
}

bool is_rpc(Bytes bytes) {
  // Version 5.0, a known type, characters in ASCII and floats in IEEE form, a fragment that holds
  // its own header (C706, 12.6.3.1 and 14.1).
  if (bytes.size() < 16 || byte_at(bytes, 0) != 5 || byte_at(bytes, 1) > 1) return false;
  const bool little = byte_at(bytes, 4) == 0x10;
  const std::size_t length = load<std::uint16_t>(bytes.data() + 8, !little);
  return byte_at(bytes, 2) <= kRpcLast && (little || byte_at(bytes, 4) == 0) &&
         byte_at(bytes, 5) == 0 && length >= 16;
}

Opening recognise_rpc(Bytes bytes) {
  Opening out;
  out.application = Application::DceRpc;
  switch (byte_at(bytes, 2)) {
    case kRpcBind:
    case kRpcAlterContext: {
      out.sent_by_client = true;
      // Behind the header: fragment sizes, group, number of contexts, the first context's id.
      constexpr std::size_t kAbstractSyntax = 32;
      if (fits(bytes, kAbstractSyntax, 16) && byte_at(bytes, 4) == 0x10) {
        out.interface = Guid::from_bytes(bytes.data() + kAbstractSyntax);
      }
      break;
    }
    case kRpcRequest:
    case kRpcAuth3:
      out.sent_by_client = true;
      break;
    case kRpcResponse:
    case kRpcFault:
    case kRpcBindAck:
    case kRpcBindNak:
    case kRpcAlterContextResp:
      out.sent_by_client = false;
      break;
    default:
      break;
  }
  return out;
}

}  // namespace

std::optional<Opening> recognise_opening(Bytes bytes, bool whole) {
  if (is_tls_record(bytes)) return recognise_tls(bytes, whole);
  if (is_rpc(bytes)) return recognise_rpc(bytes);
  const std::string_view text = as_text(bytes);
  if (const std::string_view method = http_method(text); !method.empty()) {
    return recognise_http(text, method, whole);
  }
  Opening out;
  if (text.starts_with("HTTP/1.")) {
    out.application = Application::Http;
    out.sent_by_client = false;
  } else if (text.starts_with("SSH-")) {
    out.application = Application::Ssh;
  } else if (whole && bytes.size() < 16) {
    return std::nullopt;  // Too few to tell: a telnet session's first keys, a header in two parts.
  }
  return out;
}

bool is_farewell(Bytes payload) {
  if (is_tls_record(payload)) {
    const unsigned type = byte_at(payload, 0);
    const std::size_t length = load_be<std::uint16_t>(payload.data() + 3);
    return type == kAlert || (type == kApplicationData && length == kEncryptedAlert13);
  }
  const std::string_view text = as_text(payload);
  if (!text.starts_with("HTTP/1.") || text.size() < 12) return false;
  const std::string_view status = text.substr(9, 3);
  return status == "408" || status == "504";
}

}  // namespace dropscope::capture
