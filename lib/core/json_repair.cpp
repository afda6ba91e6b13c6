#include "core/json_repair.hpp"

#include "core/text.hpp"

#include <algorithm>

namespace activitytrack {
namespace {

constexpr std::string_view structure = "{}[],:\" \t\r\n";  ///< what ends a word outside of strings

struct Escape {
  std::size_t length;
  bool good;
};

/// The unit of UTF-16 that `text` begins with: "\u00e9".
std::optional<unsigned> utf16_unit(std::string_view text) {
  if (!text.starts_with("\\u") || text.size() < 6) return std::nullopt;
  return parse_number<unsigned>(text.substr(2, 4), 16);
}

/// The escape that `text` begins with; a pair of surrogates is one. Source: RFC 8259, section 7.
Escape escape_of(std::string_view text) {
  constexpr std::string_view letters = "\"\\/bfnrt";
  if (text.size() > 1 && letters.find(text[1]) != letters.npos) return {2, true};
  const auto unit = utf16_unit(text);
  if (!unit) return {1, false};
  if (*unit < 0xD800 || *unit > 0xDFFF) return {6, true};
  const auto next = utf16_unit(text.substr(6));
  if (*unit <= 0xDBFF && next && *next >= 0xDC00 && *next <= 0xDFFF) return {12, true};
  return {6, false};
}

bool take_digits(std::string_view& text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  text.remove_prefix(digits);
  return digits > 0;
}

/// Whether a word outside of strings is one of JSON, and no exponent is longer than parsers take.
bool is_literal(std::string_view word) {
  constexpr std::size_t longest_exponent = 9;
  if (word == "true" || word == "false" || word == "null") return true;
  if (word.starts_with('-')) word.remove_prefix(1);
  const bool zero_first = word.starts_with('0');
  const std::size_t length = word.size();
  if (!take_digits(word) || (zero_first && length - word.size() > 1)) return false;
  if (word.starts_with('.')) {
    word.remove_prefix(1);
    if (!take_digits(word)) return false;
  }
  if (word.empty()) return true;
  if (word.front() != 'e' && word.front() != 'E') return false;
  word.remove_prefix(1);
  if (word.starts_with('-') || word.starts_with('+')) word.remove_prefix(1);
  return word.size() <= longest_exponent && take_digits(word) && word.empty();
}

class Repair {
 public:
  explicit Repair(std::string_view text) : rest_(text) {}

  std::optional<std::string> run(std::size_t most) {
    while (!rest_.empty() && count_ <= most) {
      if (rest_.front() == '"') {
        string();
      } else if (structure.find(rest_.front()) != structure.npos) {
        keep(1);
      } else {
        word();
      }
    }
    if (count_ == 0 || count_ > most) return std::nullopt;
    return std::move(out_);
  }

 private:
  void keep(std::size_t bytes) {
    out_ += rest_.substr(0, bytes);
    rest_.remove_prefix(std::min(bytes, rest_.size()));
  }
  void replace(std::size_t bytes, std::string_view by) {
    out_ += by;
    rest_.remove_prefix(bytes);
    ++count_;
  }

  void string() {
    keep(1);
    while (!rest_.empty() && rest_.front() != '"') {
      Escape next{1, static_cast<unsigned char>(rest_.front()) >= 0x20};
      if (rest_.front() == '\\') next = escape_of(rest_);
      if (next.good) {
        keep(next.length);
      } else {
        replace(next.length, "\xFF");
      }
    }
    keep(1);
  }

  void word() {
    const std::size_t length = std::min(rest_.find_first_of(structure), rest_.size());
    if (is_literal(rest_.substr(0, length))) {
      keep(length);
    } else {
      replace(length, "1e999");
    }
  }

  std::string_view rest_;
  std::string out_;
  std::size_t count_ = 0;  ///< of what was replaced
};

}  // namespace

std::optional<std::string> repair_json(std::string_view text, std::size_t most) { return Repair(text).run(most); }

}  // namespace activitytrack
