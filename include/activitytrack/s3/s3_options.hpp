#pragma once

#include <activitytrack/core/result.hpp>

#include <string>
#include <string_view>

namespace activitytrack {

/// A bucket of S3, or of a service that speaks like it, and how to get at it. Empty texts mean what is usual.
struct S3Options {
  std::string bucket = {};
  std::string prefix = {};  ///< of all keys; "/" at its ends is left out
  std::string region = "us-east-1";
  std::string endpoint = {};  ///< "https://host[:port]" of another service than AWS
  bool path_style = false;    ///< "endpoint/bucket/key", not "bucket.endpoint/key"; always so where the
                              ///< bucket's name or an IP address asks for it

  /// Both empty: the usual chain is asked, in this order: environment, web identity, shared files with
  /// profiles, container, instance (IMDSv2).
  std::string access_key = {};
  std::string secret_key = {};
  std::string session_token = {};
  std::string profile = {};  ///< of the shared files; "": AWS_PROFILE, else "default"

  std::string sse = {};           ///< "AES256" or "aws:kms": how the service encrypts at rest
  std::string sse_kms_key = {};   ///< of "aws:kms": which key
  bool presign_body_hash = true;  ///< false where a service takes no hash of the body in a presigned URL
                                  ///< (OpenStack Swift): then only the size of an upload is checked
  std::string ca_file = {};
  std::string user_agent = {};
};

/// Fills in bucket and prefix from "s3://BUCKET/PREFIX".
Result<void> set_s3_place(std::string_view url, S3Options& options);

}  // namespace activitytrack
