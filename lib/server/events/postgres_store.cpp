#include "server/events/store.hpp"

#include "server/database/postgres_connection.hpp"
#include "server/database/postgres_database.hpp"
#include "server/events/event_row.hpp"
#include "server/events/hours.hpp"
#include "server/events/postgres_group.hpp"
#include "server/events/postgres_schema.hpp"

#include <mutex>

namespace activitytrack::server {
namespace {

constexpr int most_tries = 5;

// An agent sends again after an outage, when all do.
constexpr int looks_after_a_known_event = 100;

// A plan is made when tables may still be empty, and kept: it must not be one that reads a whole table.
constexpr const char* session_setup =
    "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_hashjoin = off;"
    "SET enable_mergejoin = off; SET enable_bitmapscan = off; SET jit = off;";

/// The key of an hour that is there, from columns 0 to 2.
GroupHours::Key hour_key(const PostgresRow& row) {
  return {row.integer(0), {row.time(1), static_cast<int>(row.integer(2))}};
}

class PostgresWriter : public SqlWriter {
 public:
  PostgresWriter(const std::string& url, Database& database) : SqlWriter(database), connection_(url, session_setup) {}

  Result<Appended> append(std::span<const Batch> batches, Time now,
                          std::optional<std::int64_t> accounts_version) override {
    const std::lock_guard lock(mutex_);
    for (int tries = 1;; ++tries) {
      PostgresGroup group(batches);
      auto stored = store(group, batches, now, accounts_version);
      if (stored) return std::move(*stored);
      const PostgresFailure& failure = stored.error();
      if (!failure.lost_connection) (void)connection_.execute("ROLLBACK");
      if (failure.sqlstate == stale_accounts) return Appended{true, {}};
      if (failure.sqlstate == known_event) looks_first_ = looks_after_a_known_event;
      if (!is_transient(failure) || tries == most_tries) return failure.error;
    }
  }

  /// append() commits with synchronous_commit on.
  Result<void> flush() override { return {}; }

 private:
  using Stored = Result<Appended, PostgresFailure>;

  /// check_violation: another server made a month's partition just now, and events were on their way to
  /// events_other.
  static bool is_transient(const PostgresFailure& failure) {
    return failure.met_another() || failure.sqlstate == "23514" || failure.sqlstate == known_event;
  }

  Stored store(PostgresGroup& group, std::span<const Batch> batches, Time now,
               std::optional<std::int64_t> accounts_version) {
    if (auto connected = connection_.ready(); !connected) return PostgresFailure{connected.error(), "", true};
    if (auto made = partitions_.prepare(connection_, group.months(), now); !made) {
      return PostgresFailure{made.error(), "", true};
    }
    const auto machines = touched_machines(batches);
    if (!machines) return PostgresFailure{machines.error()};
    std::vector<MachineDay> days;
    auto present = insert(group, *machines, now, days);
    if (!present) return present.error();
    auto ended = commit(*present, accounts_version);
    if (!ended) return ended.error();
    return Appended{false, group.counts(batches), std::move(days)};
  }

  using HoursFound = Result<std::map<GroupHours::Key, Hour>, PostgresFailure>;

  /// The first round trip. Returns the hours that the new events change, with them.
  HoursFound insert(PostgresGroup& group, const TouchedMachines& machines, Time now, std::vector<MachineDay>& days) {
    const auto touch = touch_machines_parameters(machines, now);
    const auto events = insert_events_parameters(group);
    const auto hours = select_hours_parameters(group);
    const bool looks = looks_first_ > 0;
    const auto results = connection_.run({{"BEGIN"},
                                          {touch_machines_sql, touch},
                                          {looks ? insert_new_events_sql() : insert_events_sql(), events},
                                          {select_hours_sql, hours}});
    if (!results) return results.error();
    enum { begun, touched, inserted, found };
    for_each_row((*results)[touched], [&](const PostgresRow& row) {
      days.push_back({row.integer(0), row.integer(1)});
    });
    if (auto all = check_touched(days, machines); !all) return PostgresFailure{all.error()};
    if (looks) {
      --looks_first_;
      for_each_row((*results)[inserted], [&](const PostgresRow& row) { group.mark_new(row.integer(0), row.time(1)); });
    } else {
      group.mark_all_new();
    }
    return with_present(group.new_hours().all(), (*results)[found]);
  }

  static Result<void> check_touched(std::span<const MachineDay> days, const TouchedMachines& machines) {
    if (days.size() == machines.size()) return {};
    std::set<std::int64_t> touched;
    for (const MachineDay& day : days) touched.insert(day.machine);
    for (const auto& [key, machine] : machines) {
      if (!touched.contains(key)) return shared_key_error(*machine.machine_id);
    }
    return {};
  }

  static HoursFound with_present(std::map<GroupHours::Key, Hour> hours, const PostgresResult& present) {
    Result<void> merged;
    for_each_row(present, [&](const PostgresRow& row) {
      const auto hour = hours.find(hour_key(row));
      if (merged && hour != hours.end()) merged = merge_packed(hour->second, row.text(3));
    });
    if (!merged) return PostgresFailure{merged.error()};
    return hours;
  }

  /// The second. The accounts are locked as briefly as possible: anyone who revokes a credential waits for it.
  Result<void, PostgresFailure> commit(const std::map<GroupHours::Key, Hour>& hours,
                                       std::optional<std::int64_t> accounts_version) {
    PostgresParameters upsert, version;
    std::vector<PostgresStatement> statements;
    if (!hours.empty()) {
      upsert = upsert_hours_parameters(hours);
      statements.push_back({upsert_hours_sql, upsert});
    }
    if (accounts_version) {
      version.add(*accounts_version);
      statements.push_back({hold_accounts_sql, version});
    }
    statements.push_back({"COMMIT"});
    const auto results = connection_.run(statements);
    if (!results) return results.error();
    return {};
  }

  std::mutex mutex_;
  PostgresConnection connection_;
  PostgresPartitions partitions_;
  int looks_first_ = 0;  ///< groups to come of which some events may be known
};

}  // namespace

Result<Store> open_postgres_store(const std::string& url, Schema schema) {
  if (auto checked = check_postgres_url(url); !checked) {  // libpq's own words would repeat the URL
    return Error{checked.error().code, "database: the URL " + checked.error().message};
  }
  // Making an index of an older database's events may take its time.
  PostgresConnection connection(url, "SET statement_timeout = '1h';");
  if (auto prepared = prepare_postgres_schema(connection, schema); !prepared) return prepared.error();
  Store store;
  store.database = make_postgres_database(url);
  store.writer = std::make_unique<PostgresWriter>(url, *store.database);
  store.reader = make_sql_reader(make_postgres_database(url));
  return store;
}

}  // namespace activitytrack::server
