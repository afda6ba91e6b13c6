#include "s3/metadata.hpp"

#include <activitytrack/core/clock.hpp>

#include <boost/json/parse.hpp>

namespace activitytrack {
namespace {

std::string text_of(const boost::json::object& object, std::string_view name) {
  const boost::json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

}  // namespace

HttpClientOptions metadata_options(std::chrono::milliseconds patience) {
  HttpClientOptions options;
  options.proxies = {};
  options.timeouts.resolve = options.timeouts.connect = options.timeouts.write = patience;
  options.timeouts.read = 5 * patience;
  options.timeouts.total = 8 * patience;
  options.max_body_bytes = 64 << 10;
  options.redirects_are_answers = true;
  return options;
}

Result<S3Credentials> parse_credentials(std::string_view json) {
  boost::system::error_code bad;
  const boost::json::value root = boost::json::parse(json, bad);
  if (bad || !root.is_object()) return Error{ErrorCode::unavailable, "its answer is no JSON object"};
  const boost::json::object& object = root.get_object();
  S3Credentials found(text_of(object, "AccessKeyId"), text_of(object, "SecretAccessKey"), text_of(object, "Token"));
  if (found.access_key.empty() || found.secret_key.empty()) {
    return Error{ErrorCode::unavailable, "its answer holds no AccessKeyId and SecretAccessKey"};
  }
  if (const Result<Time> expires = parse_timestamp(text_of(object, "Expiration"))) found.expires = *expires;
  return found;
}

}  // namespace activitytrack
