#pragma once

#include <activitytrack/core/result.hpp>

#include <libpq-fe.h>

#include <string>
#include <string_view>

namespace activitytrack::server {

/// libpq's words in one line.
std::string one_line(std::string_view text);

/// What a statement's result says went wrong. PostgreSQL's DETAIL is left out: it may quote a row, and so a
/// window title.
Error postgres_error(const PGresult* result);

/// The kind of error that an SQLSTATE stands for. What passes by itself is `unavailable`.
ErrorCode postgres_error_code(std::string_view sqlstate) noexcept;

}  // namespace activitytrack::server
