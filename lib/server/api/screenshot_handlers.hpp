#pragma once

#include "server/api/services.hpp"
#include "server/http/router.hpp"

#include <activitytrack/core/screenshot.hpp>

#include <variant>

namespace activitytrack::server {

/// POST /api/screenshots: a machine says what it has, and hears what to do with it.
Response post_screenshot(const Request& request, Services& services);

/// PUT /api/screenshots/{machine}/{id}/content: the bytes, from ?offset= to the end.
std::variant<std::unique_ptr<BodySink>, Response> put_screenshot(const Request& request, Services& services);

// Of /api/screenshots/{machine}: those of a day or several, and /{id}: one, its bytes, a small picture of it.
Response get_screenshots(const Request& request, Services& services);
Response get_screenshot(const Request& request, Services& services);
Response get_screenshot_content(const Request& request, Services& services);
Response get_screenshot_thumbnail(const Request& request, Services& services);
Response delete_screenshot(const Request& request, Services& services);

/// The one that a request names, if it is shown; else the answer.
std::variant<ScreenshotRow, Response> shown_screenshot(const Request& request, Services& services);

/// A failure to keep pictures or to read them, as an answer; logged. 503 with Retry-After when it may pass,
/// else 500.
Response picture_problem(const Error& error, Log& log);

/// Whose credential the database is asked for, beside the gate.
Announcer announcer(const Principal& who);

/// {"state":"stored"}
Response stored_answer();

/// 409: the bytes are to come from `offset` on.
Response wrong_offset(std::int64_t offset);

}  // namespace activitytrack::server
