#include "s3/exchange.hpp"

#include "core/text.hpp"
#include "net/digest.hpp"
#include "net/http_answer.hpp"

#include <algorithm>
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
  if (!credentials) return failure_of(credentials.error());
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
  if (!response) return failure_of(response.error());
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

void S3Exchange::cancel() noexcept {
  {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
  }
  changed_.notify_all();
  http_.cancel();
  chain_.cancel();
}

}  // namespace activitytrack
