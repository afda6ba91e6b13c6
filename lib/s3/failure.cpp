#include "s3/failure.hpp"

#include "core/text.hpp"
#include "s3/address.hpp"
#include "s3/xml.hpp"

#include <algorithm>
#include <array>

namespace activitytrack {
namespace {

constexpr std::size_t max_error_bytes = 64 << 10;
constexpr std::size_t max_message_bytes = 300;

template <std::size_t n>
bool is_one_of(std::string_view code, const std::array<std::string_view, n>& codes) {
  return std::ranges::find(codes, code) != codes.end();
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

}  // namespace

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

bool holds_error(const HttpResponse& response) {
  S3Failure failure;
  read_error(response, failure);
  return !failure.code.empty();
}

S3Failure failure_of(const Error& error) { return {.error = error}; }

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

bool blames_credentials(const S3Failure& failure) noexcept {
  static constexpr std::array<std::string_view, 6> codes{"ExpiredToken",          "InvalidToken",
                                                         "TokenRefreshRequired",  "InvalidAccessKeyId",
                                                         "SignatureDoesNotMatch", "RequestExpired"};
  // The answer to a HEAD has no body to hold a code.
  return is_one_of(failure.code, codes) ||
         (failure.code.empty() && (failure.status == 400 || failure.status == 401 || failure.status == 403));
}

}  // namespace activitytrack
