#include <activitytrack/buffer/buffer.hpp>

#include "buffer/sqlite_store.hpp"

#include <algorithm>
#include <mutex>
#include <optional>

namespace activitytrack {
namespace {

constexpr std::int64_t drop_step = 1000;  // events in one transaction: the write-ahead log stays small
constexpr std::chrono::hours between_drop_warnings{1};

class SqliteBuffer final : public Buffer {
 public:
  SqliteBuffer(std::filesystem::path path, BufferBounds bounds, std::unique_ptr<SqliteStore> store, Clock& clock,
               Log& log)
      : path_(std::move(path)), bounds_(bounds), store_(std::move(store)), clock_(clock), log_(log) {}

  Result<void> append(const Event& event) override;
  Result<std::vector<EncodedEvent>> pending(std::size_t count, std::int64_t after) override;
  Result<void> settle(std::span<const Settled> settled) override;
  Result<BufferStats> stats() override;
  void set_bounds(BufferBounds bounds) override;

 private:
  template <class Work>
  auto attempt(std::string_view doing, Work work) -> Result<decltype(work())>;
  Result<void> ensure_open();
  Result<void> recover(const Error& error);
  void enforce_bounds();
  std::int64_t drop_by_age();
  std::int64_t drop_by_size();
  void warn_of_drops(std::int64_t dropped);
  void set_unreadable_aside(const std::vector<Buffer::Settled>& rows);

  std::mutex mutex_;  // guards all below
  std::filesystem::path path_;
  BufferBounds bounds_;
  std::unique_ptr<SqliteStore> store_;  // null after a failed recovery: tried again by the next call
  std::int64_t last_id_ = 0;            // greatest id ever handed out by this object
  std::int64_t drops_to_report_ = 0;
  std::optional<Ticks> drops_reported_;
  Clock& clock_;
  Log& log_;
};

/// Does `work` under the lock. After a failure that something can be done about, it is tried once more.
template <class Work>
auto SqliteBuffer::attempt(std::string_view doing, Work work) -> Result<decltype(work())> {
  for (bool again = false;; again = true) {
    if (Result<void> open = ensure_open(); !open) return open.error();
    try {
      if constexpr (std::is_void_v<decltype(work())>) {
        work();
        return {};
      } else {
        return work();
      }
    } catch (const SQLite::Exception& failure) {
      const Error error = describe_sqlite_failure(failure, store_->database->getHandle(), path_, doing);
      if (again) return error;
      if (Result<void> recovered = recover(error); !recovered) return recovered.error();
    }
  }
}

Result<void> SqliteBuffer::ensure_open() {
  if (store_ && store_->moved()) {
    log_.warning("buffer file was moved or removed by someone: a new one begun", {{"path", path_.native()}});
    store_->abandon();
    store_.reset();
  }
  if (store_) return {};
  Result<std::unique_ptr<SqliteStore>> store = open_sqlite_store(path_, last_id_, clock_, log_);
  if (!store) return store.error();
  store_ = std::move(*store);
  return {};
}

Result<void> SqliteBuffer::recover(const Error& error) {
  if (error.code == ErrorCode::no_space) {
    // The log's pages go to the database, which may have room for them, and its space is used anew.
    store_->database->tryExec("PRAGMA wal_checkpoint(RESTART)");
    return {};
  }
  if (error.code != ErrorCode::corrupt) return error;
  store_->abandon();
  store_.reset();
  Result<std::unique_ptr<SqliteStore>> store = replace_damaged_store(path_, last_id_, error, clock_, log_);
  if (!store) return store.error();
  store_ = std::move(*store);
  return {};
}

Result<void> SqliteBuffer::append(const Event& event) {
  std::lock_guard lock(mutex_);
  const Result<std::int64_t> id = attempt("append to", [&] { return store_->writer->append(event); });
  if (store_) enforce_bounds();
  if (!id) return id.error();
  last_id_ = std::max(last_id_, *id);
  return {};
}

Result<std::vector<EncodedEvent>> SqliteBuffer::pending(std::size_t count, std::int64_t after) {
  std::lock_guard lock(mutex_);
  Result<PendingRows> rows = attempt("read", [&] { return store_->reader->pending(count, after); });
  if (!rows) return rows.error();
  if (!rows->unreadable.empty()) set_unreadable_aside(rows->unreadable);
  return std::move(rows->events);
}

void SqliteBuffer::set_unreadable_aside(const std::vector<Buffer::Settled>& rows) {
  const Result<void> done = attempt("put an event aside in", [&] { store_->writer->settle(rows); });
  log_.warning("buffered events cannot be read", {{"events", rows.size()}, {"kept_aside", done ? "yes" : "no"}});
}

Result<void> SqliteBuffer::settle(std::span<const Buffer::Settled> settled) {
  std::lock_guard lock(mutex_);
  Result<void> done = attempt("update", [&] { store_->writer->settle(settled); });
  // Room given back is a kindness; the next call tries again.
  if (done) (void)attempt("shrink", [&] { store_->writer->return_free_pages(); });
  return done;
}

Result<BufferStats> SqliteBuffer::stats() {
  std::lock_guard lock(mutex_);
  Result<BufferStats> stats = attempt("read", [&] { return store_->reader->stats(); });
  if (stats) stats->bytes = buffer_file_bytes(path_);
  return stats;
}

void SqliteBuffer::set_bounds(BufferBounds bounds) {
  std::lock_guard lock(mutex_);
  bounds_ = bounds;
}

/// After an append, also a failed one: on a full disk, the bounds may make the room. A failure here is left
/// to the next append, since the event itself is safe.
void SqliteBuffer::enforce_bounds() {
  const Result<std::int64_t> dropped = attempt("shrink", [&] {
    const std::int64_t count = drop_by_age() + drop_by_size();
    if (count > 0) store_->writer->return_free_pages();
    return count;
  });
  if (dropped && (*dropped > 0 || drops_to_report_ > 0)) warn_of_drops(*dropped);
}

std::int64_t SqliteBuffer::drop_by_age() {
  const Time now = clock_.now();
  if (now - Time{} <= bounds_.max_age) return 0;
  const Time limit = now - bounds_.max_age;
  std::int64_t dropped = 0;
  while (store_->writer->oldest() < limit) dropped += store_->writer->drop_oldest(limit, drop_step);
  return dropped;
}

std::int64_t SqliteBuffer::drop_by_size() {
  std::int64_t used = store_->writer->used_bytes();
  if (used <= bounds_.max_bytes) return 0;
  // A little more than asked for, so that a buffer at its bound does not drop at each append.
  const std::int64_t target = bounds_.max_bytes - bounds_.max_bytes / 64;
  std::int64_t dropped = 0;
  for (; used > target; used = store_->writer->used_bytes()) {
    const BufferStats held = store_->reader->stats();
    const double share = static_cast<double>(used - target) / static_cast<double>(used);
    const auto wanted = static_cast<std::int64_t>(share * static_cast<double>(held.pending + held.aside));
    const std::int64_t gone = store_->writer->drop_oldest(Time::max(), std::clamp<std::int64_t>(wanted, 1, drop_step));
    if (gone == 0) break;
    dropped += gone;
  }
  return dropped;
}

void SqliteBuffer::warn_of_drops(std::int64_t dropped) {
  drops_to_report_ += dropped;
  const Ticks now = clock_.read().ticks;
  if (drops_reported_ && now - *drops_reported_ < between_drop_warnings) return;
  log_.warning("buffer is at its bound: oldest events dropped", {{"events", drops_to_report_}});
  drops_to_report_ = 0;
  drops_reported_ = now;
}

/// What another process's buffer holds. Each call sees one moment of it.
class ReadOnlyBuffer final : public Buffer {
 public:
  ReadOnlyBuffer(std::filesystem::path path, std::unique_ptr<SQLite::Database> database)
      : path_(std::move(path)), database_(std::move(database)), reader_(*database_) {}

