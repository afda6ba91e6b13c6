#include "agent_parts.hpp"
#include "commands.hpp"
#include "config/settings_file.hpp"
#include "config/settings_table.hpp"
#include "core/file.hpp"
#include "core/json_reader.hpp"
#include "core/json_writer.hpp"
#include "net/http_client.hpp"
#include "sender/http_outcome.hpp"

#include <unistd.h>

#include <algorithm>

namespace activitytrack::agent_app {
namespace {

constexpr std::size_t max_file_bytes = 1 << 20;
constexpr std::size_t max_credential_bytes = 1 << 10;

/// What the command line asks for.
struct Wanted {
  std::string server_url;
  Url url;
  std::string token;
};

/// The configuration file, as it is and as it will be.
struct Target {
  std::string file;
  std::string text;       ///< as it is; if that file cannot be written, of the file that this one replaces
  bool is_there = false;  ///< or else it is to be made
};

Error wrong_input(std::string what) { return {ErrorCode::invalid_input, std::move(what)}; }

bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '\\'; });
}

/// Looks at the command line only, so that nothing else is blamed for its words.
Result<Wanted> parse_words(const std::vector<std::string>& words) {
  Wanted wanted{words.at(0), {}, words.at(1)};
  Settings settings;
  if (auto fits = set_setting(settings, "server_url", wanted.server_url); !fits)
    return wrong_input("URL: " + fits.error().message.substr(sizeof "server_url: " - 1));
  auto url = parse_url(wanted.server_url);
  if (!url) return wrong_input("URL is " + url.error().message);
  wanted.url = std::move(*url);
  while (wanted.url.target.ends_with('/')) wanted.url.target.pop_back();
  if (wanted.token.starts_with("ate_") && is_plain(wanted.token)) return wanted;
  return wrong_input(
      "TOKEN is no enrolment token, which begins with ate_; an administrator makes one by: "
      "activitytrack-server enroll-token create");
}

/// The file of --config, or else the one in use, if it can be written; else the person's own one. `in_use` is "" if
/// there is none.
Result<Target> find_target(const Options& options, const std::string& in_use) {
  Target target{options.line.get("config", ""), "", !in_use.empty()};
  if (target.is_there) {
    auto text = read_file_start(in_use, max_file_bytes);
    if (!text) return Error{text.error().code, in_use + " " + text.error().message};
    target.text = std::move(*text);
  }
  if (!target.file.empty()) return target;
  target.is_there = target.is_there && ::access(in_use.c_str(), W_OK) == 0;
  target.file = target.is_there ? in_use : settings_file_candidates("config").at(is_ini_file(in_use) ? 1 : 0);
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
  if (!errors.lines.empty()) return wrong_input(errors.joined());
  if (settings.credential == "atm_test" && settings.server_url == server_url) return {};
  return wrong_input(target.file +
                     ": its form is not understood; write server_url and credential as lines of their own");
}

bool is_same_server(const std::string& server_url, const Wanted& wanted) {
  const auto server = server_access({.server_url = server_url, .credential = {}, .ca_file = {}, .user_agent = {}});
  return server && server->name == wanted.url.place();
}

/// What wins over the file must not make the agent use another server or credential than the one that is written.
Result<void> check_nothing_wins(const Options& options, const Wanted& wanted) {
  auto texts = environment_settings(setting_names(settings_table()));
  for (const auto& [key, text] : options.settings) texts[key] = text;
  for (const std::string_view key : {"server_url", "credential"}) {
    const auto found = texts.find(key);
    if (found == texts.end() || (key == "server_url" && is_same_server(found->second.values.front(), wanted))) continue;
    return wrong_input(found->second.origin + " would win over what enroll writes; leave it out");
  }
  return {};
}

Result<HttpResponse> ask(const Settings& settings, const Wanted& wanted, const std::string& machine_id) {
  std::string body;
  JsonWriter(body).begin_object().field("machine_id", machine_id).end_object();
  return ask_server(settings,
                    {.method = "POST",
                     .url = wanted.url,
                     .fields = {{"Content-Type", "application/json"}, {"Authorization", "Bearer " + wanted.token}},
                     .body = std::move(body)},
                    "/api/enroll");
}

Result<std::string> credential_of(const HttpResponse& response, const Wanted& wanted) {
  const std::string server = wanted.url.place();
  if (response.status != 200) {
    std::string said = problem_text(response, wanted.token);
    if (said.empty()) said = "is it an activitytrack server?";
    return Error{ErrorCode::unauthorized, server + " answered " + std::to_string(response.status) + ": " + said};
  }
  const auto body = parse_json_object(response.body);
  std::string credential = body ? json_text(*body, "credential") : "";
  if (!credential.empty() && credential.size() <= max_credential_bytes && is_plain(credential)) return credential;
  return wrong_input(server + " sent no credential: is it an activitytrack server?");
}

/// Returns the machine's id. All that can fail on this machine comes before the token is spent.
Result<std::string> enroll(const Settings& settings, const Target& target, const Wanted& wanted) {
  auto machine_id = own_machine_id(settings);
  if (!machine_id) return machine_id;
  // A file that is mounted, say, can be written but not replaced: this shows it.
  if (target.is_there)
    if (auto written = replace_private_file(target.file, target.text); !written) return written.error();
  const auto bytes = edited(target, wanted.server_url, std::string(max_credential_bytes, 'x')).size();
  auto replacement = FileReplacement::prepare(target.file, bytes);
  if (!replacement) return replacement.error();
  const auto response = ask(settings, wanted, *machine_id);
  if (!response) return response.error();
  const auto credential = credential_of(*response, wanted);
  if (!credential) return credential.error();
  if (auto written = replacement->put(edited(target, wanted.server_url, *credential)); !written)
    return Error{written.error().code, written.error().message + "; the token is spent: ask for another one"};
  return machine_id;
}

}  // namespace

int enroll_machine(const Options& options) {
  const auto wanted = parse_words(options.arguments);
  if (!wanted) return complain(wanted.error(), exit_usage);
  if (auto in_force = check_nothing_wins(options, *wanted); !in_force) return complain(in_force.error(), exit_usage);
  auto in_use = options.line.settings_file("config");
  if (::access(in_use.c_str(), F_OK) != 0) in_use.clear();  // --config may name one that is to be made
  const auto configuration = load_configuration(in_use, options);
  if (!configuration) return complain(configuration.error(), exit_usage);
  const auto target = find_target(options, in_use);
  if (!target) return complain(target.error());
  if (auto fits = check_edited(*target, wanted->server_url); !fits) return complain(fits.error(), exit_usage);
  const auto machine_id = enroll(configuration->settings, *target, *wanted);
  if (!machine_id) return complain(machine_id.error(), program::exit_code_of(machine_id.error()));
  return program::print("Enrolled as " + *machine_id + "; the credential is in " + target->file + ".\n");
}

}  // namespace activitytrack::agent_app
