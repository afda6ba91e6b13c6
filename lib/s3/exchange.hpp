#pragma once

#include "core/backoff.hpp"
#include "s3/address.hpp"
#include "s3/credentials.hpp"
#include "s3/failure.hpp"
#include "s3/s3_client.hpp"
#include "s3/signature.hpp"

#include <condition_variable>
#include <mutex>

namespace activitytrack {

/// A request to a bucket, not yet signed.
struct S3Request {
  std::string method = "GET";
  std::string key = {};    ///< with the prefix; "": the bucket itself
  std::string query = {};  ///< encoded, without "?"
  HttpFields fields = {};
  std::string body = {};
  std::size_t max_answer_bytes = 1 << 20;
  bool is_small = false;  ///< held to the limits' time for such
};

using S3Answer = Result<HttpResponse, S3Failure>;

/// Signs and sends requests, each as often as it takes.
class S3Exchange {
 public:
  S3Exchange(const S3Options& options, S3Address address, const S3Limits& limits, Clock& clock, Log& log);

  Result<void> prepare() { return http_.prepare(address_.url("", "")); }

  /// An answer of 2xx, or what went wrong in the end. What is transient is tried again for about the time of the
  /// limits; a clock that is off, another region and credentials that expired are put right once each.
  S3Answer run(S3Request request);

  /// Signed into its URL, for anyone to send. `valid` becomes less where the credentials expire before.
  Result<HttpRequest> presign(const S3Request& request, std::string_view payload_hash, std::chrono::seconds& valid);

  Time service_now() const { return clock_.now() + clock_offset_; }
  std::string place() const { return address_.name(); }
  void cancel() noexcept;

 private:
  struct Attempts;
  S3Answer once(S3Request& request, const std::string& payload_hash);
  bool put_right(const S3Failure& failure, Attempts& attempts);
  bool follow_region(const S3Failure& failure);
  bool renew_credentials();
  bool wait(const S3Failure& failure, Attempts& attempts);

  S3Address address_;
  S3Limits limits_;
  Clock& clock_;
  Log& log_;
  HttpClient http_;
  CredentialChain chain_;
  Signer signer_;
  std::chrono::microseconds clock_offset_{0};  // what the service's clock is ahead of ours
  std::optional<Time> answer_date_;            // of the last answer
  std::optional<std::chrono::seconds> retry_after_;
  std::optional<S3Credentials> used_;  // by the last request

  std::mutex mutex_;  // guards cancelled_
  std::condition_variable changed_;
  bool cancelled_ = false;
};

}  // namespace activitytrack
