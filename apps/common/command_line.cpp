#include "common/command_line.hpp"

#include "common/near_miss.hpp"

#include <boost/program_options.hpp>

#include <algorithm>
#include <cstdlib>

namespace activitytrack::program {

namespace po = boost::program_options;

namespace {

po::options_description described(std::span<const Option> options) {
  po::options_description description;
  auto add = description.add_options();
  for (const Option& option : options) {
    const std::string name = option.name == "help" ? "help,h" : option.name;
    if (option.value.empty())
      add(name.c_str(), "");
    else
      add(name.c_str(), po::value<std::string>(), "");
  }
  return description;
}

bool is_repeatable(std::string_view name, std::span<const Option> options) {
  const auto found = std::ranges::find(options, name, &Option::name);
  return found != options.end() && found->repeatable;
}

/// `given` as it was typed: "--lsiten=:80".
Error unknown_option(std::string_view program, std::string given, std::span<const Option> options) {
  given = given.substr(0, given.find('='));
  std::vector<std::string> names;
  for (const Option& option : options) names.push_back(option.name);
  const std::string_view word = std::string_view(given).substr(std::min(given.find_first_not_of('-'), given.size()));
  return usage_error(program, "unrecognised option '" + given + "'" + did_you_mean(word, names, "--"));
}

}  // namespace

std::string CommandLine::get(std::string_view name, std::string_view otherwise) const {
  const auto found = options.find(name);
  if (found != options.end() && !found->second.empty()) return found->second.front();
  const char* set = std::getenv(environment_name(name).c_str());
  return set && *set ? set : std::string(otherwise);
}

SettingTexts CommandLine::settings(const SettingNames& names) const {
  SettingTexts texts;
  for (const std::string_view key : names.keys) {
    const std::string name = option_name(key);
    if (const auto found = options.find(name); found != options.end())
      texts[std::string(key)] = {found->second, "option --" + name};
  }
  return texts;
}

std::string CommandLine::settings_file(std::string_view stem) const {
  const std::string named = get("config", "");
  return named.empty() ? find_settings_file(stem) : named;
}

Result<CommandLine> parse_command_line(std::string_view program, const std::vector<std::string>& arguments,
                                       std::span<const Option> options) {
  using style = po::command_line_style::style_t;
  constexpr int exact = style::unix_style & ~style::allow_guessing & ~style::allow_sticky;
  CommandLine line;
  try {
    const auto description = described(options);
    const auto parsed = po::command_line_parser(arguments).options(description).style(exact).run();
    for (const auto& [name, position, values, original, unregistered, other_case] : parsed.options) {
      auto& into = name.empty() ? line.words : line.options[name];
      if (!name.empty() && !into.empty() && !is_repeatable(name, options))
        return Error{ErrorCode::invalid_input, "option --" + name + " is given more than once; give it once"};
      into.insert(into.end(), values.begin(), values.end());
    }
  } catch (const po::unknown_option& error) {
    return unknown_option(program, error.get_option_name(), options);
  } catch (const po::error& error) {
    return usage_error(program, error.what());
  }
  return line;
}

Error usage_error(std::string_view helped, std::string_view what) {
  return {ErrorCode::invalid_input, std::string(what) + "; see " + std::string(helped) + " --help"};
}

std::vector<Option> standard_options() {
  return {{"config", "FILE", "Configuration file; *.ini is read as INI, all else as YAML."},
          {"help", "", "Show this help."},
          {"version", "", "Show the version."}};
}

std::string group_of(std::string_view key, std::span<const Group> groups) {
  for (const Group& group : groups) {
    const auto begins = [&](std::string_view prefix) { return !prefix.empty() && key.starts_with(prefix); };
    if (std::ranges::any_of(group.prefixes, begins)) return std::string(group.title);
  }
  return "More";
}

std::string number_name(std::string_view unit) {
  if (unit.empty()) return "N";
  if (unit == "s") return "SEC";
  if (unit == "min") return "MIN";
  return std::string(unit == "days" ? "DAYS" : unit);
}

}  // namespace activitytrack::program
