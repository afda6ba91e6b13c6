#pragma once

#include "net/http_client.hpp"

#include <string>

namespace activitytrack::test {

inline HttpRequest get(const std::string& url) { return {.method = "GET", .url = parse_url(url).value()}; }

}  // namespace activitytrack::test
