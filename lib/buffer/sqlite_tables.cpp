#include "buffer/sqlite_tables.hpp"

#include <activitytrack/core/event.hpp>
#include "core/json_reader.hpp"
#include "core/text.hpp"

#include <SQLiteCpp/Transaction.h>

#include <string_view>
#include <utility>

namespace activitytrack {
namespace {

constexpr std::size_t most_reason_bytes = 500;

std::int64_t micros(Time time) { return time.time_since_epoch().count(); }
Time from_micros(std::int64_t value) { return Time(std::chrono::microseconds(value)); }

std::int64_t number_of(SQLite::Statement& statement) {
  StatementUse use(statement);
  use->executeStep();
  return use->getColumn(0).getInt64();
}

}  // namespace

BufferReader::BufferReader(SQLite::Database& database)
    : pending_(database, "SELECT id, machine_id, timestamp, event FROM pending WHERE id > ? ORDER BY id"),
      pending_stats_(database, "SELECT count(*), min(timestamp) FROM pending"),
      aside_count_(database, "SELECT count(*) FROM aside"),
      meta_(database, "SELECT key, value FROM meta") {}

PendingRows BufferReader::pending(std::size_t count, std::int64_t after) {
  PendingRows rows;
  StatementUse use(pending_);
  use->bind(1, after);
  while (rows.events.size() < count && use->executeStep()) {
    const std::int64_t id = use->getColumn(0).getInt64();
    std::string json = use->getColumn(3).getString();
    if (!parse_json_object(json)) {
      rows.unreadable.push_back({id, "unreadable: no JSON object"});
      continue;
    }
    EncodedEvent& event = rows.events.emplace_back();
    event.id = id;
    event.machine_id = use->getColumn(1).getString();
    event.timestamp = from_micros(use->getColumn(2).getInt64());
    event.json = std::move(json);
  }
  return rows;
}

BufferStats BufferReader::stats() {
  BufferStats stats;
  {
    StatementUse use(pending_stats_);
    use->executeStep();
    stats.pending = use->getColumn(0).getInt64();
    if (!use->isColumnNull(1)) stats.oldest = from_micros(use->getColumn(1).getInt64());
  }
  stats.aside = number_of(aside_count_);
  StatementUse use(meta_);
  while (use->executeStep()) {
    const std::string_view key = use->getColumn(0).getText();
    if (key == "dropped") stats.dropped = use->getColumn(1).getInt64();
    if (key == "newest") stats.newest = from_micros(use->getColumn(1).getInt64());
  }
  return stats;
}

BufferWriter::BufferWriter(SQLite::Database& database)
    : database_(database),
      insert_(database,
              "INSERT INTO pending(id, machine_id, timestamp, event) VALUES(?, ?, ?, ?) ON CONFLICT DO NOTHING"),
      raise_(database,
             "INSERT INTO meta VALUES(?, ?) ON CONFLICT(key) DO UPDATE SET value = max(value, excluded.value)"),
      add_(database, "INSERT INTO meta VALUES(?, ?) ON CONFLICT(key) DO UPDATE SET value = value + excluded.value"),
      aside_(database, "INSERT OR REPLACE INTO aside SELECT id, timestamp, event, ?2 FROM pending WHERE id = ?1"),
      remove_(database, "DELETE FROM pending WHERE id = ?"),
      drop_pending_(database,
                    "DELETE FROM pending WHERE id IN"
                    " (SELECT id FROM pending WHERE timestamp < ? ORDER BY timestamp LIMIT ?)"),
      drop_aside_(database,
                  "DELETE FROM aside WHERE id IN"
                  " (SELECT id FROM aside WHERE timestamp < ? ORDER BY timestamp LIMIT ?)"),
      oldest_(database,
              "SELECT min((SELECT ifnull(min(timestamp), ?1) FROM pending),"
              " (SELECT ifnull(min(timestamp), ?1) FROM aside))"),
      page_count_(database, "PRAGMA page_count"),
      free_pages_(database, "PRAGMA freelist_count"),
      page_size_(database.execAndGet("PRAGMA page_size").getInt64()) {}

std::int64_t BufferWriter::append(const Event& event) {
  const std::string json = encode_event(event);
  SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::IMMEDIATE);
  const std::int64_t id = insert(std::nullopt, event, json);
  if (id != 0) transaction.commit();
  return id;
}

std::int64_t BufferWriter::insert(std::optional<std::int64_t> id, const Event& event, const std::string& json) {
  {
    StatementUse use(insert_);
    id ? use->bind(1, *id) : use->bind(1);
    use->bindNoCopy(2, event.machine_id);
    use->bind(3, micros(event.timestamp));
    use->bindNoCopy(4, json);
    if (use->exec() == 0) return 0;
  }
  const std::int64_t row = database_.getLastInsertRowid();
  raise_meta("newest", micros(event.timestamp));
  return row;
}

void BufferWriter::settle(std::span<const Buffer::Settled> settled) {
  SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::IMMEDIATE);
  for (const Buffer::Settled& one : settled) {
    if (!one.rejection.empty()) {
      StatementUse use(aside_);
      use->bind(1, one.id);
      use->bind(2, clean_utf8(one.rejection, most_reason_bytes));
      use->exec();
    }
    StatementUse use(remove_);
    use->bind(1, one.id);
    use->exec();
  }
  transaction.commit();
}

std::int64_t BufferWriter::drop(SQLite::Statement& statement, std::int64_t before, std::int64_t count) {
  StatementUse use(statement);
  use->bind(1, before);
  use->bind(2, count);
  return use->exec();
}

std::int64_t BufferWriter::drop_oldest(Time before, std::int64_t count) {
  SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::IMMEDIATE);
  std::int64_t dropped = drop(drop_aside_, micros(before), count);
  if (dropped < count) dropped += drop(drop_pending_, micros(before), count - dropped);
  if (dropped == 0) return 0;
  {
    StatementUse use(add_);
    use->bind(1, "dropped");
    use->bind(2, dropped);
    use->exec();
  }
  transaction.commit();
  return dropped;
}

void BufferWriter::raise_meta(const char* key, std::int64_t at_least) {
  StatementUse use(raise_);
  use->bind(1, key);
  use->bind(2, at_least);
  use->exec();
}

void BufferWriter::continue_ids_after(std::int64_t id) {
  const std::string seq = std::to_string(id);
  database_.exec("DELETE FROM sqlite_sequence WHERE name = 'pending' AND seq < " + seq);
  database_.exec("INSERT INTO sqlite_sequence SELECT 'pending', " + seq +
                 " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'pending')");
}

Time BufferWriter::oldest() {
  StatementUse use(oldest_);
  use->bind(1, micros(Time::max()));
  use->executeStep();
  return from_micros(use->getColumn(0).getInt64());
}

std::int64_t BufferWriter::used_bytes() { return (number_of(page_count_) - number_of(free_pages_)) * page_size_; }

void BufferWriter::return_free_pages() {
  // A vacuum moves pages: a little each time, and not for less than a megabyte's quarter.
  if (number_of(free_pages_) < 64) return;
  database_.exec("PRAGMA incremental_vacuum(256)");
}

}  // namespace activitytrack
