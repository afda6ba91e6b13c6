#include "config/setting.hpp"

#include "core/text.hpp"

#include <activitytrack/core/log.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace activitytrack {
namespace {

Error invalid(std::string what) { return {ErrorCode::invalid_input, std::move(what)}; }

Result<std::string_view> only_value(const SettingText& text) {
  if (text.values.size() != 1) return invalid("takes one value, not a list");
  return std::string_view(text.values.front());
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

/// `word` is lower case.
bool same_word(std::string_view text, std::string_view word) {
  return std::ranges::equal(text, word, {}, [](char c) { return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c; });
}

}  // namespace

std::string setting_text(bool value) { return value ? "true" : "false"; }
std::string setting_text(std::int64_t value) { return std::to_string(value); }
std::string setting_text(const std::string& value) { return value; }
std::string setting_text(const std::vector<std::string>& values) {
  std::string text;
  for (const auto& value : values) text += (text.empty() ? "" : ",") + value;
  return text;
}

void SettingErrors::add(std::string_view origin, std::string_view key, std::string_view what) {
  std::string& line = lines.emplace_back(origin);
  line += ": ";
  if (!key.empty()) line.append(key).append(": ");
  line += what;
}

std::string SettingErrors::joined() const {
  constexpr std::size_t most_shown = 50;
  std::string text;
  for (const std::string& line : std::span(lines).first(std::min(lines.size(), most_shown))) {
    if (!text.empty()) text += '\n';
    text += line;
  }
  if (lines.size() > most_shown) text += "\nand " + std::to_string(lines.size() - most_shown) + " more";
  return text;
}

Result<void> check_one_of(std::string_view text, std::span<const std::string_view> words) {
  if (std::ranges::find(words, text) != words.end()) return {};
  std::string accepted;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!accepted.empty()) accepted += i + 1 < words.size() ? ", " : " or ";
    accepted += words[i];
  }
  return invalid("must be " + accepted);
}

Result<void> assign_setting(const SettingText& text, const NumberRange&, bool& into) {
  const auto value = only_value(text);
  if (!value) return value.error();
  constexpr std::array<std::string_view, 4> yes{"true", "yes", "on", "1"}, no{"false", "no", "off", "0"};
  const auto is = [&](std::string_view word) { return same_word(stripped(*value), word); };
  if (std::ranges::any_of(yes, is)) return into = true, Result<void>();
  if (std::ranges::any_of(no, is)) return into = false, Result<void>();
  return invalid("must be true or false (yes, no, on, off, 1 and 0 will do)");
}

Result<void> assign_setting(const SettingText& text, const NumberRange& range, std::int64_t& into) {
  const auto value = only_value(text);
  if (!value) return value.error();
  const auto number = parse_number<std::int64_t>(stripped(*value));
  if (!number || *number < range.min || *number > range.max) {
    return invalid("must be a whole number from " + std::to_string(range.min) + " to " + std::to_string(range.max) +
                   (range.unit.empty() ? "" : ", in " + std::string(range.unit)));
  }
  into = *number;
  return {};
}

Result<void> assign_setting(const SettingText& text, const NumberRange&, std::string& into) {
  const auto value = only_value(text);
  if (!value) return value.error();
  if (has_control(*value)) return invalid("must be one line without control characters");
  into = *value;
  return {};
}

Result<void> assign_setting(const SettingText& text, const NumberRange&, std::vector<std::string>& into) {
  constexpr std::size_t most = 1000;
  into.clear();
  for (std::string_view rest : text.values) {
    if (has_control(rest)) return invalid("must hold no control characters");
    while (!rest.empty()) {
      const std::string_view item = rest.substr(0, rest.find(','));
      if (const auto word = stripped(item); !word.empty()) into.emplace_back(word);
      if (into.size() > most) return invalid("must have at most " + std::to_string(most) + " entries");
      rest.remove_prefix(std::min(rest.size(), item.size() + 1));
    }
  }
  return {};
}

std::string environment_name(std::string_view key) {
  std::string name = "ACTIVITYTRACK_";
  for (const char c : key) {
    name += c == '.' || c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return name;
}

SettingTexts environment_settings(const SettingNames& names) {
  SettingTexts texts;
  for (const std::string_view key : names.keys) {
    const std::string name = environment_name(key);
    const char* value = std::getenv(name.c_str());
    if (value && *value) texts[std::string(key)] = {{value}, "environment variable " + name};
  }
  return texts;
}

std::string option_name(std::string_view key) {
  std::string name(key);
  for (char& c : name) {
    if (c == '.' || c == '_') c = '-';
  }
  return name;
}

}  // namespace activitytrack
