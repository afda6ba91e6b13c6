#include "config/collector.hpp"

#include <algorithm>

namespace activitytrack {
namespace {

class IniReader {
 public:
  explicit IniReader(SettingCollector& collector) : collector_(collector) {}

  void line(std::string_view text, int number) {
    text = trimmed(text);
    if (text.empty() || text[0] == '#' || text[0] == ';') return;
    if (text[0] == '[') return section(text, number);
    const auto delimiter = text.find_first_of("=:");
    if (delimiter == text.npos || delimiter == 0) {
      return collector_.error(number, "", "is neither KEY = VALUE, nor [settings], nor a comment");
    }
    entry(trimmed(text.substr(0, delimiter)), trimmed(text.substr(delimiter + 1)), number);
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

}  // namespace

SettingTexts parse_ini_settings(std::string_view text, std::string_view file, const SettingNames& names,
                                SettingErrors& errors) {
  SettingCollector collector(file, names.inis, names, errors);
  if (!collector.readable(text)) return {};
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  IniReader reader(collector);
  for (int number = 1; !text.empty(); ++number) {
    const std::string_view line = text.substr(0, text.find('\n'));
    reader.line(line, number);
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return collector.take();
}

}  // namespace activitytrack
