#include "server/events/event_row.hpp"

#include "core/json_writer.hpp"

#include <sodium/crypto_generichash.h>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

namespace activitytrack::server {
namespace {

void read_value(const SqlRow& from, int column, std::int64_t& value) { value = from.integer(column); }
void read_value(const SqlRow& from, int column, double& value) { value = from.real(column); }
void read_value(const SqlRow& from, int column, bool& value) { value = from.flag(column); }
void read_value(const SqlRow& from, int column, std::string& value) { value = from.text(column); }
void read_value(const SqlRow& from, int column, Time& value) { value = from.time(column); }
void read_value(const SqlRow& from, int column, Verdict& value) {
  value = parse_verdict(from.text(column)).value_or(Verdict::none);
}
void read_value(const SqlRow& from, int column, std::optional<Gap>& value) { value = parse_gap(from.text(column)); }

void read_value(const SqlRow& from, int column, std::vector<std::string>& words) {
  boost::json::error_code error;
  const auto text = from.text(column);
  const auto json = boost::json::parse({text.data(), text.size()}, error);
  if (error || !json.is_array()) return;
  for (const auto& word : json.get_array()) {
    if (word.is_string()) words.emplace_back(word.get_string());
  }
}

void read_value(const SqlRow& from, int column, InputMeasures& measures) {
  measures = InputMeasures::of_json(from.text(column));
}

template <class T>
void read_value(const SqlRow& from, int column, std::optional<T>& value) {
  read_value(from, column, value.emplace());
}

}  // namespace

const std::vector<const EventField*>& stored_fields() {
  static const auto fields = [] {
    std::vector<const EventField*> stored;
    for (const EventField& field : event_fields()) {
      const auto* text = std::get_if<std::string Event::*>(&field.member);
      if (text && *text == &Event::machine_id) continue;
      const auto* time = std::get_if<Time Event::*>(&field.member);
      const bool is_key = time && *time == &Event::timestamp;
      stored.insert(is_key ? stored.begin() : stored.end(), &field);
    }
    return stored;
  }();
  return fields;
}

std::string stored_column_list() {
  std::string list;
  for (const EventField* field : stored_fields()) {
    if (!list.empty()) list += ", ";
    list += field->name;
  }
  return list;
}

StoredAs stored_as(const EventField& field) {
  return std::visit(
      []<class T>(T Event::*) {
        constexpr auto is = []<class... Types>(Types...) { return (std::is_same_v<T, Types> || ...); };
        if (is(bool(), std::int64_t(), std::optional<std::int64_t>())) return StoredAs::integer;
        if (is(double(), std::optional<double>())) return StoredAs::real;
        return is(Time()) ? StoredAs::time : StoredAs::text;
      },
      field.member);
}

Event read_event(const SqlRow& row, std::string_view machine_id) {
  Event event;
  event.machine_id = machine_id;
  int column = 0;
  for (const EventField* field : stored_fields()) {
    const auto read = [&](auto member) { read_value(row, column, event.*member); };
    if (!row.is_null(column)) std::visit(read, field->member);
    ++column;
  }
  return event;
}

std::string words_to_text(const std::vector<std::string>& words) {
  std::string json;
  JsonWriter writer(json);
  writer.begin_array();
  for (const auto& word : words) writer.value(word);
  writer.end_array();
  return json;
}

std::int64_t machine_key(std::string_view machine_id) noexcept {
  unsigned char hash[crypto_generichash_BYTES_MIN];
  crypto_generichash(hash, sizeof hash, reinterpret_cast<const unsigned char*>(machine_id.data()), machine_id.size(),
                     nullptr, 0);
  std::uint64_t key = 0;
  for (int i = 7; i >= 0; --i) key = key << 8 | hash[i];
  return static_cast<std::int64_t>(key);
}

constinit const std::string_view columns_of_machines =
    " first_seen BIGINT NOT NULL,"
    " last_seen BIGINT NOT NULL,"
    " user_label TEXT,"
    " timezone TEXT NOT NULL DEFAULT '',"
    " timezone_at BIGINT NOT NULL DEFAULT 0,"  // timestamp of the event that timezone is from
    " agent_version TEXT, collect_interval_sec BIGINT, send_interval_sec BIGINT, capture TEXT,"
    " latest_event BIGINT NOT NULL DEFAULT 0, latest_is_idle BIGINT NOT NULL DEFAULT 0)";

constinit const std::string_view create_hours =
    "CREATE TABLE IF NOT EXISTS hours("
    " machine BIGINT NOT NULL,"
    " start BIGINT NOT NULL,"
    " offset_min SMALLINT NOT NULL,"
    " totals BYTEA NOT NULL,"
    " PRIMARY KEY(machine, start, offset_min))";

// Few events have a gap before them: it takes next to no room, and finds those of a day at once.
constinit const std::string_view create_index_of_gaps =
    "CREATE INDEX IF NOT EXISTS events_after_gaps ON events(machine, timestamp) WHERE gap_before IS NOT NULL";

constinit const std::string_view insert_machines =
    "INSERT INTO machines AS known(id, machine_id, first_seen, last_seen, timezone, timezone_at,"
    " agent_version, collect_interval_sec, send_interval_sec, capture, agent_state, state_since,"
    " latest_event, latest_is_idle, latest_is_scripted,"
    " rejected_events, rejected_at, rejected_field, rejected_error, day, day_events)";

constinit const std::string_view or_update_machines =
    " ON CONFLICT(id) DO UPDATE SET"
    " last_seen = CASE WHEN excluded.last_seen > known.last_seen"
    "  AND (excluded.latest_event > 0 OR excluded.capture IS NOT NULL)"
    "  THEN excluded.last_seen ELSE known.last_seen END,"
    " timezone = CASE WHEN excluded.timezone <> '' AND excluded.timezone_at >= known.timezone_at"
    "  THEN excluded.timezone ELSE known.timezone END,"
    " timezone_at = CASE WHEN excluded.timezone <> '' AND excluded.timezone_at >= known.timezone_at"
    "  THEN excluded.timezone_at ELSE known.timezone_at END,"
    " agent_version = coalesce(excluded.agent_version, known.agent_version),"
    " collect_interval_sec = coalesce(excluded.collect_interval_sec, known.collect_interval_sec),"
    " send_interval_sec = coalesce(excluded.send_interval_sec, known.send_interval_sec),"
    " capture = coalesce(excluded.capture, known.capture),"
    " agent_state = CASE WHEN excluded.capture IS NULL THEN known.agent_state ELSE excluded.agent_state END,"
    " state_since = CASE WHEN excluded.capture IS NULL THEN known.state_since ELSE excluded.state_since END,"
    " latest_is_idle = CASE WHEN excluded.latest_event >= known.latest_event"
    "  THEN excluded.latest_is_idle ELSE known.latest_is_idle END,"
    " latest_is_scripted = CASE WHEN excluded.latest_event >= known.latest_event"
    "  THEN excluded.latest_is_scripted ELSE known.latest_is_scripted END,"
    " latest_event = CASE WHEN excluded.latest_event > known.latest_event"
    "  THEN excluded.latest_event ELSE known.latest_event END,"
    " rejected_events = known.rejected_events + excluded.rejected_events,"
    " rejected_at = CASE WHEN excluded.rejected_events > 0 THEN excluded.rejected_at ELSE known.rejected_at END,"
    " rejected_field = coalesce(excluded.rejected_field, known.rejected_field),"
    " rejected_error = coalesce(excluded.rejected_error, known.rejected_error),"
    " day_events = CASE WHEN excluded.day = known.day THEN known.day_events + excluded.day_events"
    "  WHEN excluded.day > known.day THEN excluded.day_events ELSE known.day_events END,"
    " day = CASE WHEN excluded.day > known.day THEN excluded.day ELSE known.day END"
    " WHERE known.machine_id = excluded.machine_id";

namespace {

/// The machine of that id; an error if another one that is touched has its key.
Result<TouchedMachine*> touch(TouchedMachines& machines, const std::string& machine_id) {
  const auto place = machines.try_emplace(machine_key(machine_id), TouchedMachine{&machine_id}).first;
  if (*place->second.machine_id != machine_id) return shared_key_error(machine_id);
  return &place->second;
}

}  // namespace

Result<TouchedMachines> touched_machines(std::span<const Batch> batches) {
  TouchedMachines machines;
  for (const Batch& batch : batches) {
    TouchedMachine* machine = nullptr;
    const auto turn_to = [&](const std::string& machine_id) -> Result<void> {
      if (machine && *machine->machine_id == machine_id) return {};
      const auto touched = touch(machines, machine_id);
      if (!touched) return touched.error();
      machine = *touched;
      if (batch.agent) machine->agent = &*batch.agent;
      return {};
    };
    if (batch.events.empty() && batch.agent && !batch.agent->machine_id.empty()) {
      if (auto turned = turn_to(batch.agent->machine_id); !turned) return turned.error();
    }
    for (const Event& event : batch.events) {
      if (auto turned = turn_to(event.machine_id); !turned) return turned.error();
      machine->day_events += batch.counts;
      if (!machine->latest || event.timestamp >= machine->latest->timestamp) machine->latest = &event;
      if (event.timezone.empty() || event.timestamp < machine->timezone_at) continue;
      machine->timezone = event.timezone;
      machine->timezone_at = event.timestamp;
    }
    for (const Rejections& rejected : batch.rejected) {
      if (auto turned = turn_to(rejected.machine_id); !turned) return turned.error();
      machine->rejected += rejected.count;
      machine->rejection = &rejected;
    }
  }
  return machines;
}

Error shared_key_error(std::string_view machine_id) {
  return {ErrorCode::invalid_input, "database: machine " + std::string(machine_id) +
                                        " has the key of another machine; give it another machine_id"};
}

}  // namespace activitytrack::server
