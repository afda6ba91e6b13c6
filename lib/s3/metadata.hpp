#pragma once

#include "net/http_client.hpp"
#include "s3/credentials.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace activitytrack {

/// For services that give credentials to whoever is on the machine: no proxy, short time-outs, one host.
HttpClientOptions metadata_options(std::chrono::milliseconds patience);

/// What container and instance services answer with: AccessKeyId, SecretAccessKey, Token, Expiration.
Result<S3Credentials> parse_credentials(std::string_view json);

}  // namespace activitytrack
