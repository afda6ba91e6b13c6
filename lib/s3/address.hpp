#pragma once

#include "net/url.hpp"

#include <activitytrack/core/result.hpp>
#include <activitytrack/s3/s3_options.hpp>

#include <string>
#include <string_view>

namespace activitytrack {

/// Where a bucket is reached.
class S3Address {
 public:
  /// Fails on a bucket, region, prefix or endpoint that cannot be used; the error names the setting.
  static Result<S3Address> make(const S3Options& options);

  /// `key` "": the bucket itself; `query` is encoded already, without "?".
  Url url(const std::string& key, const std::string& query) const;

  const std::string& region() const noexcept { return region_; }
  /// The service's host of another region, where the service is AWS.
  void set_region(const std::string& region);

  std::string name() const;  ///< for messages: "s3://BUCKET at https://HOST"

 private:
  S3Address() = default;

  std::string bucket_, region_;
  bool aws_ = false;
  bool path_style_ = false;
  Url service_;  // without the bucket; its target is "/"
};

/// "s3.eu-west-1.amazonaws.com": `service` is "s3" or "sts".
std::string aws_host(std::string_view service, const std::string& region);

/// Whether `text` may be a region's name.
bool is_region(std::string_view text) noexcept;

}  // namespace activitytrack
