#include "server/configuration/machine_states.hpp"

#include <algorithm>
#include <utility>

namespace activitytrack::server {
namespace {

constexpr std::chrono::minutes asked_at_is_kept_to{1};
constexpr std::chrono::milliseconds gathering{500};
constexpr std::size_t most_noted = 100'000;

constexpr std::string_view said_columns =
    "machine_id, asked_at, applied_version, may_loosen, own_bounds, state, error_version, error_key, error_reason,"
    " change_number, error_at";
const std::string columns = std::string(said_columns) + ", told_version, told_at";

/// How an update ends: by what was said with events, and by a question.
constexpr std::string_view said_later = " WHERE configuration_machines.change_number < excluded.change_number";
constexpr std::string_view asked = ", asked_at = excluded.asked_at, own_bounds = excluded.own_bounds";

MachineConfigurationState state_in(const SqlRow& row) {
  return {.asked_at = row.time(1),
          .applied_version = row.integer(2),
          .may_loosen = row.flag(3),
          .own_bounds = parse_values(row.text(4)).value_or(SettingValues()),
          .state = parse_configuration_state(row.text(5)).value_or(MachineConfigurationState::State::applied),
          .error_version = row.integer(6),
          .error_key = std::string(row.text(7)),
          .error_reason = std::string(row.text(8)),
          .change = row.integer(9),
          .error_at = row.time(10),
          .told_version = row.integer(11),
          .told_at = row.time(12)};
}

/// What is known of a machine: of what is stored and what is still to be written, the later.
void add_said(const MachineConfigurationState& waiting, std::optional<MachineConfigurationState>& stored) {
  if (waiting.with_events && stored && stored->change >= waiting.change) return;
  const auto written = std::exchange(stored, waiting).value_or(MachineConfigurationState{});
  if (waiting.with_events && written.asked_at != Time{})
    stored->asked_at = written.asked_at, stored->own_bounds = written.own_bounds;
  if (written.error_version == stored->error_version && written.error_at != Time{}) stored->error_at = written.error_at;
  stored->told_version = written.told_version, stored->told_at = written.told_at;
}

/// When an error was first heard of that is said now; `before` is what was known, if anything was.
Time error_time(const MachineConfigurationState* before, std::int64_t error_version, Time now) {
  if (error_version == 0) return {};
  return before && before->error_version == error_version ? before->error_at : now;
}

template <class Key, class Value>
void erase_written(std::map<Key, Value>& waiting, const std::map<Key, Value>& written) {
  for (const auto& [key, value] : written) {
    const auto found = waiting.find(key);
    if (found != waiting.end() && found->second == value) waiting.erase(found);
  }
}

}  // namespace

std::string_view configuration_state(std::int64_t wanted,
                                     const std::optional<MachineConfigurationState>& said) noexcept {
  using State = MachineConfigurationState::State;
  if (!said) return wanted == 0 ? to_string(State::applied) : "pending";
  const bool failed = said->state == State::refused || said->state == State::reverted;
  if (failed && said->error_version == wanted) return to_string(said->state);
  if (said->applied_version != wanted) return "pending";
  return to_string(said->state == State::needs_restart ? State::needs_restart : State::applied);
}

Result<std::map<std::string, MachineConfigurationState>> read_machine_states(Database& database) {
  std::map<std::string, MachineConfigurationState> all;
  const auto read = database.execute("SELECT " + columns + " FROM configuration_machines", {},
                                     [&](const SqlRow& row) { all.emplace(row.text(0), state_in(row)); });
  if (!read) return read.error();
  return all;
}

Result<void> read_told_machines(Database& database, std::int64_t version, const EachToldMachine& each) {
  return database.execute(
      "SELECT machine_id, applied_version, state, error_version, error_at, told_at FROM configuration_machines"
      " WHERE told_version = $1",
      {version}, [&](const SqlRow& row) {
        each(row.text(0), {.applied_version = row.integer(1),
                           .state = parse_configuration_state(row.text(2)).value_or(AgentConfiguration::State::applied),
                           .error_version = row.integer(3),
                           .error_at = row.time(4),
                           .told_version = version,
                           .told_at = row.time(5)});
      });
}

Result<void> forget_machine_state(Database& database, const std::string& machine_id) {
  return database.execute("DELETE FROM configuration_machines WHERE machine_id = $1", {machine_id});
}

MachineStates::MachineStates(Database& database, Log& log)
    : database_(database), log_(log), worker_("what agents say of their configuration", log) {
  worker_.start([this](Worker::Lock& lock) { return step(lock); });
}

void MachineStates::note(const std::string& machine_id, MachineConfigurationState state) {
  const auto lock = worker_.lock();
  const auto noted = noted_.find(machine_id);
  const bool is_known = noted != noted_.end();
  state.error_at = error_time(is_known ? &noted->second : nullptr, state.error_version, state.asked_at);
  bool is_new = true;
  if (is_known) {
    auto before = noted->second;
    if (state.asked_at - before.asked_at < asked_at_is_kept_to) before.asked_at = state.asked_at;
    if (before == state) return;
    before.asked_at = state.asked_at;
    is_new = before != state;
  }
  if (is_new && news_) news_(machine_id);
  keep(machine_id, std::move(state));
}

void MachineStates::note_with_events(const std::string& machine_id, const AgentConfiguration& said, Time now) {
  const auto lock = worker_.lock();
  const auto noted = noted_.find(machine_id);
  const bool is_known = noted != noted_.end();
  if (is_known && said.change <= noted->second.change) return;
  if (news_) news_(machine_id);
  keep(machine_id, {.asked_at = is_known ? noted->second.asked_at : now,
                    .applied_version = said.version,
                    .may_loosen = said.may_loosen,
                    .own_bounds = is_known ? noted->second.own_bounds : SettingValues(),
                    .state = said.state,
                    .error_version = said.error_version,
                    .error_key = said.error_key,
                    .error_reason = said.error_reason,
                    .change = said.change,
                    .with_events = true,
                    .error_at = error_time(is_known ? &noted->second : nullptr, said.error_version, now)});
}

/// To be written. With the mutex held.
void MachineStates::keep(const std::string& machine_id, MachineConfigurationState state) {
  if (noted_.size() >= most_noted) noted_.clear();
  noted_[machine_id] = state;
  waiting_[machine_id] = std::move(state);
  worker_.wake();
}

void MachineStates::note_told(const std::string& machine_id, std::int64_t version, Time at) {
  worker_.change([&] { told_[machine_id] = {version, at}; });
}

/// Adds what is not written yet to what is. With the mutex held.
void MachineStates::add_waiting(const std::string& machine_id, std::optional<MachineConfigurationState>& state) const {
  if (const auto said = waiting_.find(machine_id); said != waiting_.end()) add_said(said->second, state);
  const auto told = told_.find(machine_id);
  if (state && told != told_.end() && told->second.version != state->told_version)
    state->told_version = told->second.version, state->told_at = told->second.at;
}

Result<std::optional<MachineConfigurationState>> MachineStates::find(const std::string& machine_id) {
  auto found = select_one(database_, "SELECT " + columns + " FROM configuration_machines WHERE machine_id = $1",
                          {machine_id}, state_in);
  if (!found) return found;
  const auto lock = worker_.lock();
  add_waiting(machine_id, *found);
  return found;
}

Result<std::map<std::string, MachineConfigurationState>> MachineStates::all() {
  auto all = read_machine_states(database_);
  if (!all) return all;
  const auto lock = worker_.lock();
  const auto add = [&](const std::string& machine) {
    const auto written = all->find(machine);
    auto state = written == all->end() ? std::nullopt : std::optional(written->second);
    add_waiting(machine, state);
    if (state) (*all)[machine] = std::move(*state);
  };
  for (const auto& [machine, state] : waiting_) add(machine);
  for (const auto& [machine, told] : told_) add(machine);
  return all;
}

bool MachineStates::step(Worker::Lock& lock) {
  if (!worker_.wait(lock, [this] { return !waiting_.empty() || !told_.empty(); })) return false;
  worker_.rest(lock, gathering);
  const auto states = waiting_;  // they stay until they are written, so that find() sees them
  const auto told = told_;
  lock.unlock();
  const auto written = write(states, told);
  if (!written && !std::exchange(failing_, true))
    log_.error("what agents say of their configuration cannot be written; it will be tried again",
               {{"error", written.error().message}});
  if (written) failing_ = false;
  lock.lock();
  if (!written && is_transient(written.error().code)) return !worker_.stopping();
  erase_written(waiting_, states);
  erase_written(told_, told);
  return true;
}

/// What was told comes last: its row is there by then.
Result<void> MachineStates::write(const Said& states, const ToldMachines& told) {
  return database_.transact([&]() -> Result<void> {
    for (const auto& [machine, state] : states) {
      auto written = database_.execute(
          "INSERT INTO configuration_machines(" + std::string(said_columns) +
              ") VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT(machine_id) DO UPDATE SET"
              " error_at = CASE WHEN configuration_machines.error_version = excluded.error_version"
              " AND configuration_machines.error_at > 0 THEN configuration_machines.error_at"
              " ELSE excluded.error_at END,"
              " applied_version = excluded.applied_version, may_loosen = excluded.may_loosen, state = excluded.state,"
              " error_version = excluded.error_version, error_key = excluded.error_key,"
              " error_reason = excluded.error_reason, change_number = excluded.change_number" +
              std::string(state.with_events ? said_later : asked),
          {machine, state.asked_at, state.applied_version, state.may_loosen, format_values(state.own_bounds),
           to_string(state.state), state.error_version, state.error_key, state.error_reason, state.change,
           state.error_at});
      if (!written) return written;
    }
    for (const auto& [machine, what] : told) {
      auto written = database_.execute(
          "UPDATE configuration_machines SET told_version = $2, told_at = $3"
          " WHERE machine_id = $1 AND told_version <> $2",
          {machine, what.version, what.at});
      if (!written) return written;
    }
    return {};
  });
}

}  // namespace activitytrack::server
