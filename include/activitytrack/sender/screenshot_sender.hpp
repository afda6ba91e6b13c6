#pragma once

#include <activitytrack/core/log.hpp>
#include <activitytrack/core/screenshot.hpp>
#include <activitytrack/s3/s3_options.hpp>
#include <activitytrack/sender/sender.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>

namespace activitytrack {

/// What became of a screenshot: as of a batch of events (SendStatus), without an answer.
struct ScreenshotOutcome {
  SendStatus status = SendStatus::retry;
  std::optional<std::chrono::seconds> retry_after{};
  Error error{};  ///< of all but `settled`
  /// Of `retry`: there was an answer, and it may be about this one alone. Others are worth a try now.
  bool others_may_pass = false;
};

/// Carries screenshots to where they go. One thread calls `send`; `cancel` may come from any.
class ScreenshotSender {
 public:
  virtual ~ScreenshotSender() = default;

  /// Blocks until there is an outcome. `bytes` are what `screenshot` tells the size and sha256 of. `settled`:
  /// they are on the receiver's disk, now or by an earlier try.
  virtual ScreenshotOutcome send(const Screenshot& screenshot, std::string_view bytes) = 0;

  /// Makes a `send` under way, and all later ones, return `retry` at once.
  virtual void cancel() noexcept = 0;
};

/// To the server: POST /api/screenshots says what there is; the answer says from which byte on, and where to,
/// the rest is to be PUT: the server itself, or a bucket by a URL that the server has signed (docs/api.md). A
/// try that was cut is gone on with where it ended.
Result<std::unique_ptr<ScreenshotSender>> make_http_screenshot_sender(HttpSenderOptions options);

/// To a bucket: "screenshots/" + screenshot_path() below its prefix, what else is known as the object's
/// metadata. Of format none there is an object without bytes. Whatever the bucket answers, no picture is ever
/// refused: `retry`.
Result<std::unique_ptr<ScreenshotSender>> make_s3_screenshot_sender(S3Options options, Log& log = null_log());

}  // namespace activitytrack
