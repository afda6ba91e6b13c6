#pragma once

#include <string>
#include <string_view>

namespace activitytrack {

/// Encodes all but what RFC 3986 calls unreserved (letters, digits, "-", "_", "." and "~"), and what is in
/// `kept`; a space is "%20".
std::string percent_encode(std::string_view text, std::string_view kept = {});

/// Appends a byte as "%2F".
void append_percent(std::string& text, char byte);

}  // namespace activitytrack
