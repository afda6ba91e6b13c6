#pragma once

#include <string>
#include <string_view>

namespace activitytrack::x11 {

/// The types of a text property (ICCCM 2.7.1, EWMH).
enum class TextEncoding { utf8, latin1, compound_text };

/// The property's `bytes` as UTF-8, ill-formed where they were. Of COMPOUND_TEXT it understands Latin-1
/// and UTF-8 segments, as today's toolkits write them; what is in other character sets becomes "?".
std::string decode_window_text(std::string_view bytes, TextEncoding encoding);

}  // namespace activitytrack::x11
