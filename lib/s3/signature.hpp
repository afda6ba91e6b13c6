#pragma once

#include "net/http_client.hpp"
#include "s3/credentials.hpp"

#include <activitytrack/core/clock.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace activitytrack {

/// Percent-encodes as S3 reads it: all but letters, digits, "-", "_", "." and "~"; a space is "%20". Of a
/// key, "/" is kept.
std::string uri_encode(std::string_view text, bool keep_slashes = false);

/// "20130524T000000Z"
std::string amz_date(Time time);

/// The text whose hash is signed. All fields of the request and its host are in it; the target's path is
/// taken as it is (S3 does not encode it again), its query is put in order. `signed_names` becomes the
/// fields' names.
std::string canonical_request(const HttpRequest& request, std::string_view payload_hash, std::string& signed_names);

/// Signature Version 4 for S3.
/// Source: AWS, "Authenticating Requests (AWS Signature Version 4)", Amazon S3 API Reference.
class Signer {
 public:
  Signer() = default;
  Signer(const Signer&) = delete;
  Signer& operator=(const Signer&) = delete;
  ~Signer();

  /// Adds the fields that authenticate the request. `payload_hash`: SHA-256 of its body, hexadecimal.
  void sign(HttpRequest& request, std::string_view payload_hash, const S3Credentials& credentials,
            const std::string& region, Time now);

  /// Adds to the query what lets anyone send this request, with the fields that it has now, until `valid` is
  /// over.
  void presign(HttpRequest& request, std::string_view payload_hash, const S3Credentials& credentials,
               const std::string& region, Time now, std::chrono::seconds valid);

 private:
  const std::string& key_for(const std::string& day, const std::string& region, const std::string& secret);
  std::string signature(std::string_view canonical, const S3Credentials& credentials, const std::string& region,
                        Time now);

  std::string key_, key_for_;  // derived from the secret: good for one day and region
};

}  // namespace activitytrack
