#include "config/settings_file.hpp"

#include "core/file.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <numeric>

namespace activitytrack {
namespace {

constexpr std::size_t longest_name = 64;  // of a key, in a message and for the search of its neighbour

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0U);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({substituted, row[j + 1] + 1, row[j] + 1});
    }
  }
  return row.back();
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) lines.emplace_back(take_line(text));
  return lines;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

/// Whether a line gives this key a value; `separator` follows the key, after blanks or none.
bool sets(std::string_view line, std::string_view key, char separator) {
  if (line.starts_with('"') || line.starts_with('\'')) line.remove_prefix(1);
  if (!line.starts_with(key)) return false;
  line.remove_prefix(key.size());
  const auto next = line.find_first_not_of(" \t\"'");
  return next != std::string_view::npos && line[next] == separator;
}

class IniReader {
 public:
  explicit IniReader(SettingCollector& collector) : collector_(collector) {}

  void line(std::string_view text, int number) {
    text = stripped(text);
    if (text.empty() || text[0] == '#' || text[0] == ';') return;
    if (text[0] == '[') return section(text, number);
    const auto delimiter = text.find_first_of("=:");
    if (delimiter == text.npos || delimiter == 0) {
      return collector_.error(number, "", "is neither KEY = VALUE, nor [settings], nor a comment");
    }
    entry(stripped(text.substr(0, delimiter)), stripped(text.substr(delimiter + 1)), number);
  }

 private:
  enum class Section { none, settings, other };

  void section(std::string_view text, int number) {
    section_ = text == "[settings]" ? Section::settings : Section::other;
    if (section_ == Section::other) {
      collector_.error(number, text, "unknown section; settings stand in [settings]");
    }
  }

  void entry(std::string_view spelled, std::string_view value, int number) {
    std::string name(spelled);  // of any case, as INI readers have it
    for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    if (section_ == Section::other) return;  // its heading was the error
    if (section_ == Section::none) {
      return collector_.error(number, name, "stands before the section [settings]; put it below that line");
    }
    if (collector_.begin(name, number)) collector_.put(name, number, {std::string(value)});
  }

  SettingCollector& collector_;
  Section section_ = Section::none;
};

std::string with_yaml_setting(std::string_view text, const SettingLine& setting) {
  auto lines = lines_of(text);
  const std::string line = std::string(setting.key) + ": \"" + std::string(setting.value) + "\"";
  const auto found = std::ranges::find_if(lines, [&](const auto& each) { return sets(each, setting.key, ':'); });
  if (found != lines.end()) {
    *found = line;
  } else {
    lines.push_back(line);
  }
  return joined(lines);
}

std::string with_ini_setting(std::string_view text, const SettingLine& setting) {
  auto lines = lines_of(text);
  const std::string line = std::string(setting.key) + " = " + std::string(setting.value);
  const auto section = std::ranges::find_if(lines, [](const auto& each) { return each.starts_with("[settings]"); });
  if (section == lines.end()) {
    lines.push_back("[settings]");
    lines.push_back(line);
    return joined(lines);
  }
  const auto end = std::find_if(section + 1, lines.end(), [](const auto& each) { return each.starts_with('['); });
  const auto found = std::find_if(section + 1, end, [&](const auto& each) { return sets(each, setting.key, '='); });
  if (found != end) {
    *found = line;
  } else {
    lines.insert(section + 1, line);
  }
  return joined(lines);
}

}  // namespace

std::optional<std::string_view> SettingCollector::readable(std::string_view text) {
  int number = 0;
  for (std::string_view rest = text; !rest.empty();) {
    ++number;
    const std::string_view line = take_line(rest);
    if (line.find('\0') != line.npos) return error(number, "", "holds a NUL byte; the file must be text"), std::nullopt;
    if (!is_utf8(line)) return error(number, "", "is not UTF-8; save the file in UTF-8"), std::nullopt;
  }
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  return text;
}

std::string SettingCollector::origin(int line) const {
  return std::string(file_) + (line > 0 ? ":" + std::to_string(line) : "");
}

void SettingCollector::error(int line, std::string_view name, std::string_view what) {
  errors_.add(origin(line), clean_utf8(name, longest_name), what);
}

bool SettingCollector::known(std::string_view name, int line) {
  if (!name.empty() && std::ranges::find(spelled_, name) != spelled_.end()) return true;
  const std::string_view hint = nearest(name);
  error(line, name, hint.empty() ? "unknown key" : "unknown key; did you mean " + std::string(hint) + "?");
  return false;
}

bool SettingCollector::begin(std::string_view name, int line) {
  if (!known(name, line)) return false;
  const auto [first, fresh] = first_lines_.emplace(name, line);
  if (!fresh) error(line, name, "given twice, first in line " + std::to_string(first->second));
  return fresh;
}

void SettingCollector::put(std::string_view name, int line, std::vector<std::string> values) {
  const auto place = static_cast<std::size_t>(std::ranges::find(spelled_, name) - spelled_.begin());
  texts_[std::string(names_.keys[place])] = {std::move(values), origin(line)};
}

/// The key that `name` was likely meant to be, also when it is spelled as the other format does; "" when none is near.
std::string_view SettingCollector::nearest(std::string_view name) const {
  std::string_view best;
  if (name.size() > longest_name) return best;
  std::size_t least = std::max<std::size_t>(2, name.size() / 3) + 1;
  for (std::size_t i = 0; i < spelled_.size(); ++i) {
    if (spelled_[i].empty()) continue;
    const auto distance = std::min(edit_distance(name, names_.keys[i]), edit_distance(name, names_.inis[i]));
    if (distance < least) least = distance, best = spelled_[i];
  }
  return best;
}

SettingTexts parse_ini_settings(std::string_view text, std::string_view file, const SettingNames& names,
                                SettingErrors& errors) {
  SettingCollector collector(file, names.inis, names, errors);
  auto rest = collector.readable(text).value_or("");
  IniReader reader(collector);
  for (int number = 1; !rest.empty(); ++number) reader.line(take_line(rest), number);
  return collector.take();
}

SettingTexts parse_settings(std::string_view text, std::string_view file, const SettingNames& names,
                            SettingErrors& errors) {
  return is_ini_file(file) ? parse_ini_settings(text, file, names, errors)
                           : parse_yaml_settings(text, file, names, errors);
}

SettingTexts read_settings_file(const std::string& file, const SettingNames& names, SettingErrors& errors) {
  constexpr std::size_t largest = 1 << 20;
  const auto text = read_file_start(file, largest + 1);
  if (text && text->size() <= largest) return parse_settings(*text, file, names, errors);
  errors.add(file, "", text ? "is larger than 1 MiB; settings are not" : text.error().message);
  return {};
}

std::string with_setting(std::string_view file, std::string_view text, const SettingLine& setting) {
  return is_ini_file(file) ? with_ini_setting(text, setting) : with_yaml_setting(text, setting);
}

}  // namespace activitytrack
