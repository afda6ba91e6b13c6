#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace activitytrack {

/// Whether `text` is well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms).
bool is_utf8(std::string_view text) noexcept;

/// `text` with each ill-formed byte replaced by U+FFFD and each control character by a space, cut at a
/// character's edge to at most `max_bytes`.
std::string clean_utf8(std::string_view text, std::size_t max_bytes);

}  // namespace activitytrack
