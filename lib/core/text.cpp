#include "core/text.hpp"

#include <algorithm>

namespace activitytrack {

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
