#include "config/remote_settings.hpp"

#include "core/json_writer.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace activitytrack {
namespace {

namespace json = boost::json;

using Row = Setting<Settings>;

/// Nesting is none of settings: deep JSON is refused before it is built.
std::optional<json::value> parsed(std::string_view text) {
  json::parse_options options;
  options.max_depth = 3;
  json::error_code failed;
  json::value value = json::parse({text.data(), text.size()}, failed, {}, options);
  if (failed) return std::nullopt;
  return value;
}

Error wrong_type(std::string_view wanted) { return {ErrorCode::invalid_input, "must be " + std::string(wanted)}; }

Result<std::string> item_text(const json::value& value) {
  if (!value.is_string()) return wrong_type("a list of texts");
  const std::string text(value.get_string());
  if (text.find(',') != text.npos) return wrong_type("a list of texts without commas");
  return text;
}

/// JSON of the setting's type as what assign_setting() takes.
struct TextOf {
  const json::value& value;

  Result<SettingText> operator()(bool Settings::*) const {
    if (!value.is_bool()) return wrong_type("true or false");
    return SettingText{{value.get_bool() ? "true" : "false"}, ""};
  }
  Result<SettingText> operator()(std::int64_t Settings::*) const {
    if (!value.is_int64()) return wrong_type("a whole number");
    return SettingText{{std::to_string(value.get_int64())}, ""};
  }
  Result<SettingText> operator()(std::string Settings::*) const {
    if (!value.is_string()) return wrong_type("a text");
    return SettingText{{std::string(value.get_string())}, ""};
  }
  Result<SettingText> operator()(std::vector<std::string> Settings::*) const {
    if (!value.is_array()) return wrong_type("a list of texts");
    SettingText text;
    for (const json::value& item : value.get_array()) {
      auto one = item_text(item);
      if (!one) return one.error();
      text.values.push_back(std::move(*one));
    }
    return text;
  }
};

/// Sets the row's value from JSON.
Result<void> assign_json(const Row& row, std::string_view text, Settings& into) {
  const auto value = parsed(text);
  if (!value) return Error{ErrorCode::invalid_input, "must be JSON"};
  const auto as_text = std::visit(TextOf{*value}, row.member);
  return as_text ? apply_setting(row, *as_text, into) : as_text.error();
}

struct WriteValue {
  JsonWriter json;

  void operator()(bool value) { json.value(value); }
  void operator()(std::int64_t value) { json.value(value); }
  void operator()(const std::string& value) { json.value(std::string_view(value)); }
  void operator()(std::vector<std::string> values) {
    std::ranges::sort(values);
    json.value(values);
  }
};

struct IsLooser {
  const Row& row;
  const Settings& own;
  const Settings& wanted;

  bool operator()(bool Settings::*member) const { return in_order(own.*member, wanted.*member); }
  bool operator()(std::int64_t Settings::*member) const { return in_order(own.*member, wanted.*member); }
  bool operator()(std::string Settings::*member) const {
    return row.looser == Looser::other ? own.*member != wanted.*member
                                       : in_order(place(own.*member), place(wanted.*member));
  }
  bool operator()(std::vector<std::string> Settings::*member) const {
    return !std::ranges::all_of(own.*member, [&](const std::string& item) {
      return std::ranges::find(wanted.*member, item) != (wanted.*member).end();
    });
  }

 private:
  template <class T>
  bool in_order(const T& mine, const T& theirs) const {
    return row.looser == Looser::more ? mine < theirs : theirs < mine;
  }
  std::ptrdiff_t place(std::string_view word) const {
    return std::ranges::find(row.choices, word) - row.choices.begin();
  }
};

bool is_looser(const Row& row, const Settings& own, const Settings& wanted) {
  return row.remote == Remote::tighten && std::visit(IsLooser{row, own, wanted}, row.member);
}

/// Why `wanted`, which is the machine's own but for this row, may not be.
std::string why_not(const OwnSettings& own, const Row& row, const Settings& wanted) {
  if (row.remote == Remote::never) return "only the machine itself sets this";
  if (row.remote == Remote::once && (own.public_key().empty() || own.public_key() == wanted.screenshot_public_key))
    return "";
  if (row.remote == Remote::once) return "is set already, and a server may not change it";
  if (own.may_loosen() || !is_looser(row, own.settings, wanted)) return "";
  return "is looser than the machine's own value, and its file does not allow that (remote.may_loosen)";
}

}  // namespace

std::string value_of(const Settings& settings, const Row& row) {
  std::string text;
  std::visit([&](auto member) { WriteValue{JsonWriter(text)}(settings.*member); }, row.member);
  return text;
}

Result<std::string> normal_value(const Row& row, std::string_view text) {
  Settings settings;
  if (auto assigned = assign_json(row, text, settings); !assigned) return assigned.error();
  return value_of(settings, row);
}

std::string format_values(const SettingValues& values) {
  return json_object([&](JsonWriter& json) {
    for (const auto& [key, value] : values) json.key(key).raw(value);
  });
}

std::optional<SettingValues> parse_values(std::string_view text) {
  const auto value = parsed(text);
  if (!value || !value->is_object()) return std::nullopt;
  SettingValues values;
  for (const auto& [key, member] : value->get_object()) values[std::string(key)] = json::serialize(member);
  return values;
}

std::string why_not(const OwnSettings& own, const Row& row, std::string_view value) {
  Settings wanted = own.settings;
  if (auto assigned = assign_json(row, value, wanted); !assigned) return assigned.error().message;
  return why_not(own, row, wanted);
}

RemoteOutcome take_remote(const OwnSettings& own, const SettingValues& values) {
  RemoteOutcome outcome{.settings = own.settings};
  outcome.settings.screenshot_public_key = own.public_key();  // also where the values do not have it any more
  for (const auto& [key, value] : values) {
    const Row* row = find_setting(key);
    if (!row) {
      outcome.unknown.push_back(key);
      continue;
    }
    if (auto assigned = assign_json(*row, value, outcome.settings); !assigned)
      return {.refused = RemoteRefusal{key, assigned.error().message}};
    if (auto reason = why_not(own, *row, outcome.settings); !reason.empty())
      return {.refused = RemoteRefusal{key, std::move(reason)}};
    if (is_looser(*row, own.settings, outcome.settings)) outcome.loosened.push_back(key);
    outcome.taken[key] = value_of(outcome.settings, *row);
  }
  return outcome;
}

SettingValues own_bounds(const OwnSettings& own) {
  static const Settings defaults;
  Settings settings = own.settings;
  settings.screenshot_public_key = own.public_key();
  SettingValues values;
  for (const Row& row : settings_table()) {
    if (row.remote != Remote::tighten && row.remote != Remote::once) continue;
    if (auto value = value_of(settings, row); value != value_of(defaults, row)) values[std::string(row.key)] = value;
  }
  return values;
}

}  // namespace activitytrack
