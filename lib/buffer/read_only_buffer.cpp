#include <activitytrack/buffer/buffer.hpp>

#include "buffer/buffer_database.hpp"
#include "buffer/buffer_file.hpp"
#include "buffer/buffer_tables.hpp"

#include <mutex>

namespace activitytrack {
namespace {

/// What another process's buffer holds. Each call sees one moment of it.
class ReadOnlyBuffer final : public Buffer {
 public:
  ReadOnlyBuffer(std::filesystem::path path, std::unique_ptr<SQLite::Database> database)
      : path_(std::move(path)), database_(std::move(database)), reader_(*database_) {}

  Result<void> append(const Event&) override { return refusal(); }
  Result<void> settle(std::span<const Settled>) override { return refusal(); }
  void set_bounds(std::chrono::hours, std::int64_t) override {}

  Result<std::vector<BufferedEvent>> pending(std::size_t count, std::int64_t after) override {
    std::lock_guard lock(mutex_);
    try {
      return reader_.pending(count, after).events;
    } catch (const SQLite::Exception& failure) {
      return describe_sqlite_failure(failure, database_->getHandle(), path_, "read");
    }
  }

  Result<BufferStats> stats() override {
    std::lock_guard lock(mutex_);
    try {
      BufferStats stats = reader_.stats();
      stats.bytes = buffer_file_bytes(path_);
      return stats;
    } catch (const SQLite::Exception& failure) {
      return describe_sqlite_failure(failure, database_->getHandle(), path_, "read");
    }
  }

 private:
  Error refusal() const { return {ErrorCode::unsupported, "the buffer " + path_.string() + " is open to read only"}; }

  std::mutex mutex_;
  std::filesystem::path path_;
  std::unique_ptr<SQLite::Database> database_;
  BufferReader reader_;
};

}  // namespace

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
