#pragma once

#include "core/backoff.hpp"
#include "net/http_client.hpp"
#include "s3/address.hpp"
#include "s3/credentials.hpp"
#include "s3/signature.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/log.hpp>
#include <activitytrack/core/result.hpp>
#include <activitytrack/s3/s3_options.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace activitytrack {

/// What a service says went wrong.
struct S3Failure {
  int status = 0;            ///< 0: there was no answer
  std::string code = {};     ///< S3's own word, "NoSuchKey"; "" where the answer has none (as to HEAD)
  std::string message = {};  ///< S3's own, fit for one line
  std::string region = {};   ///< where the bucket is, if the answer says
  Error error = {};
};

/// Reads an answer that is no success. `asked` names the request and its place in the error, which never
/// holds what is secret of `credentials`, whatever the service wrote.
S3Failure failure_of(const HttpResponse& response, std::string_view asked, const S3Credentials& credentials);

/// How patient a client is; tests have less time.
struct S3Limits {
  std::int64_t part_bytes = 8 << 20;  ///< an upload of more is cut into parts of this size
  std::chrono::milliseconds first_wait{500};
  std::chrono::milliseconds longest_wait{10'000};
  std::chrono::milliseconds keep_trying{60'000};     ///< for each request, a part's too
  std::chrono::milliseconds small_request{600'000};  ///< for each try of one that asks or removes, or gets a piece
};

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

  /// Whether there are credentials. Sends the service nothing.
  Result<void> find_credentials();

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
