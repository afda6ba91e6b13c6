#pragma once

#include <activitytrack/core/event.hpp>
#include <activitytrack/core/event_json.hpp>
#include <activitytrack/core/result.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace activitytrack {

/// What became of a batch.
enum class SendStatus {
  settled,    ///< the server has decided on every event: accepted, duplicate or rejected
  retry,      ///< not now: no connection, a timeout, 429, 5xx, 401. Nothing may be deleted.
  forbidden,  ///< 403: the credential is not good for all of these events; nothing may be deleted for that
              ///< alone
  refused,    ///< this batch will never be taken as it is (400, 413, 415, 422): send smaller parts
};

struct SendOutcome {
  SendStatus status = SendStatus::retry;
  BatchAnswer answer;                               ///< of `settled`
  std::optional<std::chrono::seconds> retry_after;  ///< what the server asked for
  Error error;                                      ///< of all but `settled`
};

/// Carries batches to where events go. One thread calls `send`; `cancel` may come from any.
class Sender {
 public:
  virtual ~Sender() = default;

  /// Blocks until there is an outcome; at most the implementation's own time-outs (HTTP: 30 s). `agent` is
  /// what the agent says of itself.
  virtual SendOutcome send(std::span<const Event> events, const std::optional<AgentState>& agent = std::nullopt) = 0;

  /// Makes a `send` under way, and all later ones, return `retry` at once.
  virtual void cancel() noexcept = 0;
};

struct HttpSenderOptions {
  std::string server_url;  ///< "https://host[:port][/prefix]"; events go to PREFIX/api/events
  std::string credential;  ///< the machine's bearer token; empty: none is sent
  std::string ca_file;     ///< PEM file of the authorities to trust; empty: the system's
  std::string user_agent;
};

/// HTTP/1.1 with keep-alive and zstd bodies. Certificates and host names are checked. HTTPS_PROXY, HTTP_PROXY
/// and NO_PROXY are honoured (lower-case names too). Fails only on a URL or file that cannot be used.
Result<std::unique_ptr<Sender>> make_http_sender(HttpSenderOptions options);

}  // namespace activitytrack
