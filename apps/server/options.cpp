#include "options.hpp"

#include "common/command_line.hpp"
#include "common/help.hpp"
#include "common/program.hpp"

#include <algorithm>
#include <array>

namespace activitytrack::server {
namespace {

constexpr std::array<program::Group, 4> groups{{
    {"Where", {"listen", "database", "data_dir", "trusted_proxy", "insecure_listen"}},
    {"TLS", {"tls_", "hsts_"}},
    {"Limits", {"max_", "header_", "body_", "write_", "idle_"}},
    {"Log", {"log_"}},
}};

std::vector<program::Option> known_options() {
  auto options = program::standard_options();
  std::ranges::move(program::setting_options(server_settings_table(), groups), std::back_inserter(options));
  return options;
}

std::string help_text(std::span<const program::Option> options) {
  std::string text =
      "activitytrack-server takes events from agents, keeps them, and answers for them.\n\n"
      "Usage: activitytrack-server [serve] [OPTION...]\n\n"
      "SIGTERM and SIGINT end it with nothing lost; SIGHUP has it read its configuration again.\n";
  program::append_options(text, options);
  return text + program::help_ending("server", "another server runs");
}

Result<void> check_words(const std::vector<std::string>& words) {
  if (words.empty() || (words.size() == 1 && words[0] == "serve")) return {};
  return program::usage_error(program_name, "the only command is serve, not '" + words.back() + "'");
}

void complete(ServerSettings& settings) {
  if (settings.data_dir.empty()) settings.data_dir = default_data_dir();
  if (settings.database.empty()) settings.database = "sqlite:" + settings.data_dir + "/server.db";
}

}  // namespace

Result<Options> read_options(const std::vector<std::string>& arguments) {
  const auto known = known_options();
  const auto line = program::parse_command_line(program_name, arguments, known);
  if (!line) return line.error();
  if (line->has("help")) return Options{help_text(known), {}};
  if (line->has("version")) return Options{program::version_text(program_name), {}};
  if (auto fits = check_words(line->words); !fits) return fits.error();
  const auto table = server_settings_table();
  auto settings = load_settings(table, line->settings_file("server"), line->settings(setting_names(table)));
  if (!settings) return settings.error();
  complete(*settings);
  if (auto fits = check_together(*settings); !fits) return fits.error();
  return Options{"", std::move(*settings)};
}

}  // namespace activitytrack::server
