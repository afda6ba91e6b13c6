#include "agent_parts.hpp"
#include "commands.hpp"
#include "config/settings_file.hpp"
#include "config/settings_table.hpp"
#include "core/file.hpp"
#include "core/json_reader.hpp"
#include "core/json_writer.hpp"
#include "net/http_client.hpp"

#include <unistd.h>

#include <algorithm>

namespace activitytrack::agent_app {
namespace {

constexpr std::size_t max_file_bytes = 1 << 20;

/// The configuration file, as it is and as it will be.
struct Target {
  std::string file;
  std::string text;  ///< as it is; if that file cannot be written, of the file that this one replaces
};

/// The file in use, if it can be written; else the person's own one.
Result<Target> find_target(const Options& options) {
  Target target{options.line.settings_file("config"), ""};
  if (!target.file.empty() && ::access(target.file.c_str(), F_OK) == 0) {
    auto text = read_file_start(target.file, max_file_bytes);
    if (!text) return Error{text.error().code, target.file + " " + text.error().message};
    target.text = std::move(*text);
  }
  const bool named = !options.line.get("config", "").empty();
  if (named || (!target.file.empty() && ::access(target.file.c_str(), W_OK) == 0)) return target;
  const bool was_ini = is_ini_file(target.file);
  target.file = settings_file_candidates("config").at(was_ini ? 1 : 0);
  return target;
}

std::string edited(const Target& target, std::string_view server_url, std::string_view credential) {
  const std::string text = with_setting(target.file, target.text, {"server_url", server_url});
  return with_setting(target.file, text, {"credential", credential});
}

/// Checks that the file, once written, will mean what it should: before the token is used up.
Result<void> check_edited(const Target& target, std::string_view server_url) {
  const std::string text = edited(target, server_url, "atm_test");
  SettingErrors errors;
  const auto table = settings_table();
  Settings settings;
  apply_settings(table, parse_settings(text, target.file, setting_names(table), errors), settings, errors);
  if (!errors.lines.empty()) return Error{ErrorCode::invalid_input, errors.joined()};
  if (settings.credential == "atm_test" && settings.server_url == server_url) return {};
  return Error{ErrorCode::invalid_input,
               target.file + ": its form is not understood; write server_url and credential as lines of their own"};
}

Result<HttpResponse> ask(const Settings& settings, const Url& url, const std::string& token,
                         const std::string& machine_id) {
  std::string body;
  JsonWriter(body).begin_object().field("machine_id", machine_id).end_object();
  return ask_server(settings,
                    {.method = "POST",
                     .url = url,
                     .fields = {{"Content-Type", "application/json"}, {"Authorization", "Bearer " + token}},
                     .body = std::move(body)},
                    "/api/enroll");
}

Result<std::string> credential_of(const HttpResponse& response, const Url& url, const std::string& token) {
  if (response.status != 200) {
    std::string said = problem_text(response, token);
    if (said.empty()) said = "is it an activitytrack server?";
    return Error{ErrorCode::unauthorized, url.origin() + " answered " + std::to_string(response.status) + ": " + said};
  }
  const auto body = parse_json_object(response.body);
  std::string credential = body ? json_text(*body, "credential") : "";
  const auto is_plain = [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '\\'; };
  if (!credential.empty() && std::ranges::all_of(credential, is_plain)) return credential;
  return Error{ErrorCode::invalid_input, url.origin() + " sent no credential: is it an activitytrack server?"};
}

/// Returns the machine's id.
Result<std::string> enroll(const Options& options, const Settings& settings, const Target& target) {
  const std::string& server_url = options.arguments.at(0);
  const std::string& token = options.arguments.at(1);
  const auto url = parse_url(server_url);
  if (!url) return Error{ErrorCode::invalid_input, "URL is " + url.error().message};
  auto machine_id = own_machine_id(settings);
  if (!machine_id) return machine_id;
  // Written as it is first, so that a file that cannot be written costs no token.
  if (auto written = replace_private_file(target.file, target.text); !written) return written.error();
  const auto response = ask(settings, *url, token, *machine_id);
  if (!response) return response.error();
  const auto credential = credential_of(*response, *url, token);
  if (!credential) return credential.error();
  if (auto written = replace_private_file(target.file, edited(target, server_url, *credential)); !written)
    return written.error();
  return machine_id;
}

}  // namespace

int enroll_machine(const Options& options) {
  const auto configuration = load_configuration(options);
  if (!configuration) return complain(configuration.error(), exit_usage);
  const auto target = find_target(options);
  if (!target) return complain(target.error());
  if (auto fits = check_edited(*target, options.arguments.at(0)); !fits) return complain(fits.error(), exit_usage);
  const auto machine_id = enroll(options, configuration->settings, *target);
  if (!machine_id) return complain(machine_id.error(), program::exit_code_of(machine_id.error()));
  return program::print("Enrolled as " + *machine_id + "; the credential is in " + target->file + ".\n");
}

}  // namespace activitytrack::agent_app
