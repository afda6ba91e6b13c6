#pragma once

#include "core/text.hpp"

#include <charconv>
#include <cstdint>
#include <string_view>

namespace activitytrack {

/// Takes the first word, by spaces, off `text`; "" at its end.
inline std::string_view take_word(std::string_view& text) {
  const auto start = text.find_first_not_of(' ');
  text.remove_prefix(start == text.npos ? text.size() : start);
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  return word;
}

/// Takes a word that is a number off `text`; 0 for any other, as for a column that older kernels lack.
inline std::int64_t take_number(std::string_view& text) {
  const std::string_view word = take_word(text);
  std::int64_t number = 0;
  const auto result = std::from_chars(word.data(), word.data() + word.size(), number);
  return result.ec == std::errc() ? number : 0;
}

}  // namespace activitytrack
