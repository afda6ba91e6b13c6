#pragma once

#include "net/http_client.hpp"

#include <activitytrack/sender/sender.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

namespace activitytrack {

/// What an answer that is no 2xx means for what was sent, whatever that was: `what` names it ("events").
struct HttpRefusal {
  SendStatus status = SendStatus::retry;
  std::optional<std::chrono::seconds> retry_after{};  ///< of `retry`
  Error error{};
};
HttpRefusal refusal_of(const HttpResponse& response, std::string_view what, std::string_view server,
                       std::string_view credential);

/// What an answer means for the batch of `sent` events that it is about. `server` names the server in errors,
/// which never hold `credential`, whatever the server wrote.
SendOutcome outcome_of(const HttpResponse& response, std::size_t sent, std::string_view server,
                       std::string_view credential);

}  // namespace activitytrack
