#pragma once

#include "http/limits.hpp"
#include "http/message.hpp"

#include <activitytrack/core/result.hpp>

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/system/error_code.hpp>

#include <optional>

namespace activitytrack::server {

using RequestHead = boost::beast::http::header<true, boost::beast::http::fields>;

/// Refuses what two readers of one request could understand differently (RFC 9112: several or listed lengths,
/// codings other than chunked, no or many Hosts), what has no length, what is too long, and names of other
/// sites (a page in a browser on this machine must not reach a server that trusts loopback).
std::optional<Response> refuse_head(const RequestHead& head, const HttpLimits& limits);

/// The answer to a request that could not be read; nothing if the connection just ended or timed out. `seen`
/// is what was read of it.
std::optional<Response> refuse_unreadable(boost::system::error_code error, std::string_view seen);

/// The head's part of a Request; an error answers 400.
Result<Request> read_head(const RequestHead& head);

}  // namespace activitytrack::server
