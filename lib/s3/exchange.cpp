#include "s3/exchange.hpp"

#include "core/text.hpp"
#include "net/digest.hpp"
#include "net/http_client.hpp"
#include "s3/address.hpp"
#include "s3/xml.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <random>

namespace activitytrack {
namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

constexpr auto tolerated_skew = 4min;  // the service tolerates 15

HttpClientOptions exchange_http_options(const S3Options& options) {
  HttpClientOptions http;
  http.user_agent = options.user_agent;
  http.ca_file = options.ca_file;
  // A part of 8 MiB over a thin line takes long; a completion of many parts is answered late.
  http.timeouts.write = 300s;
  http.timeouts.read = 120s;
  http.timeouts.total = 600s;
  http.redirects_are_answers = true;
  return http;
}

const char* system_variable(const char* name) { return std::getenv(name); }

constexpr std::size_t max_error_bytes = 64 << 10;
constexpr std::size_t max_message_bytes = 300;

template <std::size_t n>
bool is_one_of(std::string_view code, const std::array<std::string_view, n>& codes) {
  return std::ranges::find(codes, code) != codes.end();
}

/// Whether the same request may well succeed a little later.
bool is_transient(const S3Failure& failure) noexcept {
  // Of an answer of 400 and its like: what says that the body did not come as it was sent.
  static constexpr std::array<std::string_view, 10> codes{
      "RequestTimeout", "SlowDown",       "InternalError", "ServiceUnavailable",        "OperationAborted",
      "BadDigest",      "IncompleteBody", "Throttling",    "XAmzContentSHA256Mismatch", "RequestTimeTooSkewed"};
  if (failure.status == 0) {
    return failure.error.code == ErrorCode::unavailable || failure.error.code == ErrorCode::timeout;
  }
  const int status = failure.status;
  return status == 500 || (status >= 502 && status <= 504) || status == 429 || status == 408 ||
         is_one_of(failure.code, codes);
}

/// Whether other credentials may be taken.
bool blames_credentials(const S3Failure& failure) noexcept {
  static constexpr std::array<std::string_view, 6> codes{"ExpiredToken",          "InvalidToken",
                                                         "TokenRefreshRequired",  "InvalidAccessKeyId",
                                                         "SignatureDoesNotMatch", "RequestExpired"};
  // The answer to a HEAD has no body to hold a code.
  return is_one_of(failure.code, codes) ||
         (failure.code.empty() && (failure.status == 400 || failure.status == 401 || failure.status == 403));
}

std::string_view advice(const S3Failure& failure) {
  if (failure.code == "NoSuchBucket") return "make the bucket, or set s3.bucket right";
  if (failure.code == "SignatureDoesNotMatch") return "check the secret key, and s3.region";
  if (failure.code == "InvalidAccessKeyId") return "check the access key";
  if (failure.code == "RequestTimeTooSkewed") return "set this machine's clock";
  if (failure.code == "EntityTooLarge") return "it is larger than the service takes";
  if (!failure.region.empty() && failure.status != 403) return "set s3.region to where the bucket is";
  if (failure.status / 100 == 3) return "it redirects: set s3.region and s3.endpoint right";
  if (failure.status == 403) return "check the rights of the access key";
  return {};
}

ErrorCode code_of(const S3Failure& failure) {
  if (is_transient(failure)) return ErrorCode::unavailable;
  if (failure.code == "NoSuchBucket") return ErrorCode::invalid_input;
  if (failure.status == 404) return ErrorCode::not_found;
  if (failure.status == 501) return ErrorCode::unsupported;
  const bool unauthorized = failure.status == 401 || failure.status == 403 || blames_credentials(failure);
  return unauthorized ? ErrorCode::unauthorized : ErrorCode::invalid_input;
}

void read_error(const HttpResponse& response, S3Failure& failure) {
  if (response.body.empty() || response.body.size() > max_error_bytes) return;
  S3Failure read{.status = failure.status};
  const Result<void> done = read_xml(response.body, [&](std::string_view path, std::string_view text) {
    if (path == "Error/Code") read.code = clean_utf8(text, 64);
    if (path == "Error/Message") read.message = clean_utf8(text, max_message_bytes);
    if (path == "Error/Region" && is_region(text)) read.region = text;
  });
  if (done) failure = std::move(read);
}

/// Whether the body of an answer of 200 reports an error all the same.
bool holds_error(const HttpResponse& response) {
  S3Failure failure;
  read_error(response, failure);
  return !failure.code.empty();
}

}  // namespace

/// What one request has gone through.
struct S3Exchange::Attempts {
  explicit Attempts(const S3Limits& limits)
      : backoff(std::random_device{}(), limits.first_wait, limits.longest_wait),
        until(SteadyClock::now() + limits.keep_trying) {}

  Backoff backoff;
  SteadyClock::time_point until;
  bool set_clock = false;
  bool followed_region = false;
  bool renewed_credentials = false;
};

S3Exchange::S3Exchange(const S3Options& options, S3Address address, const S3Limits& limits, Clock& clock, Log& log)
    : address_(std::move(address)),
      limits_(limits),
      clock_(clock),
      log_(log),
      http_(exchange_http_options(options)),
      chain_(CredentialChain::usual(options, clock, system_variable)) {}

