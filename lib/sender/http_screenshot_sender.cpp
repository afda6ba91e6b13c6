#include <activitytrack/sender/sender.hpp>

#include "sender/http_outcome.hpp"
#include "sender/server_url.hpp"
#include "sender/upload_offer.hpp"

#include <utility>

namespace activitytrack {
namespace {

/// A server that asks for the same again and again is given up for this time.
constexpr int most_offers = 3;

constexpr std::size_t max_answer_bytes = 64 << 10;

/// A large picture on a slow line takes its time; one that is cut goes on where it ended.
constexpr std::chrono::minutes patience{10};

class HttpScreenshotSender final : public ScreenshotSender {
 public:
  HttpScreenshotSender(Url server, std::string credential, const HttpClientOptions& client)
      : server_(std::move(server)), credential_(std::move(credential)), client_(client), elsewhere_(client) {}

  Result<void> prepare() { return client_.prepare(server_); }

  ScreenshotOutcome send(const Screenshot& screenshot, std::string_view bytes) override {
    ScreenshotOutcome refused;
    for (int offers = 0; offers < most_offers; ++offers) {
      const Result<HttpResponse> answer = client_.send(announcement(screenshot));
      if (!answer) return retry(answer.error());
      if (answer->status != 200) return outcome_of_announcement(*answer);
      const Result<std::optional<UploadOffer>> offer = read_upload_offer(answer->body, server_, bytes.size());
      if (!offer) return retry(offer.error());
      if (!*offer) return {SendStatus::settled, {}, {}};
      const Result<HttpResponse> put = upload(**offer, screenshot, bytes);
      if (!put) {  // cut: the server may have kept a part
        refused = retry(put.error());
        continue;
      }
      if (is_stored(**offer, *put, bytes.size())) return {SendStatus::settled, {}, {}};
      refused = outcome_of_upload(**offer, *put);
      if (refused.status != SendStatus::settled && !may_ask_again(**offer, put->status)) return refused;
      // Whatever was said of the bytes, the server is asked what it has.
    }
    if (refused.status != SendStatus::settled) return refused;
    refused = retry({ErrorCode::unavailable, server_.origin() + " wants a screenshot again that it was just given"});
    refused.others_may_pass = true;
    return refused;
  }

  void cancel() noexcept override {
    client_.cancel();
    elsewhere_.cancel();
  }

 private:
  static ScreenshotOutcome retry(Error error) { return {SendStatus::retry, {}, std::move(error)}; }

  HttpRequest announcement(const Screenshot& screenshot) const {
    HttpRequest request{.method = "POST", .url = server_, .fields = {}, .body = encode_screenshot(screenshot)};
    request.url.target += "/api/screenshots";
    request.fields = {{"Content-Type", "application/json"}, {"Accept", "application/json, application/problem+json"}};
    authorize(request);
    return request;
  }

  Result<HttpResponse> upload(const UploadOffer& offer, const Screenshot& screenshot, std::string_view bytes) {
    HttpRequest request{.method = "PUT", .url = offer.url, .fields = offer.fields, .body = {}};
    request.body = bytes.substr(offer.offset);
    request.send_once = true;  // a second try begins where the first was cut
    if (!offer.to_the_server) return elsewhere_.send(request);
    request.fields.emplace_back(
        "Content-Type", screenshot.format == ScreenshotFormat::jpeg ? "image/jpeg" : "application/octet-stream");
    authorize(request);
    return client_.send(request);
  }

  void authorize(HttpRequest& request) const {
    if (!credential_.empty()) request.fields.emplace_back("Authorization", "Bearer " + credential_);
  }

  ScreenshotOutcome outcome_of_announcement(const HttpResponse& answer) const {
    HttpRefusal refusal = refusal_of(answer, "screenshots", server_.origin(), credential_);
    // Another picture has its name: asking again would not change that.
    if (answer.status == 409) refusal = {SendStatus::refused, {}, std::move(refusal.error)};
    return {refusal.status, refusal.retry_after, std::move(refusal.error)};
  }

  /// The server says so itself; what a bucket took, the server looks at when it is asked again.
  bool is_stored(const UploadOffer& offer, const HttpResponse& answer, std::size_t size) const {
    if (!offer.to_the_server || answer.status != 200) return false;
    const auto more = read_upload_offer(answer.body, server_, size);
    return more && !*more;
  }

  /// A bucket that refuses is set up wrongly, or its URL has expired: that is not the picture's fault. Nor is
  /// it the credential's if the server forbids what it has just asked for.
  ScreenshotOutcome outcome_of_upload(const UploadOffer& offer, const HttpResponse& answer) const {
    if (answer.status / 100 == 2) return {SendStatus::settled, {}, {}};
    HttpRefusal refusal = refusal_of(answer, "screenshots", offer.url.origin(), credential_);
    if (!offer.to_the_server || refusal.status == SendStatus::forbidden) refusal.status = SendStatus::retry;
    const bool may_pass_soon = answer.status / 100 == 5 || answer.status == 429;
    return {refusal.status, refusal.retry_after, std::move(refusal.error),
            refusal.status == SendStatus::retry && !may_pass_soon};
  }

  /// Answers to an upload that a new offer may put right: 404 and 409, the server has it otherwise than it
  /// said; 422, it dropped what was changed on the way; 403 of a bucket, the URL has expired.
  static bool may_ask_again(const UploadOffer& offer, int status) {
    if (!offer.to_the_server) return status == 403;
    return status == 404 || status == 409 || status == 422;
  }

  const Url server_;
  const std::string credential_;
  HttpClient client_;
  HttpClient elsewhere_;  // of its own, so that the connection to the server is kept
};

}  // namespace

Result<std::unique_ptr<ScreenshotSender>> make_http_screenshot_sender(HttpSenderOptions options) {
  Result<Url> server = parse_server_url(options.server_url);
  if (!server) return server.error();
  if (const Result<void> fits = check_credential(options.credential); !fits) return fits.error();
  HttpClientOptions client;
  client.user_agent = std::move(options.user_agent);
  client.ca_file = std::move(options.ca_file);
  client.max_body_bytes = max_answer_bytes;
  client.timeouts.write = client.timeouts.total = patience;
  auto sender = std::make_unique<HttpScreenshotSender>(std::move(*server), std::move(options.credential), client);
  if (const Result<void> ready = sender->prepare(); !ready) return ready.error();
  return std::unique_ptr<ScreenshotSender>(std::move(sender));
}

}  // namespace activitytrack
