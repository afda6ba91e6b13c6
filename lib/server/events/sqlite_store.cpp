#include "server/events/sqlite_store.hpp"

#include "server/database/sqlite_connection.hpp"
#include "server/database/sqlite_database.hpp"
#include "server/events/sql_reader.hpp"
#include "server/maintenance/hours_rebuild.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace activitytrack::server {
namespace {

/// SQLite gives its -wal and -shm files the mode of the database.
Result<void> make_private_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return system_error("database " + path, errno);
  const bool private_now = ::fchmod(fd, 0600) == 0;
  const int problem = errno;
  ::close(fd);
  if (!private_now) return system_error("database " + path, problem);
  return {};
}

Error open_error(const std::string& path, Error error) {
  error.message = "database " + path + ": " + error.message;
  return error;
}

}  // namespace

Result<Store> open_sqlite_store(const std::string& path) {
  if (auto made = make_private_file(path); !made) return made.error();
  try {
    Store store;
    store.writer = make_sqlite_writer(path);
    store.reader = make_sql_reader(make_sqlite_database(open_for_reading(path)));
    store.database = make_sqlite_database(open_for_writing(path));
    if (auto complete = rebuild_hours_if_asked(*store.database); !complete) return open_error(path, complete.error());
    return store;
  } catch (const SQLite::Exception& e) {
    return open_error(path, store_error(e));
  } catch (const std::exception& e) {
    return open_error(path, {ErrorCode::unsupported, e.what()});
  }
}

}  // namespace activitytrack::server
