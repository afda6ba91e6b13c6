#include "options.hpp"

#include "command.hpp"

#include <activitytrack/config/settings.hpp>

#include <boost/program_options.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace activitytrack::agent_app {

namespace po = boost::program_options;

namespace {

constexpr std::array<OwnOption, 6> own_table{{
    {"config", "FILE", "configuration file; *.ini is read as INI, all else as YAML", true},
    {"help", "", "show this help, or a command's", true},
    {"version", "", "show the version", true},
    {"json", "", "print JSON"},
    {"interval", "SEC", "length of an interval, 1 to 3600 (default 60)"},
    {"start", "TIME", "when the traces begin, RFC 3339 (default 2024-01-15T00:00:00Z)"},
}};

/// Every option of every command, so that the command may stand anywhere on the line.
po::options_description all_options() {
  po::options_description description;
  auto add = description.add_options();
  for (const auto& option : own_table) {
    auto name = std::string(option.name);
    if (name == "help") name += ",h";
    if (option.value.empty())
      add(name.c_str(), po::bool_switch());
    else
      add(name.c_str(), po::value<std::string>());
  }
  for (const auto& row : settings_table()) {
    bool list = std::holds_alternative<std::vector<std::string> Settings::*>(row.member);
    auto* value = po::value<std::vector<std::string>>();
    add(option_name(row.key).c_str(), list ? value->composing() : value);
  }
  add("words", po::value<std::vector<std::string>>());
  return description;
}

Result<void> take_settings(const po::variables_map& given, Options& options) {
  for (const auto& row : settings_table()) {
    auto name = option_name(row.key);
    if (given.count(name) == 0) continue;
    auto values = given[name].as<std::vector<std::string>>();
    if (values.size() > 1 && !std::holds_alternative<std::vector<std::string> Settings::*>(row.member))
      return Error{ErrorCode::invalid_input, "option --" + name + " is given more than once; give it once"};
    options.settings[std::string(row.key)] = {std::move(values), "option --" + name};
  }
  return {};
}

void take_own(const po::variables_map& given, Options& options) {
  for (const auto& option : own_table) {
    std::string name(option.name);
    if (option.value.empty()) {
      if (given[name].as<bool>()) options.own[name] = "true";
    } else if (given.count(name) > 0) {
      options.own[name] = given[name].as<std::string>();
    } else if (const char* set = std::getenv(environment_name(name).c_str()); set && *set) {
      options.own[name] = set;
    }
  }
}

Error usage_error(std::string what, std::string_view command = {}) {
  std::string help = command.empty() ? "" : std::string(command) + " ";
  return {ErrorCode::invalid_input, std::move(what) + "; see activitytrack-agent " + help + "--help"};
}

/// What is on the line has to fit the command: an option that it would pass over is a mistake.
Result<void> check_fit(const Options& options, const po::variables_map& given) {
  const Command* command = find_command(options.command);
  if (!command) {
    std::string names;
    for (const auto& each : commands()) names += (names.empty() ? "" : ", ") + std::string(each.name);
    return usage_error("unknown command '" + options.command + "'; it is one of " + names);
  }
  if (options.has("help")) return {};
  for (const auto& option : own_table) {
    std::string name(option.name);
    if (option.everywhere || given[name].defaulted() || given.count(name) == 0) continue;
    if (std::ranges::find(command->options, option.name) == command->options.end())
      return usage_error("option --" + name + " is not for the command " + options.command, options.command);
  }
  if (options.arguments.size() < command->min_arguments)
    return usage_error("the command " + options.command + " needs an argument", options.command);
  if (options.arguments.size() > command->max_arguments)
    return usage_error(
        "the command " + options.command + " takes no '" + options.arguments[command->max_arguments] + "'",
        options.command);
  return {};
}

}  // namespace

std::span<const OwnOption> own_options() { return own_table; }

std::string Options::get(std::string_view name, std::string_view otherwise) const {
  auto found = own.find(name);
  return found == own.end() ? std::string(otherwise) : found->second;
}

Result<Options> parse_options(const std::vector<std::string>& arguments) {
  using style = po::command_line_style::style_t;
  constexpr int exact = style::unix_style & ~style::allow_guessing & ~style::allow_sticky;
  po::variables_map given;
  try {
    po::positional_options_description words;
    words.add("words", -1);
    auto description = all_options();
    po::store(po::command_line_parser(arguments).options(description).positional(words).style(exact).run(),
              given);
  } catch (const po::error& error) {
    return usage_error(error.what());
  }

  Options options;
  if (given.count("words") > 0) {
    options.arguments = given["words"].as<std::vector<std::string>>();
    options.command = options.arguments.front();
    options.command_given = true;
    options.arguments.erase(options.arguments.begin());
  }
  if (auto taken = take_settings(given, options); !taken) return taken.error();
  take_own(given, options);
  if (auto fits = check_fit(options, given); !fits) return fits.error();
  return options;
}

}  // namespace activitytrack::agent_app
