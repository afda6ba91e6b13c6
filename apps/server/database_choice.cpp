#include "database_choice.hpp"

#include "core/file.hpp"
#include "core/text.hpp"
#include "running_servers.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

namespace activitytrack::server {
namespace {

namespace fs = std::filesystem;

// The bytes of its file on which SQLite, in WAL mode, keeps a lock as long as a process has the database open.
// Source: sqlite3.c, PENDING_BYTE, RESERVED_BYTE and SHARED_FIRST to SHARED_SIZE.
constexpr off_t sqlite_locks_start = 0x40000000, sqlite_locks_length = 512;

/// Commands that are of use before the first server runs.
constexpr std::string_view may_come_first[] = {"user add", "enroll-token create", "import", "restore", "demo"};

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

/// "process 812 of ann: add --data-dir DIR"
std::string hint(const RunningServer& server, const Options& options) {
  const std::string who = "process " + std::to_string(server.process) + " of " + server.user;
  if (!server.data_dir.empty()) return who + ": add " + place_options(server.data_dir, server.database);
  if (server.user == user_name(::geteuid()))  // it has a capability that this process lacks
    return who + ": add the --data-dir and --database, or the --config, that it was started with";
  return who + ": type sudo -u " + server.user + " " + std::string(program_name) + " " +
         std::string(options.command->name);
}

std::string hints(const std::vector<RunningServer>& servers, const Options& options) {
  std::vector<std::string> all;
  for (const RunningServer& server : servers) all.push_back(hint(server, options));
  return "to use another that a server here has, of " + joined(all, "; of ");
}

}  // namespace

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
  const UniqueFd fd(file ? ::open(file->c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1);
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = sqlite_locks_start;
  lock.l_len = sqlite_locks_length;
  if (!fd || ::fcntl(fd.get(), F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK) return {};
  // In a container or on another machine it has no number here.
  const std::string who = lock.l_pid > 0 ? "process " + std::to_string(lock.l_pid) : "another process";
  return Error{ErrorCode::busy,
               "database " + *file + " is in use by " + who + "; stop that one or give another --database"};
}

Result<void> make_database_if_missing(const std::string& file) {
  std::error_code failed;
  if (fs::exists(file, failed)) return {};
  const std::string folder = fs::path(absolute_path(file)).parent_path();
  if (auto made = make_private_folders(folder); !made) return made;
  auto made = create_file_of_folder(file);
  if (!made && made.error().code == ErrorCode::already_exists && fs::exists(file, failed)) return {};  // by a server
  if (!made) return Error{made.error().code, "database " + made.error().message};
  note("made a new database, " + absolute_path(file) + ", for a server that is to be started with it");
  return {};
}

}  // namespace activitytrack::server
