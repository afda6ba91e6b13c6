#pragma once

#include "server/http/limits.hpp"
#include "server/http/message.hpp"

#include <activitytrack/core/result.hpp>

#include <boost/beast/http/field.hpp>
#include <boost/system/error_code.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace activitytrack::server {

/// What matters of a request line and header, as sent: views into the bytes that were read.
struct RequestHead {
  std::string_view method;
  std::string_view target;
  unsigned version = 11;  ///< 10 or 11

  /// The fields that are looked at, each "" if missing.
  std::string_view host, origin, authorization, cookie, if_none_match;
  std::string_view content_type, content_encoding, accept_encoding;
  std::string_view content_length, transfer_encoding, expect;
  std::string forwarded_for;         ///< of all fields of that name, in order
  std::string_view forwarded_proto;  ///< of the last

  bool has_host = false, has_length = false, has_coding = false;
  std::string_view repeated;  ///< a field that may stand once, and stands more often; "" if none does

  void add(boost::beast::http::field field, std::string_view name, std::string_view value);
};

/// Refuses what two readers of one request could understand differently (RFC 9112: several or listed lengths,
/// codings other than chunked, no or many Hosts, other fields given twice), what has no length, and what is
/// too long.
std::optional<Response> refuse_head(const RequestHead& head, const HttpLimits& limits);

/// The answer to a request that could not be read. `seen` is what was read of it.
Response refuse_unreadable(boost::system::error_code error, std::string_view seen);

/// The head's part of a Request; an error answers 400.
Result<Request> read_head(const RequestHead& head);

}  // namespace activitytrack::server
