#include "s3/address.hpp"

#include "s3/signature.hpp"

#include <activitytrack/s3/s3_options.hpp>

#include <arpa/inet.h>
#include <algorithm>

namespace activitytrack {
namespace {

constexpr std::size_t most_key_bytes = 1024;
constexpr std::size_t room_for_names = 512;  // what comes after the prefix

Error wrong(std::string_view setting, std::string_view why) {
  return {ErrorCode::invalid_input, std::string(setting) + " " + std::string(why)};
}

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

/// Also what only other services, or AWS of old, allow.
bool is_bucket(std::string_view name) {
  const bool plain = std::ranges::all_of(
      name, [](char c) { return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '_'; });
  return plain && name.size() >= 3 && name.size() <= 255 && name.find_first_not_of('.') != name.npos;
}

/// Whether the bucket's name can be part of a host's.
bool is_host_label(std::string_view bucket, bool secure) {
  const bool plain = std::ranges::all_of(bucket, [](char c) { return is_lower_or_digit(c) || c == '.' || c == '-'; });
  // A certificate for *.service covers one label.
  const bool dots_fit = !secure || bucket.find('.') == bucket.npos;
  return plain && dots_fit && bucket.size() <= 63 && is_lower_or_digit(bucket.front()) &&
         is_lower_or_digit(bucket.back()) && bucket.find("..") == bucket.npos;
}

bool is_ip_address(const std::string& host) {
  in6_addr address;
  return inet_pton(AF_INET, host.c_str(), &address) == 1 || inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

Result<Url> endpoint_url(const std::string& endpoint) {
  Result<Url> url = parse_url(endpoint);
  if (!url) return wrong("s3.endpoint", "is " + url.error().message);
  if (!url->user.empty() || !url->password.empty()) {
    return wrong("s3.endpoint", "holds a user or password: give s3.access_key and s3.secret_key instead");
  }
  if (url->target != "/") return wrong("s3.endpoint", "must be only https://HOST[:PORT], without a path");
  return url;
}

}  // namespace

bool is_region(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  });
}

std::string aws_host(std::string_view service, const std::string& region) {
  return std::string(service) + "." + region + ".amazonaws.com" + (region.starts_with("cn-") ? ".cn" : "");
}

Result<S3Address> S3Address::make(const S3Options& options) {
  if (options.bucket.empty()) return wrong("s3.bucket", "is not set");
  if (!is_bucket(options.bucket)) return wrong("s3.bucket", "is no name of a bucket");
  if (!is_region(options.region)) return wrong("s3.region", "is no name of a region, such as us-east-1");
  if (options.prefix.size() > most_key_bytes - room_for_names) {
    return wrong("s3.prefix", "is too long: at most 512 bytes");
  }
  S3Address address;
  address.bucket_ = options.bucket;
  address.region_ = options.region;
  address.aws_ = options.endpoint.empty();
  Result<Url> service = endpoint_url(address.aws_ ? "https://" + aws_host("s3", options.region) : options.endpoint);
  if (!service) return service.error();
  address.service_ = std::move(*service);
  address.path_style_ = options.path_style || is_ip_address(address.service_.host) ||
                        address.service_.host.find('.') == std::string::npos ||
                        !is_host_label(options.bucket, address.service_.secure());
  return address;
}

void S3Address::set_region(const std::string& region) {
  region_ = region;
  if (aws_) service_.host = aws_host("s3", region);
}

Url S3Address::url(const std::string& key, const std::string& query) const {
  Url url = service_;
  if (!path_style_) url.host.insert(0, bucket_ + ".");
  if (path_style_) url.target += bucket_ + (key.empty() ? "" : "/");
  url.target += uri_encode(key, true);
  if (!query.empty()) url.target += "?" + query;
  return url;
}

std::string S3Address::name() const { return "s3://" + bucket_ + " at " + service_.origin(); }

Result<void> set_s3_place(std::string_view url, S3Options& options) {
  constexpr std::string_view scheme = "s3://";
  if (!url.starts_with(scheme)) return Error{ErrorCode::invalid_input, "must be s3://BUCKET/PREFIX"};
  url.remove_prefix(scheme.size());
  const auto slash = url.find('/');
  const std::string_view bucket = url.substr(0, slash);
  std::string_view prefix = slash == url.npos ? std::string_view() : url.substr(slash + 1);
  if (bucket.empty()) return Error{ErrorCode::invalid_input, "names no bucket; as in s3://BUCKET/PREFIX"};
  if (!is_bucket(bucket)) return Error{ErrorCode::invalid_input, "has no name of a bucket after s3://"};
  while (prefix.ends_with('/')) prefix.remove_suffix(1);
  options.bucket = bucket;
  options.prefix = prefix;
  return {};
}

}  // namespace activitytrack
