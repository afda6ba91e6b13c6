#include "sqlite/statement_use.hpp"
#include "store/sqlite_columns.hpp"
#include "store/sqlite_schema.hpp"
#include "store/sqlite_store.hpp"

#include <map>
#include <mutex>

namespace activitytrack::server {
namespace {

using Batches = std::span<const std::span<const Event>>;

/// The machines of a group, each with its latest event that names a zone (or null).
using Heard = std::map<std::string_view, const Event*>;

Heard heard_machines(Batches batches) {
  Heard heard;
  for (const auto& batch : batches) {
    for (const Event& event : batch) {
      const Event*& latest = heard[event.machine_id];
      const bool later = !latest || event.timestamp >= latest->timestamp;
      if (!event.timezone.empty() && later) latest = &event;
    }
  }
  return heard;
}

constexpr const char* touch_machine =
    "INSERT INTO machines(machine_id, first_seen, last_seen, timezone, timezone_at) VALUES(?1, ?2, ?2, ?3, "
    "?4) "
    "ON CONFLICT(machine_id) DO UPDATE SET last_seen = max(last_seen, excluded.last_seen),"
    " timezone = iif(excluded.timezone <> '' AND excluded.timezone_at >= timezone_at, excluded.timezone, "
    "timezone),"
    " timezone_at = iif(excluded.timezone <> '', max(timezone_at, excluded.timezone_at), timezone_at) "
    "RETURNING id";

std::string insert_event_sql() {
  std::string marks = "?";
  for (std::size_t i = 0; i < stored_fields().size(); ++i) marks += ", ?";
  return "INSERT INTO events(machine, " + stored_column_list() + ") VALUES(" + marks +
         ") ON CONFLICT(machine, timestamp) DO NOTHING";
}

SQLite::Database open_for_writing(const std::string& path) {
  SQLite::Database database(path, SQLite::OPEN_READWRITE, 5000);
  database.exec("PRAGMA journal_mode = WAL");
  database.exec("PRAGMA synchronous = FULL");
  prepare_schema(database);
  return database;
}

class SqliteWriter : public StoreWriter {
 public:
  explicit SqliteWriter(const std::string& path) : database_(open_for_writing(path)) {}

  Result<std::vector<Counts>> append(Batches batches, Time now) override {
    const std::lock_guard lock(mutex_);
    try {
      SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::IMMEDIATE);
      const auto numbers = touch_machines(batches, now);
      std::vector<Counts> counts;
      for (const auto& batch : batches) {
        auto& count = counts.emplace_back();
        for (const Event& event : batch) {
          ++(insert(event, numbers.at(event.machine_id)) ? count.accepted : count.duplicates);
        }
      }
      transaction.commit();
      return counts;
    } catch (const SQLite::Exception& e) {
      return store_error(e);
    }
  }

  Result<bool> set_user_label(std::string_view machine_id, const std::optional<std::string>& label) override {
    const std::lock_guard lock(mutex_);
    try {
      SQLite::Statement update(database_, "UPDATE machines SET user_label = ? WHERE machine_id = ?");
      label ? update.bind(1, *label) : update.bind(1);
      update.bind(2, std::string(machine_id));
      return update.exec() > 0;
    } catch (const SQLite::Exception& e) {
      return store_error(e);
    }
  }

 private:
  using Numbers = std::map<std::string_view, std::int64_t>;

  Numbers touch_machines(Batches batches, Time now) {
    Numbers numbers;
    for (const auto& [machine_id, latest] : heard_machines(batches)) {
      const StatementUse touch(touch_);
      touch->bind(1, std::string(machine_id));
      touch->bind(2, to_micros(now));
      touch->bind(3, latest ? latest->timezone : std::string());
      touch->bind(4, latest ? to_micros(latest->timestamp) : 0);
      touch->executeStep();
      numbers[machine_id] = touch->getColumn(0).getInt64();
    }
    return numbers;
  }

  bool insert(const Event& event, std::int64_t machine) {
    const StatementUse insert(insert_);
    int index = 1;
    insert->bind(index++, machine);
    for (const EventField* field : stored_fields()) bind_field(insert_, index++, event, *field);
    return insert->exec() > 0;
  }

  std::mutex mutex_;
  SQLite::Database database_;
  SQLite::Statement touch_{database_, touch_machine};
  SQLite::Statement insert_{database_, insert_event_sql()};
};

}  // namespace

std::unique_ptr<StoreWriter> make_sqlite_writer(const std::string& path) {
  return std::make_unique<SqliteWriter>(path);
}

}  // namespace activitytrack::server
