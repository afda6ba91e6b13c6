#pragma once

#include "server/http/message.hpp"

#include <chrono>
#include <ctime>
#include <string>
#include <string_view>

namespace activitytrack::server {

/// What an answer's head says beside the Response.
struct AnswerFrame {
  unsigned version = 11;  ///< of the request
  bool is_head = false;   ///< to HEAD: a head alone
  bool keep_alive = true;
  std::chrono::seconds hsts_max_age{0};  ///< 0: no such field
  std::string_view date;

  /// Whether a streamed body goes in chunks; else it ends with the connection.
  bool chunks() const { return version >= 11; }
};

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
