#include "server/maintenance/sqlite_files.hpp"

#include "core/file.hpp"
#include "server/database/database.hpp"
#include "server/database/sqlite_database.hpp"
#include "server/events/store.hpp"

#include <activitytrack/core/clock.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>

namespace activitytrack::server {
namespace {

namespace fs = std::filesystem;

Error wrong_file(const std::string& path, const std::string& what) {
  return {ErrorCode::invalid_input, path + ": " + what};
}

/// What is at a path; `not_found` is one of the types.
Result<fs::file_type> type_of(const std::string& path) {
  std::error_code failed;
  const fs::file_type type = fs::status(path, failed).type();
  if (type == fs::file_type::none) return Error{ErrorCode::io, path + ": " + failed.message()};
  return type;
}

/// Syncs a file, or the names that a folder holds.
Result<void> sync_path(const fs::path& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file || ::fsync(file.get()) != 0) return system_error(path.string(), errno);
  return {};
}

fs::path folder_of(const fs::path& path) { return path.has_parent_path() ? path.parent_path() : fs::path("."); }

/// Is removed with the object, unless it was kept.
class TemporaryFile {
 public:
  explicit TemporaryFile(fs::path path) : path_(std::move(path)) { remove(); }
  ~TemporaryFile() { remove(); }
  TemporaryFile(const TemporaryFile&) = delete;

  const fs::path& path() const { return path_; }

  /// Gives it its name, on disk.
  Result<void> keep_as(const fs::path& name) {
    if (auto synced = sync_path(path_); !synced) return synced;
    if (::rename(path_.c_str(), name.c_str()) != 0) return system_error(name.string(), errno);
    return sync_path(folder_of(name));
  }

 private:
  void remove() {
    std::error_code ignored;
    for (const char* suffix : {"", "-journal", "-wal", "-shm"}) fs::remove(path_.string() + suffix, ignored);
  }

  fs::path path_;
};

Result<void> refuse_damage(const std::string& path) {
  const auto damage = find_damage(path);
  if (!damage) return damage.error();
  if (!damage->empty()) return Error{ErrorCode::corrupt, path + ": " + damage->front()};
  return {};
}

/// An empty file, which SQLite fills; root's is theirs whose database it is to be.
Result<void> make_replacement(const std::string& database, const fs::path& file) {
  const auto made = create_file_of_folder(file);
  if (!made) return made.error();
  const UniqueFd replaced(::open(database.c_str(), O_PATH | O_CLOEXEC | O_NOFOLLOW));
  return replaced ? give_to_owner_of(replaced.get(), made->get()) : Result<void>();
}

/// Writes a compact copy of what `from` holds.
Result<void> copy_database(const std::string& from, const std::string& to) {
  try {
    SQLite::Database database = open_for_reading(from);
    SQLite::Statement copy(database, "VACUUM INTO ?");
    copy.bind(1, to);
    copy.exec();
    return {};
  } catch (const SQLite::Exception& e) {
    return store_error(e);
  }
}

/// Moves what is in the log into the database, and removes the log. A database that cannot be read has nothing to move.
void end_log(const std::string& database) {
  try {
    open_for_writing(database).exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } catch (const SQLite::Exception&) {
  }
}

/// "server.db.before-20240115T103000Z"
std::string name_aside(const std::string& database) {
  std::string stamp = format_timestamp(std::chrono::floor<std::chrono::seconds>(system_clock().now()));
  std::erase_if(stamp, [](char c) { return c == '-' || c == ':'; });
  return database + ".before-" + stamp;
}

/// Gives the database a second name, under which it stays, and puts away the log of a damaged one: it would be taken
/// for the log of the restored one.
Result<std::string> set_aside(const std::string& database) {
  const auto type = type_of(database);
  if (!type) return type.error();
  if (*type == fs::file_type::not_found) return std::string();
  end_log(database);
  const std::string aside = name_aside(database);
  if (::link(database.c_str(), aside.c_str()) != 0) return system_error(aside, errno);
  for (const char* suffix : {"-wal", "-shm"}) {
    std::error_code ignored;
    fs::rename(database + suffix, aside + suffix, ignored);
  }
  return aside;
}

}  // namespace

Result<std::vector<std::string>> find_damage(const std::string& path) {
  const auto type = type_of(path);
  if (!type) return type.error();
  if (*type == fs::file_type::not_found) return Error{ErrorCode::not_found, path + ": there is no such file"};
  if (*type != fs::file_type::regular) return Error{ErrorCode::invalid_input, path + ": is not a file"};
  std::vector<std::string> damage;
  try {
    SQLite::Database database = open_for_reading(path);
    const int version = database.execAndGet("PRAGMA user_version").getInt();
    if (version < 1 || is_foreign_sqlite_file(path)) damage.push_back("is no database of activitytrack-server");
    if (version > schema_version) damage.push_back("its schema is of a newer activitytrack-server");
    SQLite::Statement check(database, "PRAGMA integrity_check");
    while (check.executeStep()) {
      std::string line = check.getColumn(0).getString();
      std::ranges::replace(line, '\n', ' ');
      if (line != "ok") damage.push_back(std::move(line));
    }
  } catch (const SQLite::Exception& e) {
    const Error error = store_error(e);
    if (error.code != ErrorCode::corrupt) return error;
    damage.push_back(e.what());
  }
  return damage;
}

Result<void> back_up(const std::string& database, const std::string& file) {
  const auto source = type_of(database), there = type_of(file);
  if (!source) return source.error();
  if (!there) return there.error();
  if (*source == fs::file_type::not_found)
    return Error{ErrorCode::not_found, "database " + database + ": there is no such file"};
  if (*there != fs::file_type::not_found)
    return Error{ErrorCode::already_exists, file + ": is there already; give another name"};
  const std::string folder = folder_of(file);
  if (const auto above = type_of(folder); !above || *above != fs::file_type::directory)
    return above ? Error{ErrorCode::not_found, folder + ": there is no such folder"} : above.error();
  TemporaryFile copy(file + ".part");
  if (auto copied = copy_database(database, copy.path()); !copied) return wrong_file(file, copied.error().message);
  if (auto whole = refuse_damage(copy.path()); !whole) return whole;
  auto kept = copy.keep_as(file);
  if (!kept) ::unlink(file.c_str());  // the folder may not say on disk that it is there
  return kept;
}

Result<std::string> restore(const std::string& database, const std::string& file) {
  if (auto whole = refuse_damage(file); !whole) return whole.error();
  TemporaryFile copy(database + ".restored");
  if (auto made = make_replacement(database, copy.path()); !made) return made.error();
  if (auto copied = copy_database(file, copy.path()); !copied) return wrong_file(database, copied.error().message);
  const auto aside = set_aside(database);
  if (!aside) return aside;
  if (auto kept = copy.keep_as(database); !kept) return kept.error();
  return aside;
}

}  // namespace activitytrack::server
