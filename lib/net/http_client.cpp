#include "net/http_client.hpp"

#include "core/json_reader.hpp"
#include "core/text.hpp"
#include "net/digest.hpp"
#include "net/http_connection.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <string>

namespace activitytrack {
namespace {

std::string basic_authorization(const Url& proxy) {
  if (proxy.user.empty() && proxy.password.empty()) return {};
  return "Basic " + base64(proxy.user + ":" + proxy.password);
}

/// How to reach a URL's server.
struct Route {
  const Url& url;
  std::optional<Url> proxy;

  const Url& first_hop() const { return proxy ? *proxy : url; }
  std::string peer() const { return (proxy ? "the proxy " : "") + first_hop().origin(); }

  /// What a kept connection must have been made for: plain requests share one to the proxy.
  std::string key() const {
    if (!proxy) return url.origin();
    return proxy->origin() + (url.secure() ? " to " + url.origin() : "");
  }
  std::string target() const { return proxy && !url.secure() ? url.origin() + url.target : url.target; }
};

/// Where a redirect points, without what may be secret in it.
std::string place_of(std::string_view location) {
  const Result<Url> url = parse_url(location);
  return url ? url->place() : "elsewhere";
}

/// Whether that is what a server of TLS answers to a request in clear: nginx, Apache, Go.
bool wants_tls(const HttpResponse& response) {
  constexpr std::array<std::string_view, 3> words{"plain HTTP request was sent to HTTPS port",
                                                  "speaking plain HTTP to an SSL-enabled server port",
                                                  "HTTP request to an HTTPS server"};
  const auto says = [&](std::string_view text) { return response.body.find(text) != std::string::npos; };
  return response.status == 400 && std::ranges::any_of(words, says);
}

constexpr std::size_t max_problem_bytes = 16 << 10;
constexpr std::size_t max_text_bytes = 200;

using std::chrono::seconds;

constexpr seconds longest = std::chrono::hours(1);

struct DateParts {
  int year = -1, day = -1, hour = -1, minute = -1, second = -1;
  std::array<char, 4> month{};
};

int month_number(std::string_view name) {
  constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const std::size_t at = name.size() == 3 ? months.find(name) : std::string_view::npos;
  return at == std::string_view::npos || at % 3 != 0 ? 0 : static_cast<int>(at / 3) + 1;
}

std::optional<Time> to_time(const DateParts& parts) {
  namespace chr = std::chrono;
  const int month = month_number(parts.month.data());
  const chr::year_month_day date{chr::year(parts.year), chr::month(static_cast<unsigned>(month)),
                                 chr::day(static_cast<unsigned>(parts.day))};
  if (parts.year < 1970 || parts.year > 9999 || !date.ok()) return std::nullopt;
  if (parts.hour < 0 || parts.hour > 23 || parts.minute < 0 || parts.minute > 59) return std::nullopt;
  if (parts.second < 0 || parts.second > 60) return std::nullopt;
  return chr::sys_days(date) + chr::hours(parts.hour) + chr::minutes(parts.minute) + seconds(parts.second);
}

/// Two digits of a year: what would be more than 50 years ahead is in the past (RFC 9110). "Ahead" is seen
/// from 2020 here, which is near enough for a wait of at most an hour.
int full_year(int two_digits) { return two_digits < 70 ? 2000 + two_digits : 1900 + two_digits; }

}  // namespace

std::string_view HttpResponse::field(std::string_view name) const noexcept {
  const auto lower = [](unsigned char c) { return std::tolower(c); };
  const auto found = std::ranges::find_if(
      fields, [&](const auto& field) { return std::ranges::equal(field.first, name, {}, lower, lower); });
  return found == fields.end() ? std::string_view() : found->second;
}

struct HttpClient::Impl {
  explicit Impl(HttpClientOptions with) : options(std::move(with)), connection(options) {}

  Result<Route> find_route(const Url& url) {
    Result<std::optional<Url>> proxy = options.proxies.proxy_for(url);
    if (!proxy) return proxy.error();
    if (url.secure() && !tls) {
      Result<std::shared_ptr<boost::asio::ssl::context>> made = make_client_tls(options.ca_file);
      if (!made) return made.error();
      tls = std::move(*made);
    }
    return Route{url, std::move(*proxy)};
  }

  Result<void> open(const Route& route, const Deadline& deadline) {
    connection.close();
    if (Result<void> done = connection.connect(route.first_hop(), route.peer(), deadline); !done) return done;
    open_for = route.key();
    if (!route.url.secure()) return {};
    if (route.proxy) {
      const std::string authority = route.url.bracketed_host() + ":" + std::to_string(route.url.port);
      const Result<void> done = connection.tunnel(authority, basic_authorization(*route.proxy), deadline);
      if (!done) return done;
    }
    return connection.secure(route.url, tls, deadline);
  }

