#include "core/text.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace activitytrack {

std::string joined(std::span<const std::string> texts, std::string_view separator) {
  std::string all;
  for (const std::string& text : texts) all.append(all.empty() ? "" : separator).append(text);
  return all;
}

std::string shell_quoted(std::string_view text) {
  const auto is_plain = [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-./:=@%+,").find(static_cast<char>(c)) != std::string_view::npos;
  };
  if (!text.empty() && std::ranges::all_of(text, is_plain)) return std::string(text);
  std::string quoted = "'";
  for (const char c : text) c == '\'' ? quoted += "'\\''" : quoted += c;
  return quoted + "'";
}

bool has_control_characters(std::string_view text) noexcept {
  return std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const std::size_t length = utf8_sequence(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string clean_utf8(std::string_view text, std::size_t max_bytes) {
  std::string clean;
  while (!text.empty()) {
    const std::size_t length = utf8_sequence(text);
    std::string_view next = length == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(0, length);
    const auto byte = static_cast<unsigned char>(next[0]);
    if (byte < 0x20 || byte == 0x7F) next = " ";
    if (clean.size() + next.size() > max_bytes) break;
    clean += next;
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return clean;
}

std::string_view cut_utf8(std::string_view text, std::size_t max_bytes) noexcept {
  if (text.size() <= max_bytes) return text;
  std::size_t at = 0, whole = 0;  // whole: up to the last place where what people see as one character ends
  utf8proc_int32_t before = 0, state = 0;
  while (true) {
    utf8proc_int32_t next = 0;
    const auto length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data() + at),
                                         static_cast<utf8proc_ssize_t>(text.size() - at), &next);
    if (length < 1) break;
    if (at > 0 && utf8proc_grapheme_break_stateful(before, next, &state)) whole = at;
    if (at + static_cast<std::size_t>(length) > max_bytes) break;
    at += static_cast<std::size_t>(length);
    before = next;
  }
  return text.substr(0, whole > 0 ? whole : at);
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(2 * bytes.size());
  for (const char c : bytes) {
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

std::string utc_date_text(Time time) { return format_timestamp(time).substr(0, 10); }

std::string offset_text(int offset_min) {
  char text[16];
  std::snprintf(text, sizeof text, "%c%02d:%02d", offset_min < 0 ? '-' : '+', std::abs(offset_min) / 60,
                std::abs(offset_min) % 60);
  return text;
}

std::string percent_encode(std::string_view text, std::string_view kept) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-_.~").find(c) != std::string_view::npos ||
                       kept.find(c) != std::string_view::npos;
    if (plain) {
      out += c;
    } else {
      append_percent(out, c);
    }
  }
  return out;
}

void append_percent(std::string& text, char byte) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  (text += '%') += digits[static_cast<unsigned char>(byte) >> 4];
  text += digits[static_cast<unsigned char>(byte) & 15];
}

}  // namespace activitytrack
