#pragma once

// How calls fail in dropscope.
//
// Three kinds of trouble are told apart on purpose (docs/architecture.md):
//   - damage in the input is normal: it goes into a damage list and reading goes on;
//   - a call that failed returns Result<T>, defined here;
//   - a bug stops the program through check().
// tl::expected stands in for std::expected, which GCC 12 has only in C++23 mode; only names that
// the standard shares are used, so that moving later touches this file alone.

#include <cstdint>
#include <source_location>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace dropscope {

/// What a caller can do about a failure; it maps to the program's exit codes.
enum class ErrorCode : std::uint8_t {
  NotFound,     ///< The named thing does not exist.
  Denied,       ///< It exists, and reading it is not permitted.
  Io,           ///< The system failed while reading or writing.
  Corrupt,      ///< The bytes are not what their format promises.
  Unsupported,  ///< Well formed, but of a kind that is not handled.
  Invalid,      ///< What the user wrote (option, data file, scenario) is wrong.
  Limit,        ///< A bound that protects against hostile input was met.
};

/// A failure: a sentence for people, and where it happened ("file:line:column", "file @ offset").
/// The sentence says what was found, what was expected and, where there is one, what to do.
struct [[nodiscard]] Error {
  ErrorCode code = ErrorCode::Io;
  std::string message;
  std::string where;

  /// "where: message", or the message alone.
  [[nodiscard]] std::string text() const {
    return where.empty() ? message : where + ": " + message;
  }
};

template <typename T>
using Result = tl::expected<T, Error>;

/// For `return fail(ErrorCode::Corrupt, "…", "file @ 0x1000");` in functions that return Result.
[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::string message,
                                                std::string where = {}) {
  return tl::unexpected<Error>(Error{code, std::move(message), std::move(where)});
}

/// Passes a failure on.
[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

/// Stops the program with a message when `condition` is false. For bugs only: no input reaches it.
void check(bool condition, std::string_view what,
           std::source_location where = std::source_location::current());

}  // namespace dropscope
