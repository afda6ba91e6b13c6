#include "database_choice.hpp"

#include "core/file.hpp"
#include "core/text.hpp"
#include "running_servers.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

namespace activitytrack::server {
namespace {

namespace fs = std::filesystem;

/// Commands that are of use before the first server runs.
constexpr std::string_view may_come_first[] = {"user add", "enroll-token create", "import", "restore"};

bool is_same_file(const std::string& one, const std::string& other) {
  std::error_code failed;
  return fs::equivalent(one, other, failed);
}

/// The options by which a command means the database of this server.
std::string options_for(const RunningServer& server) {
  const std::string folder = "--data-dir " + server.data_dir;
  if (server.database.empty()) return folder + " and the --database, or the --config, that it was started with";
  if (server.database == server.data_dir + "/server.db") return folder;
  return folder + " --database sqlite:" + server.database;
}

/// "a server runs here (process 812 of ann) with another database: add --data-dir DIR"
std::string hint(const RunningServer& server, const Options& options) {
  const std::string who = "(process " + std::to_string(server.process) + " of " + server.user + ")";
  if (server.data_dir.empty()) {
    return "a server runs here " + who +
           " whose database only that user and root can find: to use that, type sudo -u " + server.user + " " +
           std::string(program_name) + " " + std::string(options.command->name);
  }
  return "a server runs here " + who + " with another database: to use that, add " + options_for(server);
}

std::string hints(const std::vector<RunningServer>& servers, const Options& options) {
  std::vector<std::string> all;
  for (const RunningServer& server : servers) all.push_back(hint(server, options));
  return joined(all, "; ");
}

}  // namespace

std::optional<std::string> sqlite_path(const std::string& database_url) {
  constexpr std::string_view scheme = "sqlite:";
  if (!database_url.starts_with(scheme)) return std::nullopt;
  return database_url.substr(scheme.size());
}

std::string absolute_path(const std::string& path) { return fs::absolute(path).lexically_normal().string(); }

Result<void> check_database_choice(const Options& options) {
  const auto given = sqlite_path(options.settings.database);
  if (!given) return {};
  const std::string file = absolute_path(*given);
  const auto servers = running_servers();
  const auto uses_it = [&](const RunningServer& server) { return is_same_file(server.database, file); };
  if (std::ranges::any_of(servers, uses_it)) return {};
  std::error_code failed;
  if (fs::exists(file, failed)) {
    if (!servers.empty()) note("no running server uses " + file + "; " + hints(servers, options));
    return {};
  }
  if (failed)
    return Error{ErrorCode::permission,
                 "database " + file + ": " + failed.message() + "; run this as the server's user"};
  const bool may_make = std::ranges::find(may_come_first, options.command->name) != std::end(may_come_first);
  // A place that nobody named is most likely not the one that is meant while a server has another.
  if (!may_make || (options.is_default_place && !servers.empty())) {
    return Error{
        ErrorCode::invalid_input,
        "there is no database " + file + "; " +
            (servers.empty() ? "no server runs here: start one, or name the --data-dir of the one that is meant"
                             : hints(servers, options))};
  }
  if (!servers.empty()) note(hints(servers, options));
  return {};
}

Result<void> make_database_if_missing(const std::string& file) {
  std::error_code failed;
  if (fs::exists(file, failed)) return {};
  const std::string folder = fs::path(absolute_path(file)).parent_path();
  if (auto made = make_private_folders(folder); !made) return made;
  const UniqueFd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return system_error("cannot make the database " + file, errno);
  note("made a new database, " + absolute_path(file) + ", for a server that is to be started with it");
  return give_to_owner_of(folder, fd.get());
}

}  // namespace activitytrack::server
