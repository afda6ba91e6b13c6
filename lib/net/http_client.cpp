#include "net/http_client.hpp"

#include "net/digest.hpp"
#include "net/http_connection.hpp"

#include <algorithm>
#include <cctype>

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
  return url ? url->origin() + url->target.substr(0, url->target.find('?')) : "elsewhere";
}

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
    return connection.secure(route.url.host, tls, deadline);
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
  if (!response || response->status / 100 != 3 || impl_->options.redirects_are_answers) return response;
  return Error{ErrorCode::unsupported, request.url.origin() + " redirects (" + std::to_string(response->status) +
                                           ") to " + place_of(response->field("Location")) +
                                           ", which is not followed: set the URL to where it should go"};
}

void HttpClient::cancel() noexcept { impl_->connection.cancel(); }

}  // namespace activitytrack
