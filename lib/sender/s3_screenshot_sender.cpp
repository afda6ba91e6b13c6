#include <activitytrack/sender/sender.hpp>

#include "s3/s3_client.hpp"
#include "s3/signature.hpp"

#include <activitytrack/core/clock.hpp>

#include <algorithm>

namespace activitytrack {
namespace {

/// What a header field can hold: other than plain ASCII is percent-encoded.
std::string field_text(std::string_view text) {
  const bool plain = std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F && c != '%' && c != ','; });
  return plain ? std::string(text) : uri_encode(text, true);
}

const char* content_type(ScreenshotFormat format) {
  switch (format) {
    case ScreenshotFormat::jpeg:
      return "image/jpeg";
    case ScreenshotFormat::sealed:
      return "application/vnd.activitytrack.sealed";
    case ScreenshotFormat::none:
      break;
  }
  return "application/octet-stream";
}

HttpFields fields_of(const Screenshot& shot) {
  HttpFields fields{{"Content-Type", content_type(shot.format)}};
  const auto add = [&](const std::string& name, std::string_view value) {
    if (!value.empty()) fields.emplace_back("x-amz-meta-" + name, field_text(value));
  };
  add("machine-id", shot.machine_id);
  add("id", shot.id);
  add("taken-at", format_timestamp(shot.taken_at));
  add("timezone", shot.timezone);
  add("utc-offset-min", std::to_string(shot.utc_offset_min));
  add("monitor", shot.monitor);
  add("width", std::to_string(shot.width));
  add("height", std::to_string(shot.height));
  add("format", to_string(shot.format));
  add("same-as", shot.same_as);
  add("sha256", shot.sha256);
  return fields;
}

class S3ScreenshotSender final : public ScreenshotSender {
 public:
  explicit S3ScreenshotSender(std::unique_ptr<S3Client> client) : client_(std::move(client)) {}

  /// Whatever a bucket refuses, it is set up wrongly, and not the picture's fault: it is kept.
  ScreenshotOutcome send(const Screenshot& shot, std::string_view bytes) override {
    const Result<void> put = client_->put("screenshots/" + screenshot_path(shot), body_of(bytes), fields_of(shot));
    if (put) return {.status = SendStatus::settled};
    const ErrorCode code = put.error().code;
    const bool answered = code != ErrorCode::unavailable && code != ErrorCode::timeout;
    return {.status = SendStatus::retry, .error = put.error(), .others_may_pass = answered};
  }

  void cancel() noexcept override { client_->cancel(); }

 private:
  std::unique_ptr<S3Client> client_;
};

}  // namespace

Result<std::unique_ptr<ScreenshotSender>> make_s3_screenshot_sender(S3Options options, Log& log) {
  Result<std::unique_ptr<S3Client>> client = S3Client::make(std::move(options), system_clock(), log);
  if (!client) return client.error();
  return std::unique_ptr<ScreenshotSender>(std::make_unique<S3ScreenshotSender>(std::move(*client)));
}

}  // namespace activitytrack
