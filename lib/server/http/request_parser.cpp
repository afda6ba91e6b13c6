#include "server/http/request_parser.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>

#include <functional>
#include <utility>

namespace activitytrack::server {
namespace {

namespace http = boost::beast::http;
using http::field;

constexpr std::pair<field, std::string_view RequestHead::*> single_fields[] = {
    {field::content_type, &RequestHead::content_type},
    {field::content_encoding, &RequestHead::content_encoding},
    {field::authorization, &RequestHead::authorization},
    {field::cookie, &RequestHead::cookie},
    {field::origin, &RequestHead::origin},
    {field::expect, &RequestHead::expect}};

bool iequals(std::string_view a, std::string_view b) {
  return boost::beast::iequals({a.data(), a.size()}, {b.data(), b.size()});
}

std::optional<Response> refuse_framing(const RequestHead& head) {
  if (head.content_length.find(',') != head.content_length.npos) return problem(400, "Content-Length is given twice");
  if (head.has_length && head.has_coding) {
    return problem(400, "both Content-Length and Transfer-Encoding are given");
  }
  if (head.has_coding && (!iequals(head.transfer_encoding, "chunked") || head.version < 11)) {
    return problem(400, "Transfer-Encoding can only be \"chunked\", in HTTP/1.1");
  }
  const bool needs_body = head.method == "PATCH" || head.method == "PUT";  // of some POSTs it is optional
  if (needs_body && !head.has_length && !head.has_coding) return problem(411, "Content-Length is missing");
  return std::nullopt;
}

std::string_view text(boost::beast::string_view view) { return {view.data(), view.size()}; }

/// Whether only ":", spaces and tabs are between: a folded value begins elsewhere, or is a copy.
bool is_on_line_of(std::string_view name, std::string_view value, const char* input_end) {
  const char* const after_name = name.data() + name.size();
  const std::less_equal<const char*> before;
  if (!before(after_name, value.data()) || !before(value.data() + value.size(), input_end)) return false;
  const std::string_view between(after_name, static_cast<std::size_t>(value.data() - after_name));
  return between.find_first_not_of(": \t") == std::string_view::npos;
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
    case field::accept:
      accept = value;
      return;
    case field::accept_encoding:
      accept_encoding = value;
      return;
    case field::if_none_match:
      if_none_match = value;
      break;
    case field::if_match:
      if_match = value;
      return;
    case field::referer:
      referer = value;
      return;
    case field::user_agent:
      user_agent = value;
      return;
    case field::forwarded:
    case field::via:
      is_forwarded = true;
      return;
    default:
      break;
  }
  for (const auto& [known, member] : single_fields) {
    if (known == which) return once(this->*member, !(this->*member).empty());
  }
  constexpr std::string_view by_proxy = "X-Forwarded-";
  is_forwarded = is_forwarded || iequals(name.substr(0, by_proxy.size()), by_proxy) || iequals(name, "X-Real-IP");
  if (name.size() == 15 && iequals(name, "X-Forwarded-For")) {
    if (!forwarded_for.empty()) forwarded_for += ',';
    forwarded_for += value;
  } else if (name.size() == 17 && iequals(name, "X-Forwarded-Proto")) {
    forwarded_proto = value;
  } else if (name.size() == 16 && iequals(name, "X-Forwarded-Host")) {
    forwarded_host = value;
  } else if (name.size() == 12 && iequals(name, "X-Request-Id")) {
    request_id = value;
  } else if (name.size() == 13 && iequals(name, "Last-Event-ID")) {
    last_event_id = value;
  }
}

std::optional<Response> refuse_head(const RequestHead& head, std::size_t max_target_bytes) {
  if (head.target.size() > max_target_bytes) return problem(414, "the path and query are too long");
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
  // RFC 9112, 3.2.2: the absolute form's host counts, and not the field.
  const std::string host(target->authority.empty() ? head.host : target->authority);
  return Request{.method = std::string(head.method),
                 .target = std::move(*target),
                 .content_type = std::string(head.content_type),
                 .content_encoding = std::string(head.content_encoding),
                 .accept = std::string(head.accept),
                 .accept_encoding = std::string(head.accept_encoding),
                 .authorization = std::string(head.authorization),
                 .cookie = std::string(head.cookie),
                 .host = host,
                 .origin = std::string(head.origin),
                 .if_none_match = std::string(head.if_none_match),
                 .user_agent = std::string(head.user_agent),
                 .if_match = std::string(head.if_match),
                 .last_event_id = std::string(head.last_event_id)};
}

RequestParser::RequestParser(std::size_t max_header_bytes, std::size_t max_body_bytes) {
  header_limit(static_cast<std::uint32_t>(max_header_bytes));
  body_limit(max_body_bytes);
}

std::size_t RequestParser::put(std::string_view bytes, ErrorCode& error) {
  // What ends a chunked body has five bytes, so there is always as much to come. Beast asserts that it sees them.
  if (is_header_done() && head_.has_coding && bytes.size() < 5) {
    error = http::error::need_more;
    return 0;
  }
  input_end_ = bytes.data() + bytes.size();
  return basic_parser::put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
}

void RequestParser::on_request_impl(http::verb, Text method, Text target, int version, ErrorCode&) {
  head_.method = text(method);
  head_.target = text(target);
  head_.version = static_cast<unsigned>(version);
  head_.is_head = head_.method == "HEAD";
}

void RequestParser::on_field_impl(Field field, Text name, Text value, ErrorCode& error) {
  if (!is_on_line_of(text(name), text(value), input_end_)) {
    error = http::error::bad_value;
  } else if (!is_header_done()) {  // else a trailer, which says nothing here
    head_.add(field, text(name), text(value));
  }
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, Text piece, ErrorCode& error) {
  if (!take_ || !take_(text(piece))) error = http::error::buffer_overflow;
  return piece.size();
}

}  // namespace activitytrack::server
