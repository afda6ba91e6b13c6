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

/// The one that uses this database; null if none does.
const RunningServer* user_of(const std::vector<RunningServer>& servers, const std::string& file) {
  const auto found =
      std::ranges::find_if(servers, [&](const RunningServer& server) { return is_same_file(server.database, file); });
  return found == servers.end() ? nullptr : &*found;
}

/// The options by which a command means the database of this server.
std::string options_for(const RunningServer& server) {
  const std::string folder = "--data-dir " + server.data_dir;
  if (server.database.empty()) return folder + " and the --database, or the --config, that it was started with";
  if (server.database == server.data_dir + "/server.db") return folder;
  return folder + " --database sqlite:" + server.database;
}

/// "process 812 of ann: add --data-dir DIR"
std::string hint(const RunningServer& server, const Options& options) {
  const std::string who = "process " + std::to_string(server.process) + " of " + server.user;
  if (!server.data_dir.empty()) return who + ": add " + options_for(server);
  return who + ": type sudo -u " + server.user + " " + std::string(program_name) + " " +
         std::string(options.command->name);
}

std::string hints(const std::vector<RunningServer>& servers, const Options& options) {
  std::vector<std::string> all;
  for (const RunningServer& server : servers) all.push_back(hint(server, options));
  return "to use another that a server here has, of " + joined(all, "; of ");
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
  auto servers = running_servers();
  if (user_of(servers, file)) return {};
  std::error_code failed;
  const bool exists = fs::exists(file, failed);
  if (failed) {
    return Error{ErrorCode::permission,
                 "database " + file + ": " + failed.message() + "; run this as the server's user"};
  }
  // Who has a database of their own need not hear of those of others.
  if (exists) std::erase_if(servers, [](const RunningServer& server) { return server.data_dir.empty(); });
  const bool may_make = std::ranges::find(may_come_first, options.command->name) != std::end(may_come_first);
  // A place that nobody named is most likely not the one that is meant while a server has another.
  if (!exists && (!may_make || (options.is_default_place && !servers.empty()))) {
    return Error{
        ErrorCode::invalid_input,
        "there is no database " + file + "; " +
            (servers.empty() ? "no server runs here: start one, or name the --data-dir of the one that is meant"
                             : hints(servers, options))};
  }
  if (!servers.empty()) note("no running server uses " + file + "; " + hints(servers, options));
  return {};
}

Result<void> refuse_database_in_use(const std::string& database_url) {
  const auto file = sqlite_path(database_url);
  const auto servers = file ? running_servers() : std::vector<RunningServer>();
  const RunningServer* const user = file ? user_of(servers, *file) : nullptr;
  if (!user) return {};
  return Error{ErrorCode::busy, "database " + *file + " is in use by the server of process " +
                                    std::to_string(user->process) + " (--data-dir " + user->data_dir +
                                    "); stop that one or give another --database"};
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
