#pragma once

#include "report/hours.hpp"
#include "server/database/database.hpp"

#include <activitytrack/core/event.hpp>
#include <activitytrack/core/result.hpp>
#include <activitytrack/report/summary.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack::server {

/// What the server knows of a machine. Times are the server's own clock: an agent's may be wrong.
struct Machine {
  std::string machine_id;
  std::optional<std::string> user_label;
  Time first_seen;                  ///< when it was first heard of
  Time last_seen;                   ///< when it was last heard of
  std::string timezone;             ///< of its latest event that names one; "" if none did
  std::optional<AgentState> agent;  ///< what its agent last said of itself
  Time latest_event{};              ///< timestamp of its latest event; 1970 if not known
  bool latest_is_idle = false;      ///< and whether that is idle,
  bool latest_is_scripted = false;  ///< and all its input looks scripted

  /// An event that was refused for what is wrong with it.
  struct Rejection {
    Time at;
    std::string field;  ///< "" for what is no object
    std::string error;
    friend bool operator==(const Rejection&, const Rejection&) = default;
  };
  std::int64_t rejected_events = 0;
  std::optional<Rejection> latest_rejection{};
  std::int64_t day = 0;         ///< day_number() of when it last sent events
  std::int64_t day_events = 0;  ///< how many it sent that day, known ones too
  bool is_made_up = false;      ///< by a demo (events/made_up.hpp)

  friend bool operator==(const Machine&, const Machine&) = default;
};

/// Events of a machine that were refused before they came to the store. A machine is known by these, too.
struct Rejections {
  std::string machine_id;
  std::int64_t count = 0;
  std::string field{}, error{};  ///< of the last
};

/// What one request brings. The events are of one machine or of several.
struct Batch {
  std::span<const Event> events;
  std::optional<AgentState> agent;         ///< of every machine that is named; without events, also of its machine_id
  std::span<const Rejections> rejected{};  ///< one for each machine
  bool counts = true;                      ///< into Machine::day_events
};

/// The days of UTC from 1970 on.
inline std::int64_t day_number(Time time) {
  return std::chrono::floor<std::chrono::days>(time).time_since_epoch().count();
}

/// Machine::day_events of today.
struct MachineDay {
  std::int64_t machine;  ///< machine_key()
  std::int64_t events;
};

/// What became of one batch.
struct Counts {
  std::size_t accepted = 0;    ///< new, and stored
  std::size_t duplicates = 0;  ///< known before, or twice in the batch

  friend bool operator==(const Counts&, const Counts&) = default;
};

/// What became of a group.
struct Appended {
  /// The version of the accounts (events/admission.hpp) is not the one asked for: nothing was stored.
  bool stale = false;
  std::vector<Counts> counts;  ///< of each batch
  std::vector<MachineDay> machines{};
};

/// The writing half of a store. Callable from any thread; calls wait for each other.
///
/// Errors: no_space (the disk is full) and unavailable are worth another try later; after any error
/// nothing of the call is stored, and the store stays usable.
class StoreWriter {
 public:
  virtual ~StoreWriter() = default;

  /// Stores batches in one transaction, all or nothing; readers see it when it returns, and flush() makes it durable.
  /// An event whose (machine_id, timestamp) is known is left as it is. Hours follow in the same transaction. With
  /// `accounts_version`, stores only if the accounts have not changed since: who was let in by what they were then, and
  /// has been shut out since, stores nothing.
  virtual Result<Appended> append(std::span<const Batch> batches, Time now,
                                  std::optional<std::int64_t> accounts_version = std::nullopt) = 0;

  /// What append() stored before the call is on disk when this returns: it survives kill -9 and power loss. May run
  /// beside append(). After an error nobody may be told that it was stored; sending it again does no harm.
  virtual Result<void> flush() = 0;

  /// False if there is no such machine.
  virtual Result<bool> set_user_label(std::string_view machine_id, const std::optional<std::string>& label) = 0;
};

/// The seconds of an hour, or of several.
struct HourTimes {
  double observed = 0, active = 0, scripted = 0;
};

/// More gaps in a day than a person's machine has; who claims more is not listed in full.
inline constexpr std::size_t most_gaps = 1000;

