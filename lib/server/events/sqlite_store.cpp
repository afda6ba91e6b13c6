#include "server/events/store.hpp"

#include "core/file.hpp"
#include "server/database/sqlite_database.hpp"
#include "server/database/sqlite_log.hpp"
#include "server/events/admission.hpp"
#include "server/events/event_row.hpp"
#include "server/events/hours.hpp"
#include "sqlite/statement_use.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <boost/algorithm/string/replace.hpp>

#include <cerrno>
#include <mutex>
#include <new>
#include <set>
#include <stdexcept>
#include <string_view>

namespace activitytrack::server {
namespace {

struct BindField {
  SQLite::Statement& statement;
  int index;

  void operator()(std::nullptr_t) const { statement.bind(index); }
  void operator()(std::int64_t value) const { statement.bind(index, value); }
  void operator()(double value) const { statement.bind(index, value); }
  void operator()(const std::string& text) const { statement.bindNoCopy(index, text); }
  void operator()(std::string&& text) const { statement.bind(index, text); }
  void operator()(std::string_view literal) const { statement.bindNoCopy(index, literal.data()); }
};

/// Binds a field of `event`, which must outlive the statement's execution, to the parameter `index`.
void bind_field(SQLite::Statement& statement, int index, const Event& event, const EventField& field) {
  const BindField bind{statement, index};
  std::visit([&](auto member) { put_value(event.*member, bind); }, field.member);
}

/// A column's definition: "key_count INTEGER".
std::string column_definition(const EventField& field) {
  const StoredAs stored = stored_as(field);
  return std::string(field.name) + (stored == StoredAs::text   ? " TEXT"
                                    : stored == StoredAs::real ? " REAL"
                                                               : " INTEGER");
}

/// A shared statement by the names of SQLite's types.
std::string in_sqlite(std::string sql) {
  using boost::algorithm::replace_all;
  for (const char* integer : {"BIGINT", "SMALLINT"}) replace_all(sql, integer, "INTEGER");
  replace_all(sql, "BYTEA", "BLOB");
  return sql;
}

void create_machines(SQLite::Database& database) {
  database.exec(
      in_sqlite("CREATE TABLE IF NOT EXISTS machines( id INTEGER PRIMARY KEY, machine_id TEXT NOT NULL UNIQUE," +
                std::string(columns_of_machines)));
}

void create_events(SQLite::Database& database) {
  std::string sql = "CREATE TABLE IF NOT EXISTS events(id INTEGER PRIMARY KEY, machine INTEGER NOT NULL";
  for (const EventField* field : stored_fields()) {
    sql += ", " + column_definition(*field);
    if (field->required) sql += " NOT NULL";
  }
  database.exec(sql + ")");
  database.exec("CREATE UNIQUE INDEX IF NOT EXISTS events_by_time ON events(machine, timestamp)");
}

void add_missing_columns(SQLite::Database& database) {
  std::set<std::string, std::less<>> present;
  SQLite::Statement columns(database, "SELECT name FROM pragma_table_info('events')");
  while (columns.executeStep()) present.insert(columns.getColumn(0).getString());
  for (const EventField* field : stored_fields()) {
    if (!present.contains(field->name)) {
      database.exec("ALTER TABLE events ADD COLUMN " + column_definition(*field));
    }
  }
}

/// What version 1 had numbered, under new keys.
void take_machines_of_version_1(SQLite::Database& database) {
  SQLite::Statement old(database, "SELECT id, machine_id FROM machines_1");
  SQLite::Statement take(
      database,
      "INSERT INTO machines(id, machine_id, first_seen, last_seen, user_label, timezone, timezone_at)"
      " SELECT ?1, machine_id, first_seen, last_seen, user_label, timezone, timezone_at"
      " FROM machines_1 WHERE id = ?2");
  SQLite::Statement move(database, "UPDATE events SET machine = ?1 WHERE machine = ?2");
  while (old.executeStep()) {
    const auto key = machine_key(old.getColumn(1).getString());
    for (SQLite::Statement* step : {&take, &move}) {
      step->bind(1, key);
      step->bind(2, old.getColumn(0).getInt64());
      step->exec();
      step->reset();
    }
  }
  old.reset();
  database.exec("INSERT INTO server_state(name, value) VALUES('hours_to_rebuild', 1)");
  database.exec("DROP TABLE machines_1");
}

std::string_view bytes_of(sqlite3_value* value) {
  const auto* bytes = static_cast<const char*>(sqlite3_value_blob(value));
  return {bytes ? bytes : "", static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

void merge_hours(sqlite3_context* context, int, sqlite3_value** values) noexcept {
  try {
    Hour hour;
    for (sqlite3_value* value : {values[0], values[1]}) {
      if (auto merged = merge_packed(hour, bytes_of(value)); !merged) {
        constexpr std::string_view prefix = "database: ";  // store_error() puts it there
        return sqlite3_result_error(context, merged.error().message.c_str() + prefix.size(), -1);
      }
    }
    const std::string packed = pack_hour(hour);
    sqlite3_result_blob(context, packed.data(), static_cast<int>(packed.size()), SQLITE_TRANSIENT);
  } catch (const std::bad_alloc&) {
    sqlite3_result_error_nomem(context);
  }
}

/// Makes the SQL function merge_hours(a, b) of this connection: two results of pack_hour() as one.
void add_hour_functions(SQLite::Database& database) {
  constexpr int arguments = 2;
  sqlite3_create_function_v2(database.getHandle(), "merge_hours", arguments, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
                             nullptr, merge_hours, nullptr, nullptr, nullptr);
}

constexpr const char* upsert_hour =
    "INSERT INTO hours(machine, start, offset_min, totals) VALUES(?, ?, ?, ?)"
    " ON CONFLICT(machine, start, offset_min) DO UPDATE SET totals = merge_hours(totals, excluded.totals)";

std::string upsert_machine_sql() {
  return std::string(insert_machines) +
         " VALUES(?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?3, ?16, ?17, ?18, ?19)" +
         std::string(or_update_machines);
}

std::string insert_event_sql() {
  std::string marks = "?";
  for (std::size_t i = 0; i < stored_fields().size(); ++i) marks += ", ?";
  return "INSERT INTO events(machine, " + stored_column_list() + ") VALUES(" + marks +
         ") ON CONFLICT(machine, timestamp) DO NOTHING";
}

SQLite::Database open_with_schema(const std::string& path, Schema schema) {
  if (is_foreign_sqlite_file(path)) throw std::runtime_error("is another program's; give another --database");
  SQLite::Database database = open_for_writing(path, sync_later_vfs());
  // A group touches a page of the index and one of the hours for each machine: those of thousands stay in memory.
  database.exec("PRAGMA cache_size = -32768");  // KiB
  // So that sync_later_vfs() can tell the syncs of a checkpoint, which must be done at once, from those of commits.
  database.exec("PRAGMA checkpoint_fullfsync = ON");
  prepare_sqlite_schema(database, schema);
  // Pages that leave the cache in the middle of a transaction would be written to the log before its end, and what is
  // gathered must not outlive a rollback. (The migration of an old file, before this, may need them to.)
  database.exec("PRAGMA cache_spill = OFF");
  add_hour_functions(database);
  return database;
}

/// Commits are synced by flush(), which so can run beside the next one.
class SqliteWriter : public SqlWriter {
 public:
  /// `connection` is as open_with_schema() makes it; the database is another one to the same file, with the same log.
  SqliteWriter(const std::string& path, SQLite::Database connection, std::shared_ptr<SqliteLog> log, Database& database)
      : SqlWriter(database),
        database_(std::move(connection)),
        log_(std::move(log)),
        checkpointer_(path, database_, *log_) {}

  Result<Appended> append(std::span<const Batch> batches, Time now,
                          std::optional<std::int64_t> accounts_version) override {
    if (auto whole = log_->check(database_, mutex_); !whole) return whole.error();
    const std::lock_guard lock(mutex_);
    try {
      SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::IMMEDIATE);
      Appended appended;
      appended.stale = accounts_version && *accounts_version != accounts_version_now();
      if (appended.stale) return appended;
      const auto machines = touched_machines(batches);
      if (!machines) return machines.error();
      for (const auto& [key, machine] : *machines) {
        const auto day = touch(key, machine, now);
        if (!day) return shared_key_error(*machine.machine_id);
        appended.machines.push_back(*day);
      }
      GroupHours hours;
      for (const Batch& batch : batches) appended.counts.push_back(insert(batch.events, hours));
      for (const auto& [key, hour] : hours.all()) merge(key, hour);
      transaction.commit();
      return appended;
    } catch (const SQLite::Exception& e) {
      const Error error = store_error(e);
      if (error.code == ErrorCode::no_space) checkpointer_.make_room();
      return error;
    }
  }

  Result<void> flush() override { return log_->sync(database_, mutex_); }

 private:
  std::int64_t accounts_version_now() {
    const StatementUse read(read_version_);
    return read->executeStep() ? read->getColumn(0).getInt64() : 0;
  }

  /// nullopt if another machine has its key.
  std::optional<MachineDay> touch(std::int64_t key, const TouchedMachine& machine, Time now) {
    const StatementUse write(upsert_machine_);
    write->bind(1, key);
    write->bindNoCopy(2, *machine.machine_id);
    write->bind(3, to_micros(now));
    write->bindNoCopy(4, machine.timezone);
    write->bind(5, to_micros(machine.timezone_at));
    if (machine.agent) {
      write->bindNoCopy(6, machine.agent->version);
      write->bind(7, machine.agent->collect_interval_sec);
      write->bind(8, machine.agent->send_interval_sec);
      write->bindNoCopy(9, to_string(machine.agent->capture).data());
    }
    if (machine.has_state()) {
      write->bindNoCopy(10, to_string(*machine.agent->state).data());
      write->bind(11, to_micros(machine.agent->since));
    }
    write->bind(12, to_micros(machine.latest_at()));
    write->bind(13, machine.latest_is_idle() ? 1 : 0);
    write->bind(14, machine.latest_is_scripted() ? 1 : 0);
    write->bind(15, machine.rejected);
    if (machine.rejection) {
      write->bindNoCopy(16, machine.rejection->field);
      write->bindNoCopy(17, machine.rejection->error);
    }
    write->bind(18, day_number(now));
    write->bind(19, machine.day_events);
    const bool written = write->exec() > 0;
    if (machine.agent || machine.rejection) {
      upsert_machine_.tryReset();
      upsert_machine_.clearBindings();
    }
    return written ? std::optional(MachineDay{key, events_of_day(key)}) : std::nullopt;
  }

  /// Not by RETURNING, for which SQLite keeps a journal of the statement that costs as much as the rest of it.
  std::int64_t events_of_day(std::int64_t key) {
    const StatementUse read(read_day_);
    read->bind(1, key);
    return read->executeStep() ? read->getColumn(0).getInt64() : 0;
  }

  Counts insert(std::span<const Event> events, GroupHours& hours) {
    Counts counts;
    std::string_view machine_id;
    std::int64_t machine = 0;
    for (const Event& event : events) {
      if (event.machine_id != machine_id || machine_id.empty()) {
        machine_id = event.machine_id;
        machine = machine_key(machine_id);
      }
      if (insert(event, machine)) {
        hours.add(machine, event);
        ++counts.accepted;
      } else {
        ++counts.duplicates;
      }
    }
    return counts;
  }

  bool insert(const Event& event, std::int64_t machine) {
    const StatementUse insert(insert_);
    int index = 1;
    insert->bind(index++, machine);
    for (const EventField* field : stored_fields()) bind_field(insert_, index++, event, *field);
    return insert->exec() > 0;
  }

  void merge(const GroupHours::Key& key, const Hour& hour) {
    const auto& [machine, hour_key] = key;
    const std::string packed = pack_hour(hour);
    const StatementUse upsert(upsert_hour_);
    upsert->bind(1, machine);
    upsert->bind(2, to_micros(hour_key.start));
    upsert->bind(3, hour_key.offset_min);
    upsert->bindNoCopy(4, packed.data(), static_cast<int>(packed.size()));
    upsert->exec();
  }

  std::mutex mutex_;
  SQLite::Database database_;
  const std::shared_ptr<SqliteLog> log_;
  SQLite::Statement read_version_{database_, std::string(select_accounts_version)};
  SQLite::Statement upsert_machine_{database_, upsert_machine_sql()};
  SQLite::Statement read_day_{database_, "SELECT day_events FROM machines WHERE id = ?1"};
  SQLite::Statement insert_{database_, insert_event_sql()};
  SQLite::Statement upsert_hour_{database_, upsert_hour};
  SqliteCheckpointer checkpointer_;
};

/// SQLite gives its -wal and -shm files the mode of the database.
Result<void> make_private_file(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd || ::fchmod(fd.get(), 0600) != 0) return system_error("database " + path, errno);
  return {};
}

Error open_error(const std::string& path, Error error) {
  error.message = "database " + path + ": " + error.message;
  return error;
}

}  // namespace

bool is_foreign_sqlite_file(const std::string& path) {
  SQLite::Database database = open_for_reading(path);
  const auto count = [&](const std::string& which) {
    return database.execAndGet("SELECT count(*) FROM sqlite_master WHERE type = 'table'" + which).getInt();
  };
  return count("") > 0 && count(" AND name = 'machines'") == 0;
}

Result<Store> open_sqlite_store(const std::string& path, Schema schema) {
  if (auto made = make_private_file(path); !made) return made.error();
  try {
    Store store;
    SQLite::Database connection = open_with_schema(path, schema);
    const auto log = std::make_shared<SqliteLog>(path);
    store.database = make_sqlite_database(open_for_writing(path), log);
    store.writer = std::make_unique<SqliteWriter>(path, std::move(connection), log, *store.database);
    store.reader = make_sql_reader(make_sqlite_database(open_for_reading(path)));
    return store;
  } catch (const SQLite::Exception& e) {
    return open_error(path, store_error(e));
  } catch (const std::exception& e) {
    return open_error(path, {ErrorCode::unsupported, e.what()});
  }
}

/// Makes the tables of events_schema:
///
///     machines(id = machine_key, machine_id, first_seen, last_seen, user_label, timezone, timezone_at,
///              and what the agent last said of itself, to which events_schema adds columns)
///     events(id, machine, a column for each of stored_fields()), unique (machine, timestamp)
///     hours(machine, start, offset_min, totals = pack_hour()), in order of that key
///
/// Rows of events lie in order of arrival, which keeps inserts cheap; the index gives each machine's order of time, and
/// makes an event that comes twice be stored once. A database of version 1 (machines numbered, no hours) is brought to
/// this one; server_state then has 'hours_to_rebuild'.
void prepare_sqlite_events(SQLite::Database& database, int found) {
  const bool machines_are_numbered = found == 1;
  if (machines_are_numbered) database.exec("ALTER TABLE machines RENAME TO machines_1");
  create_machines(database);
  create_events(database);
  add_missing_columns(database);
  database.exec(std::string(create_index_of_gaps));
  database.exec(in_sqlite(std::string(create_hours)) + " WITHOUT ROWID");
  if (machines_are_numbered) take_machines_of_version_1(database);
}

}  // namespace activitytrack::server
