#include "config/settings_file.hpp"
#include "core/text.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>

namespace activitytrack {
namespace {

constexpr std::size_t deepest = 8;

// What yaml-cpp 0.7 lets pass, and settings should not:

/// The number of the first line that is indented by a tab; 0 if there is none.
int tab_indented_line(std::string_view text) {
  for (int number = 1; !text.empty(); ++number) {
    const std::string_view line = take_line(text);
    const std::string_view indent = line.substr(0, line.find_first_not_of(" \t\r"));
    if (indent.size() < line.size() && indent.find('\t') != indent.npos) return number;
  }
  return 0;
}

/// Whether the value that begins at `at`, if it is in quotes, ends in the same line. An open quote runs to the end of
/// the file, over all settings in between.
bool quote_closed(std::string_view text, std::size_t at) {
  text.remove_prefix(std::min(at, text.size()));
  const std::string_view line = text.substr(0, text.find('\n'));
  const char quote = line.empty() ? ' ' : line[0];
  if (quote != '"' && quote != '\'') return true;
  for (std::size_t i = 1; i < line.size(); ++i) {
    const bool doubled = quote == '\'' && line.substr(i).starts_with("''");  // stands for one
    const bool escaped = quote == '"' && line[i] == '\\';
    if (doubled || escaped) {
      ++i;
    } else if (line[i] == quote) {
      return true;
    }
  }
  return false;
}

/// Takes the parser's events as they come: no tree is built, so nothing can be expanded or recursed into.
class YamlReader final : public YAML::EventHandler {
 public:
  /// All are borrowed; `text` is what the parser reads.
  YamlReader(SettingCollector& collector, const SettingNames& names, std::string_view text)
      : collector_(collector), names_(names), text_(text) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) throw YAML::ParserException(mark, "a second document; settings are one");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    if (!levels_.empty()) scalar(mark, nullptr);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, const std::string& value) override {
    check_tag(mark, tag);
    if (!quote_closed(text_, static_cast<std::size_t>(mark.pos))) {
      throw YAML::ParserException(mark, "a quote that is not closed in its line");
    }
    scalar(mark, &value);
  }

  void OnAnchor(const YAML::Mark& mark, const std::string&) override {
    throw YAML::ParserException(mark, "an anchor (&name), or a value to be put in quotes");
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw YAML::ParserException(mark, "an alias (*name), or a value to be put in quotes");
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    check_tag(mark, tag);
    Level level = nested(mark, Level::list);
    if (level.kind == Level::list && !collector_.begin(level.path, level.line)) level.kind = Level::skipped;
    levels_.push_back(std::move(level));
  }

  void OnSequenceEnd() override {
    Level level = std::move(levels_.back());
    levels_.pop_back();
    if (level.kind == Level::list) collector_.put(level.path, level.line, std::move(level.values));
  }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, YAML::EmitterStyle::value) override {
    check_tag(mark, tag);
    Level level = nested(mark, Level::map);
    if (level.kind == Level::map && !level.path.empty() && !is_section(level.path)) {
      if (collector_.known(level.path, level.line)) {
        collector_.error(level.line, level.path, "needs a value; keys below it are none");
      }
      level.kind = Level::skipped;
    }
    levels_.push_back(std::move(level));
  }

  void OnMapEnd() override { levels_.pop_back(); }

 private:
  struct Level {
    enum Kind { map, list, skipped } kind = map;
    std::string path;  ///< of the section or the list itself; "" for the root
    int line = 0;
    bool wants_key = true;  ///< of a map: what comes next is a key
    std::string key;        ///< of a map: the full name of its latest
    int key_line = 0;
    std::vector<std::string> values;  ///< of a list
  };

  /// A map or list begins as the value of the present key; an error if it may not stand here.
  Level nested(const YAML::Mark& mark, Level::Kind kind) {
    if (levels_.size() == deepest) throw YAML::ParserException(mark, "nested too deep for settings");
    Level level{.kind = kind, .path = {}, .line = mark.line + 1, .key = {}, .values = {}};
    if (levels_.empty()) {
      if (kind != Level::map) throw YAML::ParserException(mark, "a list where keys with values should be");
      return level;
    }
    Level& above = levels_.back();
    if (above.kind == Level::map) {
      if (above.wants_key) throw YAML::ParserException(mark, "a map or list as a key");
      above.wants_key = true;
      level.path = above.key;
      level.line = above.key_line;
    } else {
      if (above.kind == Level::list) collector_.error(level.line, above.path, "takes a list of plain values");
      level.kind = Level::skipped;
      level.wants_key = false;
    }
    return level;
  }

  /// `value` is null for an empty one.
  void scalar(const YAML::Mark& mark, const std::string* value) {
    if (levels_.empty()) throw YAML::ParserException(mark, "a lone word where keys with values should be");
    Level& level = levels_.back();
    if (level.kind == Level::list && value) level.values.push_back(*value);
    if (level.kind != Level::map) return;
    if (level.wants_key) {
      if (!value) throw YAML::ParserException(mark, "a value without a key");
      level.key = level.path.empty() ? *value : level.path + "." + *value;
      level.key_line = mark.line + 1;
      level.wants_key = false;
    } else {
      level.wants_key = true;
      entry(level.key, level.key_line, value);
    }
  }

  void entry(const std::string& key, int line, const std::string* value) {
    if (is_section(key)) {
      if (value) collector_.error(line, key, "is a section; put its keys below it, indented");
      return;
    }
    if (collector_.begin(key, line) && value) collector_.put(key, line, {*value});
  }

  /// "?" and "!" are what plain and quoted values have by themselves.
  static void check_tag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    throw YAML::ParserException(mark, "a tag (!name), or a value to be put in quotes");
  }

  bool is_section(const std::string& path) const {
    return std::ranges::any_of(names_.keys, [start = path + "."](auto key) { return key.starts_with(start); });
  }

  SettingCollector& collector_;
  const SettingNames& names_;
  std::string_view text_;
  std::vector<Level> levels_;
  int documents_ = 0;
};

}  // namespace

SettingTexts parse_yaml_settings(std::string_view text, std::string_view file, const SettingNames& names,
                                 SettingErrors& errors) {
  SettingCollector collector(file, names.keys, names, errors);
  const auto readable = collector.readable(text);
  if (!readable) return {};
  if (const int line = tab_indented_line(*readable); line > 0) {
    collector.error(line, "", "is indented by a tab; YAML takes spaces");
    return {};
  }
  YamlReader reader(collector, names, *readable);
  try {
    std::istringstream in{std::string(*readable)};
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(reader)) {
    }
  } catch (const YAML::Exception& e) {
    // What the parser's messages have after a colon is text of the file, which may be a secret.
    const std::string fault = e.msg.substr(0, e.msg.find(": "));
    collector.error(e.mark.line + 1, "", "not the YAML of settings: " + fault);
  }
  return collector.take();
}

}  // namespace activitytrack
