#include "server/http/response_head.hpp"

#include "server/http/problem.hpp"

#include <boost/algorithm/string/predicate.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace activitytrack::server {
namespace {

void append_number(std::string& out, std::size_t number, int base = 10) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, base).ptr;
  out.append(digits.data(), end);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ");
  const auto begin = out.size();
  out.append(value);
  std::replace_if(
      out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(),
      [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
  out += "\r\n";
}

bool has_field(const Response& response, std::string_view name) {
  return std::ranges::any_of(response.headers,
                             [&](const auto& field) { return boost::algorithm::iequals(field.first, name); });
}

/// 204 and 304 say by themselves that nothing follows.
bool can_have_body(int status) { return status != 204 && status != 304; }

void append_framing(std::string& out, const Response& response, const AnswerFrame& frame) {
  if (can_have_body(response.status)) {
    append_field(out, "Content-Type", response.content_type);
    if (!response.stream || response.stream_bytes) {
      out += "Content-Length: ";
      append_number(out, response.stream ? *response.stream_bytes : response.body.size());
      out += "\r\n";
    } else if (frame.chunks()) {
      out += "Transfer-Encoding: chunked\r\n";
    }
  }
  if (!frame.keep_alive) {
    out += "Connection: close\r\n";
  } else if (frame.version == 10) {
    out += "Connection: keep-alive\r\n";
  }
}

}  // namespace

bool has_body(const Response& response, const AnswerFrame& frame) noexcept {
  return !frame.is_head && can_have_body(response.status);
}

std::string format_head(const Response& response, const AnswerFrame& frame) {
  std::string out;
  out.reserve(512);
  out += "HTTP/1.1 ";
  append_number(out, static_cast<std::size_t>(response.status));
  out.append(" ").append(status_title(response.status)).append("\r\nDate: ").append(frame.date).append("\r\n");
  append_framing(out, response, frame);
  if (!has_field(response, "Cache-Control")) out += "Cache-Control: no-store\r\n";
  out += "X-Content-Type-Options: nosniff\r\n";
  if (frame.hsts_max_age.count() > 0) {
    out += "Strict-Transport-Security: max-age=";
    append_number(out, static_cast<std::size_t>(frame.hsts_max_age.count()));
    out += "\r\n";
  }
  for (const auto& [name, value] : response.headers) append_field(out, name, value);
  out += "\r\n";
  return out;
}

std::string format_chunk(std::string_view piece) {
  std::string out;
  out.reserve(piece.size() + 24);
  append_number(out, piece.size(), 16);
  out.append("\r\n").append(piece).append("\r\n");
  return out;
}

std::string http_date(std::time_t time) {
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  std::array<char, 32> text;
  const auto size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text.data(), size};
}

}  // namespace activitytrack::server
