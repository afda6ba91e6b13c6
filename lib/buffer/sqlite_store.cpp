#include "buffer/sqlite_store.hpp"

#include "buffer/buffer_file.hpp"
#include "buffer/salvage.hpp"

#include <sqlite3.h>

namespace activitytrack {
namespace {

namespace fs = std::filesystem;

Result<std::unique_ptr<SqliteStore>> open_sound_store(const fs::path& path, std::int64_t last_id) {
  if (Result<void> ready = prepare_buffer_file(path); !ready) return ready.error();
  Result<std::unique_ptr<SQLite::Database>> database = open_buffer_database(path);
  if (!database) return database.error();
  try {
    auto store = std::make_unique<SqliteStore>(std::move(*database));
    if (last_id > 0) store->writer->continue_ids_after(last_id);
    return store;
  } catch (const SQLite::Exception& failure) {
    Error error = describe_sqlite_failure(failure, nullptr, path, "open");
    // Sound pages, but a table or column is missing.
    if (failure.getErrorCode() == SQLITE_ERROR) error.code = ErrorCode::corrupt;
    return error;
  }
}

}  // namespace

bool SqliteStore::moved() const noexcept {
  int moved = 0;
  sqlite3_file_control(database->getHandle(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  return moved != 0;
}

Result<std::unique_ptr<SqliteStore>> open_sqlite_store(const fs::path& path, std::int64_t last_id, Clock& clock,
                                                       Log& log) {
  Result<std::unique_ptr<SqliteStore>> store = open_sound_store(path, last_id);
  if (store || store.error().code != ErrorCode::corrupt) return store;
  return replace_damaged_store(path, last_id, store.error(), clock, log);
}

Result<std::unique_ptr<SqliteStore>> replace_damaged_store(const fs::path& path, std::int64_t last_id,
                                                           const Error& damage, Clock& clock, Log& log) {
  const Result<fs::path> aside = set_buffer_file_aside(path, clock.now());
  if (!aside) return aside.error();
  Result<std::unique_ptr<SqliteStore>> store = open_sound_store(path, last_id);
  std::int64_t carried = 0;
  try {
    if (store) carried = salvage(*aside, *(*store)->database, *(*store)->writer);
  } catch (const SQLite::Exception& failure) {
    log.warning("cannot carry events over from the damaged buffer", {{"reason", failure.what()}});
  }
  log.warning("buffer was damaged: set aside, and a new one begun",
              {{"reason", damage.message}, {"kept_as", aside->native()}, {"events_carried_over", carried}});
  return store;
}

}  // namespace activitytrack
