#include "http/request_head.hpp"

#include "http/problem.hpp"
#include "http/target.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>

namespace activitytrack::server {
namespace {

namespace http = boost::beast::http;
using boost::beast::iequals;

std::string_view text(boost::beast::string_view view) { return {view.data(), view.size()}; }

/// Whether "host", "host:port" or "[v6]:port" could be a name that someone on the internet controls.
bool is_foreign(std::string_view authority) {
  if (authority.starts_with('[')) return !authority.starts_with("[::1]");
  const auto host = authority.substr(0, authority.find(':'));
  const bool has_letter = host.find_first_not_of("0123456789.") != std::string_view::npos;
  if (!has_letter) return !host.empty() && !host.starts_with("127.");
  return host.find('.') != std::string_view::npos && !host.ends_with(".localhost");
}

std::optional<Response> refuse_foreign(const RequestHead& head) {
  if (is_foreign(text(head[http::field::host]))) {
    return problem(403, "this server answers to 127.0.0.1, [::1] and localhost alone");
  }
  const auto origin = text(head[http::field::origin]);
  const auto scheme = origin.find("://");
  const auto site = scheme == std::string_view::npos ? std::string_view() : origin.substr(scheme + 3);
  if (!origin.empty() && (site.empty() || is_foreign(site))) {
    return problem(403, "this server takes no requests from other sites");
  }
  return std::nullopt;
}

std::optional<Response> refuse_framing(const RequestHead& head) {
  const auto lengths = head.count(http::field::content_length);
  const auto length = head[http::field::content_length];
  const auto codings = head.count(http::field::transfer_encoding);
  if (lengths > 1 || length.find(',') != length.npos) return problem(400, "Content-Length is given twice");
  if (lengths > 0 && codings > 0) return problem(400, "both Content-Length and Transfer-Encoding are given");
  if (codings > 0) {
    const bool chunked = codings == 1 && iequals(head[http::field::transfer_encoding], "chunked");
    if (!chunked || head.version() < 11)
      return problem(400, "Transfer-Encoding can be \"chunked\" alone, in HTTP/1.1");
  }
  const auto method = text(head.method_string());
  const bool needs_body = method == "POST" || method == "PATCH" || method == "PUT";
  if (needs_body && lengths + codings == 0) return problem(411, "Content-Length is missing");
  return std::nullopt;
}

}  // namespace

std::optional<Response> refuse_head(const RequestHead& head, const HttpLimits& limits) {
  if (head.target().size() > limits.max_target_bytes) return problem(414, "the path and query are too long");
  const auto hosts = head.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && head.version() >= 11)) return problem(400, "Host must be given once");
  const auto expect = head[http::field::expect];
  if (!expect.empty() && !iequals(expect, "100-continue"))
    return problem(417, "only 100-continue can be expected");
  if (auto refused = refuse_framing(head)) return refused;
  return refuse_foreign(head);
}

std::optional<Response> refuse_unreadable(boost::system::error_code error, std::string_view seen) {
  if (error.category() != http::make_error_code(http::error::end_of_stream).category()) return std::nullopt;
  if (error == http::error::end_of_stream || error == http::error::partial_message) return std::nullopt;
  if (error == http::error::body_limit) return problem(413, "the body is too large");
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    const bool in_first_line = seen.find("\r\n") == std::string_view::npos;
    return in_first_line ? problem(414, "the path and query are too long")
                         : problem(431, "the header is too large");
  }
  if (error == http::error::bad_version) return problem(505, "HTTP/1.1 and HTTP/1.0 are understood");
  return problem(400, "not HTTP: " + error.message());
}

Result<Request> read_head(const RequestHead& head) {
  auto target = parse_target(text(head.target()));
  if (!target) return target.error();
  Request request;
  request.method = text(head.method_string());
  request.target = std::move(*target);
  request.content_type = text(head[http::field::content_type]);
  request.content_encoding = text(head[http::field::content_encoding]);
  return request;
}

}  // namespace activitytrack::server