/// The reading half. Callable from any thread, beside the writer, and never waits for it. Sees what was
/// stored before the call.
class StoreReader {
 public:
  virtual ~StoreReader() = default;

  /// The first `limit` machines whose ids come after `after`, in order of their ids (by bytes).
  virtual Result<std::vector<Machine>> machines(std::string_view after, std::size_t limit) = 0;
  virtual Result<std::optional<Machine>> machine(std::string_view machine_id) = 0;

  /// The first `limit` events of a machine in `range`, in order of time; none for an unknown machine.
  virtual Result<std::vector<Event>> events(std::string_view machine_id, TimeRange range, std::size_t limit) = 0;

  /// What of `range` was not observed, by the events after it, in order: the latest `most_gaps` of it, cut to `range`.
  virtual Result<std::vector<UnobservedTime>> gaps(std::string_view machine_id, TimeRange range) = 0;

  /// The hours of a machine that begin in `range`, in order of their keys, each as pack_hour() made it of its events
  /// and the writer keeps it. The bytes live for the call.
  using EachHour = std::function<void(const HourKey&, std::string_view packed)>;
  virtual Result<void> hours(std::string_view machine_id, TimeRange range, const EachHour& each) = 0;

  /// What the hours of many machines that begin in `range` add up to, in no order. `machine`: the place of the hour's
  /// machine in `machine_ids`.
  using EachHourTimes = std::function<void(std::size_t machine, const HourKey&, const HourTimes&)>;
  virtual Result<void> hour_times(std::span<const std::string> machine_ids, TimeRange range,
                                  const EachHourTimes& each) = 0;
};

/// The parts of a store. The database outlives the other two.
struct Store {
  std::unique_ptr<Database> database;  ///< for all else: accounts, screenshots, maintenance
  std::unique_ptr<StoreWriter> writer;
  std::unique_ptr<StoreReader> reader;
};

/// The tables of machines, events and hours.
extern const RoomSchema events_schema;

/// Opens a database and brings it to this schema, of which events_schema is part. The columns of events follow
/// event_fields(): a field that an older database lacks is added. Refuses the database of a newer program. By URL:
///
/// - "sqlite:PATH": a file, made if missing (mode 0600).
/// - "postgresql://..." or "postgres://...": a PostgreSQL database (12 or newer) that is there. Several servers may
/// have
///   it open. Nothing kept or said holds the URL's password.
///
/// Where hours have to be rebuilt from the events that are kept, server_state has 'hours_to_rebuild': because the
/// database had none, or was written by a program with fewer of summed_fields.
Result<Store> open_store(const std::string& url, Schema schema);

/// Whether a file is the SQLite database of another program: it has tables, and no machines among them. Throws
/// SQLite::Exception.
bool is_foreign_sqlite_file(const std::string& path);

// What open_store() is made of.
Result<Store> open_sqlite_store(const std::string& path, Schema schema);
Result<Store> open_postgres_store(const std::string& url, Schema schema);
void prepare_sqlite_events(SQLite::Database& database, int found);  ///< throws SQLite::Exception
std::unique_ptr<StoreReader> make_sql_reader(std::unique_ptr<Database> database);

/// The part of a writer that both databases do alike. The database is borrowed.
class SqlWriter : public StoreWriter {
 public:
  explicit SqlWriter(Database& database) : all_else_(database) {}
  Result<bool> set_user_label(std::string_view machine_id, const std::optional<std::string>& label) final;

 private:
  Database& all_else_;
};

/// What state a machine is in, as far as the server knows.
enum class Liveness {
  active,
  idle,      ///< its latest event is
  scripted,  ///< its latest event is, and all its input looks scripted

  // Its agent said so with what it sent last: these stay until it is heard of again.
  paused,
  asleep,
  stopped,

  capture_failing,  ///< it is there, but sees no input
  offline,          ///< not heard of for three times the interval in which it would have sent
};

inline constexpr std::size_t liveness_count = 8;

std::string_view to_string(Liveness state) noexcept;

Liveness liveness(const Machine& machine, Time now) noexcept;

/// A machine as the API shows it.
void append_machine_json(std::string& out, const Machine& machine, Time now);

}  // namespace activitytrack::server
