#pragma once

#include <activitytrack/core/cpp20.hpp>

#include <cassert>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace activitytrack {

/// What kind of failure it was, for code that has to decide; each means one thing. People read Error::message.
enum class ErrorCode {
  invalid_input,   ///< bytes, text or options that break the rules
  not_found,       ///< what was named does not exist
  already_exists,  ///< what was to be made is there
  conflict,        ///< what the call was based on has changed, or something else stands against it
  too_large,       ///< beyond a limit of this program
  permission,      ///< the system does not let this process do it
  unauthorized,    ///< the credential or key that was given does not permit it, or not any more
  untrusted,       ///< who answers cannot prove who it is
  io,              ///< a file or socket operation failed
  no_space,        ///< the disk is full, or a quota is
  corrupt,         ///< a file is not what it should be
  busy,            ///< held by another process
  unavailable,     ///< not there now; trying again later makes sense
  timeout,         ///< it took too long
  unsupported,     ///< not possible on this platform or with this build
};

/// Whether the failure lies with the system and not with what it was given: the same call may succeed later, and
/// nothing is gained by trying a part of it.
constexpr bool is_transient(ErrorCode code) noexcept {
  using enum ErrorCode;
  return code == no_space || code == unavailable || code == busy || code == timeout || code == permission;
}

/// A failure that comes from outside: input, files, the network. `message` is one line for a person: what was wrong,
/// where, and what to do. It holds no window title, credential or key.
struct Error {
  ErrorCode code = ErrorCode::io;
  std::string message;

  friend bool operator==(const Error&, const Error&) = default;
};

/// The code's name as it appears in logs: "invalid_input", "io", ...
std::string_view to_string(ErrorCode code) noexcept;

/// An Error that describes `what` and the system's own words for `errno_value`; ENOSPC, EDQUOT, EACCES and the like
/// choose the code.
Error system_error(std::string_view what, int errno_value);

/// What Result::value() throws on a failure: std::runtime_error with the error's message.
[[noreturn]] void throw_failure(const Error& error);

/// A value, or the error that kept it from being made. Everything that comes from outside is returned this way;
/// exceptions are left for bugs and failed starts.
///
///     Result<int> n = parse("x");
///     if (!n) return n.error();
///     use(*n);
///
/// `*n` and `n->` of a failure, and `error()` of a success, are bugs: undefined without assertions.
template <class T, class E = Error>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result() requires std::is_default_constructible_v<T> : state_(std::in_place_index<0>) {}

  template <class U>
  requires(std::is_convertible_v<U, T> && !std::is_convertible_v<U, E> && !std::is_same_v<std::decay_t<U>, Result>)
      Result(U&& value)
      : state_(std::in_place_index<0>, std::forward<U>(value)) {}

  template <class U>
  requires(std::is_convertible_v<U, E> && !std::is_convertible_v<U, T> && !std::is_same_v<std::decay_t<U>, Result>)
      Result(U&& error)
      : state_(std::in_place_index<1>, std::forward<U>(error)) {}

  bool has_value() const noexcept { return state_.index() == 0; }
  bool has_error() const noexcept { return !has_value(); }
  explicit operator bool() const noexcept { return has_value(); }

  T& operator*() & noexcept { return *operator->(); }
  const T& operator*() const& noexcept { return *operator->(); }
  T&& operator*() && noexcept { return std::move(*operator->()); }
  T* operator->() noexcept { return assert(has_value()), std::get_if<0>(&state_); }
  const T* operator->() const noexcept { return assert(has_value()), std::get_if<0>(&state_); }

  T& value() & { return check(), **this; }
  const T& value() const& { return check(), **this; }
  T value() && { return check(), std::move(**this); }  // by value: `for (x : read().value())` must not dangle

  T value_or(T otherwise) const& { return has_value() ? **this : std::move(otherwise); }

  const E& error() const& noexcept { return assert(!has_value()), *std::get_if<1>(&state_); }
  E&& error() && noexcept { return assert(!has_value()), std::move(*std::get_if<1>(&state_)); }

  friend bool operator==(const Result&, const Result&) = default;

 private:
  void check() const {
    if (!has_value()) throw_failure(error());
  }

  std::variant<T, E> state_;
};

/// Success without a value, or the error.
template <class E>
class [[nodiscard]] Result<void, E> {
 public:
  using value_type = void;

  Result() = default;

  template <class U>
  requires(std::is_convertible_v<U, E> && !std::is_same_v<std::decay_t<U>, Result>) Result(U&& error)
      : error_(std::forward<U>(error)) {}

  bool has_value() const noexcept { return !error_; }
  bool has_error() const noexcept { return !has_value(); }
  explicit operator bool() const noexcept { return has_value(); }

  void value() const {
    if (error_) throw_failure(*error_);
  }

  const E& error() const& noexcept { return assert(error_), *error_; }
  E&& error() && noexcept { return assert(error_), std::move(*error_); }

  friend bool operator==(const Result&, const Result&) = default;

 private:
  std::optional<E> error_;
};

}  // namespace activitytrack
