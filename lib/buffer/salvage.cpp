#include "buffer/salvage.hpp"

#include <activitytrack/core/event_json.hpp>

#include <SQLiteCpp/Transaction.h>

#include <optional>
#include <string>

namespace activitytrack {
namespace {

struct Row {
  std::int64_t id = 0;
  std::string json;
};

/// Reads rows in one direction until the end or until the damage.
class RowWalk {
 public:
  RowWalk(SQLite::Database& damaged, const char* sql) {
    try {
      rows_.emplace(damaged, sql);
    } catch (const SQLite::Exception&) {
      // No such table, or its first page is gone: a walk without rows.
    }
  }

  std::optional<Row> next() noexcept try {
    if (!rows_ || !rows_->executeStep()) return std::nullopt;
    return Row{rows_->getColumn(0).getInt64(), rows_->getColumn(1).getString()};
  } catch (const std::exception&) {
    rows_.reset();
    return std::nullopt;
  }

 private:
  std::optional<SQLite::Statement> rows_;
};

std::int64_t carry_events(SQLite::Database& damaged, const char* sql, BufferWriter& writer) {
  std::int64_t carried = 0;
  RowWalk walk(damaged, sql);
  while (std::optional<Row> row = walk.next()) {
    const Result<Event> event = decode_event(row->json);
    if (row->id > 0 && event && writer.carry_over(row->id, *event, row->json)) ++carried;
  }
  return carried;
}

void carry_meta(SQLite::Database& damaged, const char* key, const char* sql, BufferWriter& writer) {
  RowWalk walk(damaged, sql);
  if (const std::optional<Row> row = walk.next()) writer.raise_meta(key, row->id);
}

}  // namespace

std::int64_t salvage(const std::filesystem::path& damaged, SQLite::Database& into, BufferWriter& writer) {
  std::optional<SQLite::Database> from;
  try {
    from.emplace(damaged, SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX);
    // writable_schema also makes SQLite open a file that is shorter than its header says.
    from->exec("PRAGMA writable_schema=ON; PRAGMA cell_size_check=ON; PRAGMA cache_size=-256");
  } catch (const SQLite::Exception&) {
    return 0;
  }
  SQLite::Transaction transaction(into, SQLite::TransactionBehavior::IMMEDIATE);
  carry_meta(*from, "dropped", "SELECT value, '' FROM meta WHERE key = 'dropped'", writer);
  carry_meta(*from, "newest", "SELECT value, '' FROM meta WHERE key = 'newest'", writer);
  // From both ends, since a walk cannot pass a bad page.
  std::int64_t carried = carry_events(*from, "SELECT id, event FROM pending NOT INDEXED ORDER BY id", writer);
  carried += carry_events(*from, "SELECT id, event FROM pending NOT INDEXED ORDER BY id DESC", writer);
  transaction.commit();
  return carried;
}

}  // namespace activitytrack
