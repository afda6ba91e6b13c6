#pragma once

#include <activitytrack/core/result.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace activitytrack {

/// How a body is packed, by the names of HTTP's Content-Encoding.
enum class ContentCoding { identity, gzip, zstd };

/// "", "identity", "gzip", "x-gzip", "zstd" in any case; nullopt for anything else.
std::optional<ContentCoding> parse_content_coding(std::string_view name) noexcept;
std::string_view to_string(ContentCoding coding) noexcept;

/// Packs `data` with small tables: a few hundred KiB while it runs, nothing after.
std::string compress(std::string_view data, ContentCoding coding);

/// How much `data` may unpack to, without looking at all of it: for zstd what a single frame says that it
/// holds; greatest where nothing says.
std::size_t most_unpacked(std::string_view data, ContentCoding coding) noexcept;

/// Unpacks all of `data`, to at most `max_bytes`: more is `too_large`, found out before it takes memory.
/// Damaged, cut and trailing bytes are `invalid_input`. Takes zstd windows up to 8 MiB (RFC 9659). Gives no
/// more than most_unpacked().
Result<std::string> decompress(std::string_view data, ContentCoding coding, std::size_t max_bytes);

}  // namespace activitytrack