  Result<HttpResponse> exchange(const HttpRequest& request, const Route& route, const Deadline& deadline) {
    HttpFields more;
    const std::string authorization = route.proxy && !route.url.secure() ? basic_authorization(*route.proxy) : "";
    if (!authorization.empty()) more.emplace_back("Proxy-Authorization", authorization);
    bool kept = connection.is_open() && open_for == route.key();
    for (;; kept = false) {
      if (Result<void> opened = kept ? Result<void>() : open(route, deadline); !opened) {
        connection.close();
        return opened.error();
      }
      auto answer = connection.exchange(request, route.target(), more, deadline);
      if (answer) return std::move(*answer);
      const bool broken = answer.error().error.code == ErrorCode::unavailable && !answer.error().answer_begun;
      if (!kept || !broken || request.send_once) return answer.error().error;
    }
  }

  HttpClientOptions options;
  HttpConnection connection;
  std::string open_for;  // the key of the route that `connection` was made for
  std::shared_ptr<boost::asio::ssl::context> tls;
};

HttpClient::HttpClient(HttpClientOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
HttpClient::~HttpClient() = default;

Result<void> HttpClient::prepare(const Url& url) {
  const Result<Route> route = impl_->find_route(url);
  if (!route) return route.error();
  return {};
}

Result<HttpResponse> HttpClient::send(const HttpRequest& request) {
  const Result<Route> route = impl_->find_route(request.url);
  if (!route) return route.error();
  const auto total = request.total.count() > 0 ? request.total : impl_->options.timeouts.total;
  Result<HttpResponse> response = impl_->exchange(request, *route, Deadline(total));
  if (!response) return response;
  if (!request.url.secure() && wants_tls(*response))
    return Error{ErrorCode::unsupported, request.url.place() + " " + std::string(speaks_https)};
  if (response->status / 100 != 3 || response->status == 304 || impl_->options.redirects_are_answers) return response;
  return Error{ErrorCode::unsupported, request.url.place() + " redirects (" + std::to_string(response->status) +
                                           ") to " + place_of(response->field("Location")) +
                                           ", which is not followed: set the URL to where it should go"};
}

void HttpClient::cancel() noexcept { impl_->connection.cancel(); }

std::string problem_text(const HttpResponse& response, std::string_view secret) {
  if (response.body.size() > max_problem_bytes) return {};
  if (!response.field("Content-Type").starts_with("application/problem+json")) return {};
  const auto body = parse_json_object(response.body);
  if (!body) return {};
  std::string text = json_text(*body, "title");
  const std::string detail = json_text(*body, "detail");
  if (!text.empty() && !detail.empty()) text += ": ";
  text += detail;
  if (!secret.empty() && text.find(secret) != std::string::npos) return {};
  return clean_utf8(text, max_text_bytes);
}

std::optional<Time> parse_http_date(std::string_view value) {
  const std::string text(value.substr(0, 64));
  DateParts p;
  int end = 0;  // written by %n, so only where all before it fits
  // sscanf's own words do not depend on the locale, unlike strptime's.
  std::sscanf(text.c_str(), "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%n", &p.day, p.month.data(), &p.year,
              &p.hour, &p.minute, &p.second, &end);
  if (end > 0) return to_time(p);
  std::sscanf(text.c_str(), "%*9[A-Za-z], %2d-%3[A-Za-z]-%2d %2d:%2d:%2d GMT%n", &p.day, p.month.data(), &p.year,
              &p.hour, &p.minute, &p.second, &end);
  if (end > 0) return p.year = full_year(p.year), to_time(p);
  std::sscanf(text.c_str(), "%*3[A-Za-z] %3[A-Za-z] %2d %2d:%2d:%2d %4d%n", p.month.data(), &p.day, &p.hour, &p.minute,
              &p.second, &p.year, &end);
  return end > 0 ? to_time(p) : std::nullopt;
}

std::optional<seconds> parse_retry_after(std::string_view value, Time now) {
  if (!value.empty() && value.find_first_not_of("0123456789") == std::string_view::npos)
    return seconds(std::min(parse_number<seconds::rep>(value).value_or(longest.count()), longest.count()));
  const std::optional<Time> date = parse_http_date(value);
  if (!date) return std::nullopt;
  return std::clamp(std::chrono::ceil<seconds>(*date - now), seconds(0), longest);
}

}  // namespace activitytrack
