#include "options.hpp"

#include <boost/program_options.hpp>

#include <cstdlib>
#include <sstream>

namespace activitytrack::server {
namespace {

namespace po = boost::program_options;

constexpr const char* usage =
    "Usage: activitytrack-server [serve] [options]\n"
    "\n"
    "Takes events from agents, keeps them, and answers for them. See docs/api.md.\n"
    "\n"
    "Every option can also stand in the configuration file (with _ for -) and in an environment\n"
    "variable (ACTIVITYTRACK_LISTEN for --listen). The command line wins over the environment, the\n"
    "environment over the file. Without --config the first of these that exists is read:\n"
    "~/.config/activity-tracker/server.yaml, /etc/activity-tracker/server.yaml.\n"
    "\n"
    "Exit codes: 0 done; 1 failed while running; 2 wrong usage or configuration; 75 another server\n"
    "holds the data folder. SIGTERM and SIGINT end it with nothing lost.\n";

std::string placeholder(const Setting<ServerSettings>& row) {
  return row.unit.empty() ? "arg" : std::string(row.unit);
}

po::options_description describe_options() {
  po::options_description described("Options");
  auto add = described.add_options();
  add("help,h", "print this text");
  add("version", "print the version");
  add("config", po::value<std::string>()->value_name("FILE"),
      "configuration file (YAML, or INI if named *.ini)");
  for (const auto& row : server_settings_table()) {
    auto* value = po::value<std::vector<std::string>>()->composing()->value_name(placeholder(row));
    add(option_name(row.key).c_str(), value, std::string(row.help).c_str());
  }
  return described;
}

Result<po::variables_map> parse_command_line(int argc, const char* const* argv,
                                             const po::options_description& described) {
  po::options_description all;
  all.add(described).add_options()("command", po::value<std::string>());
  po::positional_options_description positional;
  positional.add("command", 1);
  po::variables_map given;
  try {
    const int style = po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
    po::store(po::command_line_parser(argc, argv).options(all).positional(positional).style(style).run(),
              given);
  } catch (const po::error& e) {
    return Error{ErrorCode::invalid_input, std::string(e.what()) + "; --help lists what there is"};
  }
  if (given.count("command") > 0 && given["command"].as<std::string>() != "serve") {
    return Error{ErrorCode::invalid_input, "the only command is serve; --help lists what there is"};
  }
  return given;
}

SettingTexts given_settings(const po::variables_map& given) {
  SettingTexts texts;
  for (const auto& row : server_settings_table()) {
    const auto name = option_name(row.key);
    if (given.count(name) == 0) continue;
    texts[std::string(row.key)] = {given[name].as<std::vector<std::string>>(), "option --" + name};
  }
  return texts;
}

std::string settings_file(const po::variables_map& given) {
  if (given.count("config") > 0) return given["config"].as<std::string>();
  const char* named = std::getenv("ACTIVITYTRACK_CONFIG");
  return named && *named ? named : find_server_settings_file();
}

Result<void> complete(ServerSettings& settings) {
  if (settings.data_dir.empty()) settings.data_dir = default_data_dir();
  if (settings.data_dir.empty()) {
    return Error{ErrorCode::invalid_input, "there is no home folder to keep data in; give --data-dir"};
  }
  if (settings.database.empty()) settings.database = "sqlite:" + settings.data_dir + "/server.db";
  return {};
}

}  // namespace

Result<Options> read_options(int argc, const char* const* argv) {
  const auto described = describe_options();
  const auto given = parse_command_line(argc, argv, described);
  if (!given) return given.error();
  Options options;
  if (given->count("help") > 0) {
    std::ostringstream text;
    text << usage << '\n' << described;
    options.print = text.str();
    return options;
  }
  if (given->count("version") > 0) {
    options.print = "activitytrack-server " ACTIVITYTRACK_VERSION "\n";
    return options;
  }
  auto settings = load_settings(server_settings_table(), settings_file(*given), given_settings(*given));
  if (!settings) return settings.error();
  if (auto completed = complete(*settings); !completed) return completed.error();
  options.settings = std::move(*settings);
  return options;
}

}  // namespace activitytrack::server
