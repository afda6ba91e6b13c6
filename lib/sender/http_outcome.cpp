#include "sender/http_outcome.hpp"

#include "net/http_client.hpp"

#include <algorithm>
#include <set>

namespace activitytrack {
namespace {

/// What a server's refusal means: what becomes of what was sent, what kind of failure it was, and what to do about it
/// where the server does not say.
struct Meaning {
  SendOutcome::Status status = SendOutcome::retry;
  ErrorCode code = ErrorCode::unavailable;
  std::string advice{};
};

Meaning meaning_of(int status, const std::string& what) {
  switch (status) {
    case 400:
    case 413:
    case 415:
    case 422:
      return {SendOutcome::refused, ErrorCode::invalid_input};
    case 401:
      return {SendOutcome::retry, ErrorCode::unauthorized, "it does not know this machine's credential: enroll again"};
    case 403:
      return {SendOutcome::forbidden, ErrorCode::unauthorized,
              "this machine's credential is not good for these " + what + ": enroll again"};
    case 404:
      return {SendOutcome::retry, ErrorCode::not_found,
              "it takes no " + what + " there: check server_url, and the server's version"};
    default:
      return {};
  }
}

bool adds_up(const BatchAnswer& answer, std::size_t sent) {
  std::set<std::size_t> rejected;
  for (const BatchAnswer::Rejected& event : answer.rejected) rejected.insert(event.index);
  if (rejected.size() != answer.rejected.size()) return false;
  if (!rejected.empty() && *rejected.rbegin() >= sent) return false;
  // One by one, since a sum of what a stranger wrote may wrap around.
  if (answer.accepted > sent || answer.duplicates > sent - answer.accepted) return false;
  return sent - answer.accepted - answer.duplicates == rejected.size();
}

SendOutcome settled_or_retry(const HttpResponse& response, std::size_t sent, std::string_view server) {
  SendOutcome outcome;
  Result<BatchAnswer> answer = decode_answer(response.body);
  if (answer && adds_up(*answer, sent)) {
    outcome.status = SendOutcome::settled;
    outcome.answer = std::move(*answer);
    return outcome;
  }
  const std::string why = answer ? "its counts do not add up to the events sent" : answer.error().message;
  outcome.error = {ErrorCode::unavailable,
                   std::string(server) + " gave an answer that cannot be trusted: " + why + "; check server_url"};
  return outcome;
}

std::optional<std::chrono::seconds> retry_after_of(const HttpResponse& response) {
  // The server's date is by the server's clock, and ours may be wrong.
  const Time now = parse_http_date(response.field("Date")).value_or(system_clock().now());
  return parse_retry_after(response.field("Retry-After"), now);
}

}  // namespace

HttpFields ServerAccess::fields(std::string_view content_type) const {
  HttpFields fields{{"Content-Type", std::string(content_type)},
                    {"Accept", "application/json, application/problem+json"}};
  if (!credential.empty()) fields.emplace_back("Authorization", "Bearer " + credential);
  return fields;
}

Result<ServerAccess> server_access(HttpSenderOptions options) {
  Result<Url> url = parse_url(options.server_url);
  if (!url) return Error{url.error().code, "server_url is " + url.error().message};
  if (!url->user.empty() || !url->password.empty()) {
    return Error{ErrorCode::invalid_input, "server_url holds a user or password: leave them out, and enroll"};
  }
  if (url->target.find('?') != std::string::npos) {
    return Error{ErrorCode::invalid_input, "server_url holds a query (?...): leave it out"};
  }
  while (url->target.ends_with('/')) url->target.pop_back();
  if (!std::ranges::all_of(options.credential, [](char c) { return c > ' ' && c < 0x7F; })) {
    return Error{ErrorCode::invalid_input, "the machine's credential holds a space or control character"};
  }
  std::string name = url->place();
  ServerAccess access{std::move(*url), std::move(name), std::move(options.credential), {}};
  access.client.user_agent = std::move(options.user_agent);
  access.client.ca_file = std::move(options.ca_file);
  return access;
}

SendOutcome refusal_of(const HttpResponse& response, std::string_view what, std::string_view server,
                       std::string_view credential) {
  const Meaning meaning = meaning_of(response.status, std::string(what));
  std::string text = problem_text(response, credential);
  if (text.empty()) text = meaning.advice;
  SendOutcome outcome{.status = meaning.status};
  if (meaning.status == SendOutcome::retry) outcome.retry_after = retry_after_of(response);
  outcome.error = {meaning.code, std::string(server) + " answered " + std::to_string(response.status) +
                                     (text.empty() ? "" : ": " + text)};
  return outcome;
}

SendOutcome outcome_of(const HttpResponse& response, std::size_t sent, std::string_view server,
                       std::string_view credential) {
  return response.status == 200 ? settled_or_retry(response, sent, server)
                                : refusal_of(response, "events", server, credential);
}

}  // namespace activitytrack
