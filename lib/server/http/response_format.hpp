#pragma once

#include "server/http/message.hpp"

#include <chrono>
#include <ctime>
#include <string>
#include <string_view>

namespace activitytrack::server {

/// Adds to JSON that a GET found its ETag, a hash of the body, and makes the answer as short as the request allows: 304
/// without a body if the client has it already (If-None-Match), else compressed by zstd or gzip if the client accepts
/// that and the body is long. The client may cache such an answer, and asks before it uses it again. All other answers
/// stay as they are: errors, those that set a cookie or Cache-Control, and streams.
void choose_representation(const Request& request, Response& response);

/// Adds the request's id to a problem, for who has to find it in the server's logs.
void name_request(Response& response, std::string_view id);

/// Whether If-None-Match names this ETag, or any.
bool names_etag(std::string_view if_none_match, std::string_view etag);

/// What an answer's head says beside the Response.
struct AnswerFrame {
  unsigned version = 11;  ///< of the request
  bool is_head = false;   ///< the request is a HEAD: no body follows
  bool keep_alive = true;
  std::chrono::seconds hsts_max_age{0};  ///< 0: no such field
  std::string_view date;
  std::string_view request_id;

  /// Whether a streamed body goes in chunks; else it ends with the connection.
  bool chunks() const { return version >= 11; }
};

/// Whether a client takes gzip.
bool accepts_gzip(std::string_view accept_encoding);

/// Whether bytes follow the head.
bool has_body(const Response& response, const AnswerFrame& frame) noexcept;

/// Status line and header. Line breaks in values become spaces.
std::string format_head(const Response& response, const AnswerFrame& frame);

/// A piece of a streamed body on the wire.
std::string format_chunk(std::string_view piece);
constexpr std::string_view last_chunk = "0\r\n\r\n";

/// "Sun, 06 Nov 1994 08:49:37 GMT"
std::string http_date(std::time_t time);

}  // namespace activitytrack::server
