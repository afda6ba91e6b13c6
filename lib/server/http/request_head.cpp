#include "server/http/request_head.hpp"

#include "server/http/problem.hpp"
#include "server/http/target.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>

#include <utility>

namespace activitytrack::server {
namespace {

namespace http = boost::beast::http;
using http::field;

bool iequals(std::string_view a, std::string_view b) {
  return boost::beast::iequals({a.data(), a.size()}, {b.data(), b.size()});
}

std::optional<Response> refuse_framing(const RequestHead& head) {
  if (head.content_length.find(',') != head.content_length.npos) return problem(400, "Content-Length is given twice");
  if (head.has_length && head.has_coding) {
    return problem(400, "both Content-Length and Transfer-Encoding are given");
  }
  if (head.has_coding && (!iequals(head.transfer_encoding, "chunked") || head.version < 11)) {
    return problem(400, "Transfer-Encoding can be \"chunked\" alone, in HTTP/1.1");
  }
  const bool needs_body = head.method == "POST" || head.method == "PATCH" || head.method == "PUT";
  if (needs_body && !head.has_length && !head.has_coding) return problem(411, "Content-Length is missing");
  return std::nullopt;
}

}  // namespace

void RequestHead::add(field which, std::string_view name, std::string_view value) {
  const auto once = [&](std::string_view& into, bool was_there) {
    if (was_there) repeated = name;
    into = value;
  };
  switch (which) {
    case field::host:
      return once(host, std::exchange(has_host, true));
    case field::content_length:
      return once(content_length, std::exchange(has_length, true));
    case field::transfer_encoding:
      return once(transfer_encoding, std::exchange(has_coding, true));
    case field::content_type:
      return once(content_type, !content_type.empty());
    case field::content_encoding:
      return once(content_encoding, !content_encoding.empty());
    case field::authorization:
      return once(authorization, !authorization.empty());
    case field::cookie:
      return once(cookie, !cookie.empty());
    case field::origin:
      return once(origin, !origin.empty());
    case field::expect:
      return once(expect, !expect.empty());
    case field::accept_encoding:
      accept_encoding = value;
      return;
    case field::if_none_match:
      if_none_match = value;
      return;
    default:
      break;
  }
  if (name.size() == 15 && iequals(name, "X-Forwarded-For")) {
    if (!forwarded_for.empty()) forwarded_for += ',';
    forwarded_for += value;
  } else if (name.size() == 17 && iequals(name, "X-Forwarded-Proto")) {
    forwarded_proto = value;
  }
}

std::optional<Response> refuse_head(const RequestHead& head, const HttpLimits& limits) {
  if (head.target.size() > limits.max_target_bytes) return problem(414, "the path and query are too long");
  if (!head.repeated.empty()) return problem(400, std::string(head.repeated) + " is given twice");
  if (!head.has_host && head.version >= 11) return problem(400, "Host is missing");
  if (!head.expect.empty() && !iequals(head.expect, "100-continue")) {
    return problem(417, "only 100-continue can be expected");
  }
  return refuse_framing(head);
}

Response refuse_unreadable(boost::system::error_code error, std::string_view seen) {
  if (error == http::error::body_limit) return problem(413, "the body is too large");
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    const bool in_first_line = seen.find("\r\n") == std::string_view::npos;
    return in_first_line ? problem(414, "the path and query are too long") : problem(431, "the header is too large");
  }
  if (error == http::error::bad_version) return problem(505, "HTTP/1.1 and HTTP/1.0 are understood");
  return problem(400, "not HTTP: " + error.message());
}

Result<Request> read_head(const RequestHead& head) {
  auto target = parse_target(head.target);
  if (!target) return target.error();
  Request request;
  request.method = head.method;
  request.target = std::move(*target);
  request.content_type = head.content_type;
  request.content_encoding = head.content_encoding;
  request.accept_encoding = head.accept_encoding;
  request.authorization = head.authorization;
  request.cookie = head.cookie;
  request.host = head.host;
  request.origin = head.origin;
  request.if_none_match = head.if_none_match;
  return request;
}

}  // namespace activitytrack::server
