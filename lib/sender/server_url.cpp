#include "sender/server_url.hpp"

#include <algorithm>

namespace activitytrack {

Result<Url> parse_server_url(const std::string& server_url) {
  Result<Url> url = parse_url(server_url);
  if (!url) return Error{url.error().code, "server_url is " + url.error().message};
  if (!url->user.empty() || !url->password.empty()) {
    return Error{ErrorCode::invalid_input, "server_url holds a user or password: leave them out, and enroll"};
  }
  if (url->target.find('?') != std::string::npos) {
    return Error{ErrorCode::invalid_input, "server_url holds a query (?...): leave it out"};
  }
  while (url->target.ends_with('/')) url->target.pop_back();
  return url;
}

Result<void> check_credential(std::string_view credential) {
  if (std::ranges::all_of(credential, [](char c) { return c > ' ' && c < 0x7F; })) return {};
  return Error{ErrorCode::invalid_input, "the machine's credential holds a space or control character"};
}

}  // namespace activitytrack
