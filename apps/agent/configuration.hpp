#pragma once

#include "commands.hpp"
#include "config/setting.hpp"

#include <activitytrack/config/settings.hpp>

#include <filesystem>
#include <map>
#include <string>

namespace activitytrack::agent_app {

/// Settings, and the file that they came from.
struct Configuration {
  Settings settings;       ///< buffer_path is filled in, and absolute
  std::string file;        ///< "" if there is none
  SettingTexts in_file{};  ///< what that one gives
};

/// Checks whether settings fit together; the error names the key, and what to do.
Result<void> check_together(const Settings& settings);

/// Reads the configuration. The error has a line for everything that is wrong.
Result<Configuration> load_configuration(const Options& options);

/// Where the value of each setting comes from, by its key: "option --log-level", "environment variable ...",
/// "FILE:LINE" or "default".
std::map<std::string, std::string> origins_of(const Configuration& configuration, const Options& options);

/// Reads it while `now` is in force. Refused as well: that the file in force is gone, or that nothing is left in it. An
/// editor, a tool that synchronizes or a full disk does that, and the defaults may be weaker than what was wished for.
Result<Configuration> reload_configuration(const Options& options, const Configuration& now);

/// The same with another file than the options'; "" for none.
Result<Configuration> load_configuration(std::string file, const Options& options);

/// Why others may learn a secret that stands in the file, and what to do; "" if they may not.
std::string secret_exposure(const Configuration& configuration);

/// The files that a change of configuration may come from.
std::vector<std::filesystem::path> configuration_files(const Options& options);

/// Where an agent keeps what belongs to its buffer.
struct AgentFiles {
  std::filesystem::path buffer;
  std::filesystem::path lock;
  std::filesystem::path socket;         ///< for `status` and the like; see control_socket_path()
  std::filesystem::path screenshots{};  ///< folder of those that wait to be sent
  std::filesystem::path machine_key{};  ///< what they are sealed with where there is no public key
  std::filesystem::path boot{};         ///< which boot of the machine the latest event is of
  std::filesystem::path remote{};       ///< what the server set
};
AgentFiles agent_files(const Settings& settings);

/// BUFFER.sock; where that is longer than a unix socket's address may be, a path with a hash of it in $XDG_RUNTIME_DIR,
/// or else in /tmp/activitytrack-UID.
std::filesystem::path control_socket_path(const std::filesystem::path& buffer);

}  // namespace activitytrack::agent_app