S3Answer S3Exchange::run(S3Request request) {
  const std::string payload_hash = hex(sha256(request.body));
  Attempts attempts(limits_);
  for (;;) {
    S3Answer answer = once(request, payload_hash);
    if (answer) return answer;
    if (put_right(answer.error(), attempts)) continue;
    if (!is_transient(answer.error()) || !wait(answer.error(), attempts)) return answer;
  }
}

S3Answer S3Exchange::once(S3Request& request, const std::string& payload_hash) {
  answer_date_.reset();
  retry_after_.reset();
  Result<S3Credentials> credentials = chain_.get();
  if (!credentials) return S3Failure{.error = credentials.error()};
  used_ = *credentials;
  HttpRequest http{.method = request.method,
                   .url = address_.url(request.key, request.query),
                   .fields = request.fields,
                   .body = std::move(request.body),
                   .max_answer_bytes = request.max_answer_bytes};
  if (request.is_small) http.total = limits_.small_request;
  signer_.sign(http, payload_hash, *credentials, address_.region(), service_now());
  Result<HttpResponse> response = http_.send(http);
  request.body = std::move(http.body);
  if (!response) return S3Failure{.error = response.error()};
  // Of long work the status is sent before it is done: the body says how it ended.
  if (response->status == 200 && request.method == "POST" && holds_error(*response)) response->status = 500;
  if (response->status / 100 == 2) return std::move(*response);
  answer_date_ = parse_http_date(response->field("Date"));
  retry_after_ = parse_retry_after(response->field("Retry-After"), answer_date_.value_or(clock_.now()));
  return failure_of(*response, request.method + " to " + address_.name(), *credentials);
}

/// Whether something was changed for which the request may now be taken.
bool S3Exchange::put_right(const S3Failure& failure, Attempts& attempts) {
  if (failure.status == 403 && answer_date_ && !attempts.set_clock &&
      std::chrono::abs(*answer_date_ - service_now()) > tolerated_skew) {
    attempts.set_clock = true;
    clock_offset_ = *answer_date_ - clock_.now();
    log_.warning("this machine's clock is off by the clock of S3, which is used for signing",
                 {{"seconds", std::chrono::floor<std::chrono::seconds>(clock_offset_).count()}});
    return true;
  }
  if (!attempts.followed_region && follow_region(failure)) return attempts.followed_region = true;
  if (!attempts.renewed_credentials && blames_credentials(failure)) {
    attempts.renewed_credentials = true;
    return renew_credentials();
  }
  return false;
}

bool S3Exchange::follow_region(const S3Failure& failure) {
  if (failure.region.empty() || failure.region == address_.region()) return false;
  log_.warning("the bucket is in another region, which is used from here on: set s3.region to it",
               {{"region", std::string_view(failure.region)}});
  address_.set_region(failure.region);
  return true;
}

bool S3Exchange::renew_credentials() {
  chain_.doubt();
  const Result<S3Credentials> fresh = chain_.get();
  return fresh && used_ && *fresh != *used_;
}

/// False when the time is up, or it was cancelled.
bool S3Exchange::wait(const S3Failure& failure, Attempts& attempts) {
  const auto pause = attempts.backoff.failed(retry_after_);
  if (SteadyClock::now() + pause > attempts.until) return false;
  log_.debug("S3 is asked again after a wait", {{"status", failure.status}, {"wait_ms", pause.count()}});
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, pause, [this] { return cancelled_; });
}

Result<HttpRequest> S3Exchange::presign(const S3Request& request, std::string_view payload_hash,
                                        std::chrono::seconds& valid) {
  Result<S3Credentials> credentials = chain_.get();
  if (!credentials) return credentials.error();
  if (credentials->expires) {
    const auto left = std::chrono::floor<std::chrono::seconds>(*credentials->expires - service_now());
    valid = std::max(std::min(valid, left), std::chrono::seconds(1));
  }
  HttpRequest http{.method = request.method, .url = address_.url(request.key, request.query), .fields = request.fields};
  signer_.presign(http, payload_hash, *credentials, address_.region(), service_now(), valid);
  return http;
}

Result<void> S3Exchange::find_credentials() {
  const auto found = chain_.get();
  return found ? Result<void>() : found.error();
}

void S3Exchange::cancel() noexcept {
  {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
  }
  changed_.notify_all();
  http_.cancel();
  chain_.cancel();
}

S3Failure failure_of(const HttpResponse& response, std::string_view asked, const S3Credentials& credentials) {
  S3Failure failure{.status = response.status};
  read_error(response, failure);
  for (const std::string* secret : {&credentials.secret_key, &credentials.session_token}) {
    if (!secret->empty() && failure.message.find(*secret) != std::string::npos) failure.message.clear();
  }
  if (const std::string_view region = response.field("x-amz-bucket-region"); is_region(region)) {
    failure.region = region;
  }
  std::string text = std::string(asked) + ": answered " + std::to_string(failure.status);
  if (!failure.code.empty()) text += " " + failure.code;
  if (!failure.message.empty()) text += " (" + failure.message + ")";
  if (!failure.region.empty()) text += ", and names the region " + failure.region;
  if (const std::string_view hint = advice(failure); !hint.empty()) (text += "; ") += hint;
  failure.error = {code_of(failure), std::move(text)};
  return failure;
}

}  // namespace activitytrack
