#pragma once

#include <activitytrack/agent/agent.hpp>

#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>

namespace activitytrack {

// What an agent is given, made fit for use: defaults for what is left out, an error for what is wrong, and nothing that
// throws.

template <class T>
struct AsResult {
  using type = Result<T>;
};
template <class T>
struct AsResult<Result<T>> {
  using type = Result<T>;
};

/// Calls a part of the user's and returns what it returned, as a Result; what it threw comes back as an error. `part`
/// names it: "the sender".
template <class Call>
auto caught(std::string_view part, Call&& call) -> typename AsResult<decltype(call())>::type {
  try {
    if constexpr (std::is_void_v<decltype(call())>) {
      call();
      return {};
    } else {
      return call();
    }
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::unavailable, "there is not enough memory for " + std::string(part)};
  } catch (const std::exception& thrown) {
    return Error{ErrorCode::unavailable, std::string(part) + " threw an exception: " + thrown.what()};
  } catch (...) {
    return Error{ErrorCode::unavailable, std::string(part) + " threw something that is no exception"};
  }
}

/// The error says which option is wrong, and what it may be.
Result<void> check_options(const AgentOptions& options);

/// Fills in what was left out. Classifier, system statistics, zone and the buffers are wrapped: their members throw
/// nothing.
AgentParts complete_parts(AgentParts parts, Clock& clock, Log& log);

}  // namespace activitytrack
