#pragma once

#include <activitytrack/core/clock.hpp>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace activitytrack {

/// Takes the first line off `text` and returns it without its "\n".
constexpr std::string_view take_line(std::string_view& text) noexcept {
  const std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(line.size() < text.size() ? line.size() + 1 : line.size());
  return line;
}

/// `text` without spaces, tabs and carriage returns at its ends.
constexpr std::string_view stripped(std::string_view text) noexcept {
  constexpr std::string_view blanks = " \t\r";
  const auto first = text.find_first_not_of(blanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// The texts in their order, with `separator` between them.
std::string joined(std::span<const std::string> texts, std::string_view separator);

/// All of `text` as a number, as std::from_chars reads it: neither "+", nor a space, nor anything behind it; nullopt
/// also if it is out of range.
template <class Number>
std::optional<Number> parse_number(std::string_view text, int base = 10) noexcept {
  Number number{};
  std::from_chars_result read{};
  if constexpr (std::is_floating_point_v<Number>)
    read = std::from_chars(text.data(), text.data() + text.size(), number);
  else
    read = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

/// `text` with the letters A to Z as small ones, whatever the locale.
std::string lower_case(std::string_view text);

/// `text` as one word for a POSIX shell, in quotes where it needs them.
std::string shell_quoted(std::string_view text);

/// `bytes` in hexadecimal, in lower case.
std::string hex(std::string_view bytes);

/// The enumerator whose name is `word`; `names` holds a name for each enumerator, in their order.
template <class Enum, std::size_t count>
constexpr std::optional<Enum> parse_enum(const std::array<std::string_view, count>& names,
                                         std::string_view word) noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    if (names[i] == word) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

/// Whether `text` holds a control character of ASCII.
bool has_control_characters(std::string_view text) noexcept;

/// Whether `text` is well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms).
bool is_utf8(std::string_view text) noexcept;

/// `text` with each ill-formed byte replaced by U+FFFD and each control character by a space, cut at a character's edge
/// to at most `max_bytes`.
std::string clean_utf8(std::string_view text, std::size_t max_bytes);

/// The beginning of well-formed `text`, of at most `max_bytes`: cut where a character ends that people see as one.
std::string_view cut_utf8(std::string_view text, std::size_t max_bytes) noexcept;

/// Length in bytes (1 to 4) of the well-formed UTF-8 character that `text` begins with; 0 if it begins with none.
/// Source: RFC 3629, section 4.
constexpr std::size_t utf8_sequence(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto follows = [&](std::size_t i, unsigned low, unsigned high) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  if (text.empty()) return 0;
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xC2) return 0;
  if (first < 0xE0) return follows(1, 0x80, 0xBF) ? 2 : 0;
  if (first < 0xF0) {
    const unsigned low = first == 0xE0 ? 0xA0 : 0x80;   // no overlong forms
    const unsigned high = first == 0xED ? 0x9F : 0xBF;  // no surrogates
    return follows(1, low, high) && follows(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (first > 0xF4) return 0;
  const unsigned low = first == 0xF0 ? 0x90 : 0x80;
  const unsigned high = first == 0xF4 ? 0x8F : 0xBF;
  return follows(1, low, high) && follows(2, 0x80, 0xBF) && follows(3, 0x80, 0xBF) ? 4 : 0;
}

/// The date in UTC: "2024-01-15".
std::string utc_date_text(Time time);

/// "+02:00", as RFC 3339 writes an offset of so many minutes.
std::string offset_text(int offset_min);

/// Encodes all but what RFC 3986 calls unreserved (letters, digits, "-", "_", "." and "~"), and what is in `kept`; a
/// space is "%20".
std::string percent_encode(std::string_view text, std::string_view kept = {});

/// Appends a byte as "%2F".
void append_percent(std::string& text, char byte);

/// FNV-1a of 64 bits: short, and the same in every build. It guards against faulty disks and crashes, not against
/// people. Source: draft-eastlake-fnv.
constexpr std::uint64_t fnv1a(std::string_view text) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

}  // namespace activitytrack
