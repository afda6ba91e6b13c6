#pragma once

#include "net/http_client.hpp"

#include <activitytrack/core/result.hpp>
#include <activitytrack/sender/sender.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace activitytrack {

/// A server that takes what a machine sends, and how it is asked.
struct ServerAccess {
  Url url;  ///< the setting server_url, without "/" at the end of its path: what is asked of the server comes after it
  std::string name;  ///< the same, for messages
  std::string credential;
  HttpClientOptions client;

  /// The fields of a request that sends `content_type`.
  HttpFields fields(std::string_view content_type) const;
};

/// Fails on a URL that cannot be asked, and on a credential that cannot stand in a header field. The error repeats
/// neither a password nor the credential.
Result<ServerAccess> server_access(HttpSenderOptions options);

/// What an answer that is no 2xx means for what was sent, whatever that was: `what` names it ("events").
/// `server` names the server in errors, which never hold `credential`, whatever the server wrote.
SendOutcome refusal_of(const HttpResponse& response, std::string_view what, std::string_view server,
                       std::string_view credential);

/// What an answer means for the batch of `sent` events that it is about.
SendOutcome outcome_of(const HttpResponse& response, std::size_t sent, std::string_view server,
                       std::string_view credential);

}  // namespace activitytrack
