#include "store/sqlite_columns.hpp"
#include "store/sqlite_schema.hpp"
#include "store/sqlite_store.hpp"

#include <mutex>

namespace activitytrack::server {
namespace {

constexpr const char* select_machines =
    "SELECT machine_id, user_label, first_seen, last_seen, timezone FROM machines";

Machine read_machine(SQLite::Statement& row) {
  Machine machine;
  machine.machine_id = row.getColumn(0).getString();
  if (!row.getColumn(1).isNull()) machine.user_label = row.getColumn(1).getString();
  machine.first_seen = from_micros(row.getColumn(2).getInt64());
  machine.last_seen = from_micros(row.getColumn(3).getInt64());
  machine.timezone = row.getColumn(4).getString();
  return machine;
}

class SqliteReader : public StoreReader {
 public:
  explicit SqliteReader(const std::string& path) : database_(path, SQLite::OPEN_READONLY, 5000) {}

  Result<std::vector<Machine>> machines() override {
    const std::lock_guard lock(mutex_);
    try {
      std::vector<Machine> all;
      SQLite::Statement select(database_, std::string(select_machines) + " ORDER BY machine_id");
      while (select.executeStep()) all.push_back(read_machine(select));
      return all;
    } catch (const SQLite::Exception& e) {
      return store_error(e);
    }
  }

  Result<std::optional<Machine>> machine(std::string_view machine_id) override {
    const std::lock_guard lock(mutex_);
    try {
      SQLite::Statement select(database_, std::string(select_machines) + " WHERE machine_id = ?");
      select.bind(1, std::string(machine_id));
      if (!select.executeStep()) return std::optional<Machine>();
      return std::optional<Machine>(read_machine(select));
    } catch (const SQLite::Exception& e) {
      return store_error(e);
    }
  }

  Result<std::vector<Event>> events(std::string_view machine_id, TimeRange range,
                                    std::size_t limit) override {
    const std::lock_guard lock(mutex_);
    try {
      const std::string id(machine_id);
      SQLite::Statement select(database_, "SELECT " + stored_column_list() +
                                              " FROM events WHERE machine = (SELECT id FROM machines WHERE "
                                              "machine_id = ?) AND timestamp >= ? AND timestamp < ? "
                                              "ORDER BY timestamp LIMIT ?");
      select.bind(1, id);
      select.bind(2, to_micros(range.start));
      select.bind(3, to_micros(range.end));
      select.bind(4, static_cast<std::int64_t>(limit));
      std::vector<Event> found;
      while (select.executeStep()) found.push_back(read_event(select, id));
      return found;
    } catch (const SQLite::Exception& e) {
      return store_error(e);
    }
  }

 private:
  static Event read_event(SQLite::Statement& row, const std::string& machine_id) {
    Event event;
    event.machine_id = machine_id;
    int index = 0;
    for (const EventField* field : stored_fields()) read_field(row, index++, event, *field);
    return event;
  }

  std::mutex mutex_;
  SQLite::Database database_;
};

}  // namespace

std::unique_ptr<StoreReader> make_sqlite_reader(const std::string& path) {
  return std::make_unique<SqliteReader>(path);
}

}  // namespace activitytrack::server
