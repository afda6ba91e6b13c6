#pragma once

#include "s3/credentials.hpp"

#include <string>

namespace activitytrack {

/// What a service gives for a token of another one: a role's keys for some time.
struct WebIdentity {
  std::string token_file;
  std::string role_arn;
  std::string session_name;  ///< "": our own
};

/// Asks the Security Token Service by AssumeRoleWithWebIdentity.
class WebIdentityClient {
 public:
  WebIdentityClient(const S3Options& options, GetVariable variable);

  Result<S3Credentials> get(const WebIdentity& identity);
  void cancel() noexcept { http_.cancel(); }

 private:
  Result<Url> service() const;

  std::string region_;
  GetVariable variable_;
  HttpClient http_;
};

}  // namespace activitytrack
