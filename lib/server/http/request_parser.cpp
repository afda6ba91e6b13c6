#include "server/http/request_parser.hpp"

#include <boost/beast/http/error.hpp>

#include <functional>

namespace activitytrack::server {
namespace {

namespace http = boost::beast::http;

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
