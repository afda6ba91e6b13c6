#pragma once

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/result.hpp>

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace activitytrack::server {

/// What an ID token must say.
struct ExpectedToken {
  std::string issuer;
  std::string client_id;
  std::string nonce;
  Time now{};
};

/// The claims of an ID token (OpenID Connect Core 1.0, 3.1.3.7) that is signed by one of `keys`, a JWK set, with RS256,
/// PS256 or ES256, and says what it must. `not_found` if no key fits it: the provider may have new ones.
/// `unauthorized` for all else that is wrong; the message repeats nothing of the token.
Result<boost::json::object> check_id_token(const std::string& token, std::string_view keys,
                                           const ExpectedToken& expected);

}  // namespace activitytrack::server
