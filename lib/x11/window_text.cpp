#include "x11/window_text.hpp"

#include <algorithm>

namespace activitytrack::x11 {
namespace {

constexpr char escape = '\x1B';
constexpr std::string_view utf8_begin = "\x1B%G";
constexpr std::string_view utf8_end = "\x1B%@";
constexpr std::string_view latin1_right_half = "\x1B-A";

void append_latin1(std::string& out, char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (byte < 0x80) {
    out += c;
  } else {
    out += static_cast<char>(0xC0 | byte >> 6);
    out += static_cast<char>(0x80 | (byte & 0x3F));
  }
}

std::string from_latin1(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) append_latin1(out, c);
  return out;
}

/// The length of the escape sequence at the start of `bytes` (ISO 2022): intermediates and a final byte.
std::size_t escape_length(std::string_view bytes) {
  std::size_t length = 1;
  while (length < bytes.size() && bytes[length] >= 0x20 && bytes[length] <= 0x2F) ++length;
  return std::min(length + 1, bytes.size());
}

std::string from_compound_text(std::string_view bytes) {
  std::string out;
  bool latin1 = true;  // the right half, from 0x80 on
  while (!bytes.empty()) {
    if (bytes.starts_with(utf8_begin)) {
      bytes.remove_prefix(utf8_begin.size());
      const std::size_t end = bytes.find(utf8_end);
      out += bytes.substr(0, end);
      bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + utf8_end.size());
    } else if (bytes[0] == escape) {
      const std::string_view sequence = bytes.substr(0, escape_length(bytes));
      latin1 = sequence == latin1_right_half || (latin1 && sequence == "\x1B(B");
      bytes.remove_prefix(sequence.size());
    } else {
      const bool known = latin1 || static_cast<unsigned char>(bytes[0]) < 0x80;
      append_latin1(out, known ? bytes[0] : '?');
      bytes.remove_prefix(1);
    }
  }
  return out;
}

}  // namespace

std::string decode_window_text(std::string_view bytes, TextEncoding encoding) {
  switch (encoding) {
    case TextEncoding::latin1:
      return from_latin1(bytes);
    case TextEncoding::compound_text:
      return from_compound_text(bytes);
    case TextEncoding::utf8:
      break;
  }
  return std::string(bytes);
}

}  // namespace activitytrack::x11
