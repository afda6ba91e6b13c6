#pragma once

#include "server/http/message.hpp"

namespace activitytrack::server {

/// Gives the JSON that GET found its ETag, a hash of it, and makes the answer as short as the request lets
/// it: 304 without a body if the client has it already (If-None-Match), else packed by zstd or gzip if that
/// is accepted and the body is long. The client may keep such an answer, and asks before it uses it again.
/// All other answers stay as they are: errors, what sets a cookie or says itself how it may be kept, and what
/// is streamed.
void choose_representation(const Request& request, Response& response);

/// Whether If-None-Match names this ETag, or any.
bool names_etag(std::string_view if_none_match, std::string_view etag);

}  // namespace activitytrack::server
