#include "net/http_answer.hpp"
#include "net/http_client.hpp"
#include "sources/source.hpp"

namespace activitytrack::report {
namespace {

Error refusal(const HttpResponse& response, const std::string& where, const std::string& token) {
  const std::string said = problem_text(response, token);
  const std::string tail = said.empty() ? "" : " (" + said + ")";
  switch (response.status) {
    case 401:
      return {ErrorCode::permission,
              where + " wants a token that it knows" + tail + "; give one with --token or ACTIVITYTRACK_TOKEN"};
    case 403:
      return {ErrorCode::permission, where + " does not let this token read that" + tail};
    case 404:
      return {ErrorCode::not_found, where + " does not have that" + tail};
    default:
      return {response.status >= 500 || response.status == 429 ? ErrorCode::unavailable : ErrorCode::invalid_input,
              where + " answered " + std::to_string(response.status) + tail};
  }
}

}  // namespace

Result<Fetch> make_http_fetch(const std::string& server, const std::string& token, const std::string& ca_file,
                              Log& log) {
  auto base = parse_url(server);
  if (!base) return base.error();
  while (base->target.ends_with('/')) base->target.pop_back();
  HttpClientOptions options;
  options.user_agent = "activitytrack-report";
  options.ca_file = ca_file;
  auto client = std::make_shared<HttpClient>(std::move(options));
  if (auto ready = client->prepare(*base); !ready) return ready.error();
  return Fetch([client, base = *base, token, &log](const std::string& path) -> Result<std::string> {
    HttpRequest request;
    request.url = base;
    request.url.target += path;
    request.fields.emplace_back("Accept", "application/json");
    if (!token.empty()) request.fields.emplace_back("Authorization", "Bearer " + token);
    log.debug("asking the server", {{"server", base.origin()}, {"path", path}});
    auto response = client->send(request);
    if (!response) return response.error();
    log.debug("the server answered", {{"path", path}, {"status", response->status}, {"bytes", response->body.size()}});
    if (response->status != 200) return refusal(*response, base.origin(), token);
    return std::move(response->body);
  });
}

}  // namespace activitytrack::report