  Result<void> append(const Event&) override { return refusal(); }
  Result<void> settle(std::span<const Settled>) override { return refusal(); }
  void set_bounds(BufferBounds) override {}

  Result<std::vector<EncodedEvent>> pending(std::size_t count, std::int64_t after) override {
    return read([&] { return reader_.pending(count, after).events; });
  }

  Result<BufferStats> stats() override {
    return read([&] {
      BufferStats stats = reader_.stats();
      stats.bytes = buffer_file_bytes(path_);
      return stats;
    });
  }

 private:
  Error refusal() const { return {ErrorCode::unsupported, "the buffer " + path_.string() + " is open to read only"}; }

  template <class Work>
  auto read(Work work) -> Result<decltype(work())> {
    const std::lock_guard lock(mutex_);
    try {
      return work();
    } catch (const SQLite::Exception& failure) {
      return describe_sqlite_failure(failure, database_->getHandle(), path_, "read");
    }
  }

  std::mutex mutex_;
  std::filesystem::path path_;
  std::unique_ptr<SQLite::Database> database_;
  BufferReader reader_;
};

}  // namespace

Result<std::unique_ptr<Buffer>> make_sqlite_buffer(std::filesystem::path path, Clock& clock, Log& log,
                                                   BufferBounds bounds) {
  std::error_code ec;
  // The files beside it are named after what a link leads to.
  if (std::filesystem::path real = std::filesystem::weakly_canonical(path, ec); !ec) {
    path = std::move(real);
  }
  Result<std::unique_ptr<SqliteStore>> store = open_sqlite_store(path, 0, clock, log);
  if (!store) return store.error();
  return std::unique_ptr<Buffer>(
      std::make_unique<SqliteBuffer>(std::move(path), bounds, std::move(*store), clock, log));
}

Result<std::unique_ptr<Buffer>> open_sqlite_buffer_read_only(const std::filesystem::path& path) {
  Result<std::unique_ptr<SQLite::Database>> database = open_buffer_database_read_only(path);
  if (!database) return database.error();
  try {
    return std::unique_ptr<Buffer>(std::make_unique<ReadOnlyBuffer>(path, std::move(*database)));
  } catch (const SQLite::Exception& failure) {
    return describe_sqlite_failure(failure, nullptr, path, "read");
  }
}

}  // namespace activitytrack
