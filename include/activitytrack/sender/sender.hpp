#pragma once

#include <activitytrack/core/event.hpp>
#include <activitytrack/core/log.hpp>
#include <activitytrack/core/result.hpp>
#include <activitytrack/core/screenshot.hpp>
#include <activitytrack/seal/seal.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace activitytrack {

struct S3Options;  // s3/s3_options.hpp

/// What became of a batch of events, or of a screenshot.
struct SendOutcome {
  enum Status {
    settled,  ///< decided on: of events each is accepted, duplicate or rejected; a screenshot is on the receiver's disk
    retry,    ///< not now: no connection, a timeout, 429, 5xx, 401. Nothing may be deleted.
    forbidden,  ///< 403: the credential is not good for all of it; nothing may be deleted for that only
    refused,    ///< it will never be taken as it is (400, 413, 415, 422): send smaller parts
  };

  Status status = retry;
  std::optional<std::chrono::seconds> retry_after{};  ///< what the receiver asked for
  Error error{};                                      ///< of all but `settled`
  /// Of a screenshot's `retry`: there was an answer, and it may be about this one only. Others are worth a try now.
  bool others_may_pass = false;
  BatchAnswer answer{};  ///< of events that are `settled`
};

/// Carries batches to where events go. One thread calls `send`; `cancel` may come from any (agent/agent.hpp says
/// which).
class Sender {
 public:
  virtual ~Sender() = default;

  /// Blocks until there is an outcome; at most the implementation's own time-outs (HTTP: 30 s). Each event comes as the
  /// JSON object in which it is kept, to be sent as it is; decode() reads it. `agent` is what the agent says of itself.
  virtual SendOutcome send(std::span<const EncodedEvent> events,
                           const std::optional<AgentState>& agent = std::nullopt) = 0;

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

/// Carries screenshots to where they go. One thread calls `send`; `cancel` may come from any.
class ScreenshotSender {
 public:
  virtual ~ScreenshotSender() = default;

  /// Blocks until there is an outcome. `bytes` are those whose size and sha256 are in `screenshot`. `settled`: they
  /// are on the receiver's disk, by this try or an earlier one.
  virtual SendOutcome send(const Screenshot& screenshot, std::string_view bytes) = 0;

  /// Makes a `send` under way, and all later ones, return `retry` at once.
  virtual void cancel() noexcept = 0;
};

/// To the server: POST /api/screenshots says what there is; the answer says from which byte on, and where to,
/// the rest is to be PUT: the server itself, or a bucket by a URL that the server has signed (docs/api.md). A
/// try that was cut is gone on with where it ended.
Result<std::unique_ptr<ScreenshotSender>> make_http_screenshot_sender(HttpSenderOptions options);

/// To a bucket: "screenshots/" + screenshot_path() below its prefix, what else is known as the object's metadata. Of
/// format none there is an object without bytes. Whatever the bucket answers, no picture is ever refused: `retry`.
Result<std::unique_ptr<ScreenshotSender>> make_s3_screenshot_sender(S3Options options, Log& log = null_log());

/// Events to a bucket, without a server: JSON Lines packed with zstd, by `seal_for` sealed, at
/// "events/MACHINE/DATE/FROM-TO.jsonl.zst" (".sealed" after it) below the prefix; one object for each machine
/// and UTC date of a batch, with the first and the last timestamp in its name (20240115T103000Z, or with six
/// or three digits of a fraction before the Z). A batch that is sent again in another cut makes another
/// object: who reads them takes each event once. Whatever the bucket answers, no event is ever refused:
/// `retry`. Since a bucket cannot check events, one that decode() cannot read is rejected and not uploaded. `log` is
/// borrowed and outlives the sender.
Result<std::unique_ptr<Sender>> make_s3_sender(S3Options options, std::optional<PublicKey> seal_for,
                                               Log& log = null_log());

}  // namespace activitytrack
