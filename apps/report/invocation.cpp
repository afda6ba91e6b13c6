#include "command.hpp"
#include "settings.hpp"

#include <boost/program_options.hpp>

#include <cstdlib>
#include <filesystem>
#include <sstream>

namespace activitytrack::report {
namespace {

namespace po = boost::program_options;

Error wrong_usage(const std::string& what) {
  return {ErrorCode::invalid_input, what + "; see activitytrack-report --help"};
}

po::options_description described() {
  po::options_description options("Options", 80, 50);
  for (const auto& row : report_settings_table()) {
    const std::string unit(row.unit), help(row.help);
    options.add_options()(option_name(row.key).c_str(), po::value<std::string>()->value_name(unit),
                          help.c_str());
  }
  options.add_options()("config", po::value<std::string>()->value_name("FILE"),
                        "read settings from this file; default: report.yaml in ~/.config/activity-tracker, "
                        "then in /etc/activity-tracker");
  options.add_options()("help", "print this help");
  options.add_options()("version", "print the version");
  return options;
}

std::string help_text(const po::options_description& options) {
  std::ostringstream text;
  text << "Usage: activitytrack-report COMMAND [OPTION...]\n\nReports what machines' activity "
          "was.\n\nCommands\n";
  for (const CommandSpec& command : commands()) {
    std::string name(command.name);
    name.resize(12, ' ');
    text << "  " << name << command.help << '\n';
  }
  text
      << '\n'
      << options << "\n"
      << "Each option can also be given as an environment variable (ACTIVITYTRACK_TOKEN for --token) or in\n"
         "the file (token: ...); the command line wins over the environment, and that over the file.\n\n"
         "CSV holds the data as they are (RFC 4180): a window's title that begins with = is not changed, so\n"
         "have a spreadsheet import the columns as text.\n\n"
         "Exit status: 0 done, 1 failed, 2 wrong usage.\n";
  return text.str();
}

std::string default_config() {
  const char* home = std::getenv("HOME");
  const char* config = std::getenv("XDG_CONFIG_HOME");
  const std::filesystem::path own = config && *config ? std::filesystem::path(config)
                                    : home            ? std::filesystem::path(home) / ".config"
                                                      : std::filesystem::path();
  for (const auto& folder : {own, std::filesystem::path("/etc")}) {
    const auto file = folder / "activity-tracker" / "report.yaml";
    std::error_code error;
    if (!folder.empty() && std::filesystem::exists(file, error)) return file.string();
  }
  return "";
}

Result<po::variables_map> parsed(int argc, const char* const* argv, po::options_description options) {
  options.add_options()("command", po::value<std::vector<std::string>>());
  po::positional_options_description positions;
  positions.add("command", -1);
  po::variables_map values;
  try {
    using Style = po::command_line_style::style_t;
    const int style = po::command_line_style::default_style & ~Style::allow_guessing;
    po::store(po::command_line_parser(argc, argv).options(options).positional(positions).style(style).run(),
              values);
  } catch (const po::error& error) {
    return wrong_usage(error.what());
  }
  return values;
}

Result<std::string> command_of(const po::variables_map& values) {
  if (!values.count("command")) return wrong_usage("which report? (" + command_names() + ")");
  const auto words = values["command"].as<std::vector<std::string>>();
  if (words.size() > 1) return wrong_usage("'" + words[1] + "' is one word too many");
  if (!find_command(words[0])) return wrong_usage("no command '" + words[0] + "' (" + command_names() + ")");
  return words[0];
}

}  // namespace

Result<Invocation> read_invocation(int argc, const char* const* argv) {
  const po::options_description options = described();
  const auto values = parsed(argc, argv, options);
  if (!values) return values.error();
  if (values->count("help")) return Invocation{{}, {}, help_text(options)};
  if (values->count("version")) return Invocation{{}, {}, "activitytrack-report " ACTIVITYTRACK_VERSION "\n"};
  const auto command = command_of(*values);
  if (!command) return command.error();

  SettingTexts given;
  for (const auto& row : report_settings_table()) {
    const std::string name = option_name(row.key);
    if (values->count(name))
      given[std::string(row.key)] = {{(*values)[name].as<std::string>()}, "option --" + name};
  }
  const std::string file = values->count("config") ? (*values)["config"].as<std::string>() : default_config();
  auto settings = load_settings(report_settings_table(), file, given);
  if (!settings) return settings.error();
  return Invocation{*command, std::move(*settings), {}};
}

}  // namespace activitytrack::report
