#include "core/percent.hpp"

namespace activitytrack {

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
