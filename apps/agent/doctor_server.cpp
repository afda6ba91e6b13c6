// What doctor looks at across the network.
#include "doctor.hpp"

#include "net/http_client.hpp"

#include <cstdlib>
#include <ctime>

namespace activitytrack::agent_app {

namespace {

using std::chrono::seconds;

constexpr seconds most_skew{60};
constexpr seconds patience{10};

bool is_loopback(const Url& url) {
  return url.host == "localhost" || url.host == "::1" || url.host.starts_with("127.");
}

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7); nullopt if it is in no such form.
std::optional<Time> parse_http_date(std::string_view text) {
  std::tm parts{};
  const std::string whole(text);
  const char* end = ::strptime(whole.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (!end || *end != '\0') return std::nullopt;
  return Time(seconds(::timegm(&parts)));
}

Check check_skew(const HttpResponse& response) {
  auto theirs = parse_http_date(response.field("Date"));
  if (!theirs) return {"server's clock", true, "not told by the server"};
  auto skew = std::chrono::duration_cast<seconds>(system_clock().now() - *theirs);
  auto text =
      std::to_string(std::abs(skew.count())) + " s " + (skew.count() < 0 ? "ahead of" : "behind") + " this machine's";
  if (std::chrono::abs(skew) <= most_skew) return {"server's clock", true, text};
  return {"server's clock", false, text + "; switch on time synchronization where it is wrong"};
}

Check check_credential(const Settings& settings, const Url& url) {
  if (!settings.credential.empty()) return {"credential", true, "set"};
  if (is_loopback(url)) return {"credential", true, "not set; a server on this machine may do without"};
  return {"credential", false, "not set; ask for an enrolment token, and run: activitytrack-agent enroll URL TOKEN"};
}

Result<HttpResponse> ask_health(const Settings& settings, Url url) {
  if (url.target.ends_with('/')) url.target.pop_back();
  url.target += "/healthz";
  HttpClientOptions options;
  options.user_agent = "activitytrack-agent/" ACTIVITYTRACK_VERSION;
  options.ca_file = settings.ca_file;
  options.timeouts.total = patience;
  options.max_body_bytes = 64 << 10;
  HttpClient client(std::move(options));
  if (auto prepared = client.prepare(url); !prepared) return prepared.error();
  return client.send({.method = "GET", .url = url, .fields = {}, .body = {}});
}

}  // namespace

std::vector<Check> check_server(const Settings& settings) {
  if (settings.server_url.empty() && !settings.s3_bucket.empty())
    return {{"server", true, "none: events and screenshots go to the bucket"}};
  if (settings.server_url.empty())
    return {{"server", true, "none: events stay on this machine until server_url or s3.bucket is set"}};
  auto url = parse_url(settings.server_url);
  if (!url) return {{"server", false, "server_url is " + url.error().message}};

  std::vector<Check> checks;
  auto response = ask_health(settings, *url);
  if (!response) {
    checks.push_back({"server", false, response.error().message});
  } else if (response->status != 200) {
    checks.push_back({"server", false,
                      url->origin() + " answers " + std::to_string(response->status) +
                          " to /healthz; is it an activitytrack server, and well?"});
  } else {
    checks.push_back({"server", true, url->origin() + " answers"});
    checks.push_back(check_skew(*response));
  }
  checks.push_back(check_credential(settings, *url));
  return checks;
}

}  // namespace activitytrack::agent_app
