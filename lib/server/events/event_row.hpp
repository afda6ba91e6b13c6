#pragma once

#include "core/event_fields.hpp"
#include "report/hours.hpp"
#include "server/database/database.hpp"
#include "server/events/store.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace activitytrack::server {

/// The fields of Event that are columns of their own: all but machine_id, for which its machine_key() stands.
/// `timestamp` is the first.
const std::vector<const EventField*>& stored_fields();

/// "timestamp, key_count, ..." in the order of stored_fields().
std::string stored_column_list();

/// The event of a row that has these columns. NULL leaves the field's default (a column newer than the row).
Event read_event(const SqlRow& row, std::string_view machine_id);

/// What a field's column holds.
enum class StoredAs { integer, time, real, text };
StoredAs stored_as(const EventField& field);

/// What stands for a machine in the tables: the first 64 bits (little-endian) of the 128-bit BLAKE2b of its id. No
/// lookup and no sequence is needed to know it, on any server, and it spreads machines evenly over shards. Two ids of a
/// hundred million share a key with a probability of 1 in 3700; the store then refuses the second machine.
std::int64_t machine_key(std::string_view machine_id) noexcept;

/// scripted_reasons as they are stored: a JSON array of words.
std::string words_to_text(const std::vector<std::string>& words);

/// Calls `sink` with a field's value as it is stored: nullptr, std::int64_t, double, or text: const std::string& of the
/// event, std::string&& of a copy, or std::string_view of a literal.
template <class T, class Sink>
void put_value(const T& value, Sink& sink) {
  if constexpr (std::is_same_v<T, bool>) {
    sink(std::int64_t{value});
  } else if constexpr (std::is_same_v<T, Time>) {
    sink(to_micros(value));
  } else if constexpr (std::is_same_v<T, Verdict> || std::is_same_v<T, Gap>) {
    sink(to_string(value));
  } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
    value.empty() ? sink(nullptr) : sink(words_to_text(value));
  } else if constexpr (std::is_same_v<T, InputMeasures>) {
    value.empty() ? sink(nullptr) : sink(value.json());
  } else if constexpr (requires { value.has_value(); }) {
    value ? put_value(*value, sink) : sink(nullptr);
  } else {
    sink(value);
  }
}

/// What a group says of a machine that it names. Points into the batches.
struct TouchedMachine {
  const std::string* machine_id = nullptr;
  std::string timezone{};             ///< of the latest event that names one; "" if none does
  Time timezone_at{};                 ///< that event's timestamp
  const Event* latest = nullptr;      ///< that it names of this machine; null if none
  const AgentState* agent = nullptr;  ///< what its agent said last; null if nothing
  std::int64_t day_events = 0;        ///< that count for its day
  std::int64_t rejected = 0;
  const Rejections* rejection = nullptr;  ///< the last of them; null if there is none

  Time latest_at() const { return latest ? latest->timestamp : Time(); }
  bool latest_is_idle() const { return !latest || latest->is_idle; }
  bool latest_is_scripted() const { return latest && latest->input_verdict == Verdict::scripted; }
  bool has_state() const { return agent && agent->state; }
};

/// By machine_key(), in order.
using TouchedMachines = std::map<std::int64_t, TouchedMachine>;

/// An error, as shared_key_error() makes it, if two of them share a key.
Result<TouchedMachines> touched_machines(std::span<const Batch> batches);

// What the tables of both databases share, with the types of PostgreSQL, which adds how it keeps them. The columns of
// machines follow id and machine_id.
extern const std::string_view columns_of_machines, create_hours, create_index_of_gaps;

// Stores what a group says of a machine, whether it is known or not, in the SQL of both databases: the values of these
// columns, in their order, go between the two. Changes no row if another machine has its key.
extern const std::string_view insert_machines;  ///< ends with the columns
extern const std::string_view or_update_machines;

/// A machine cannot be stored, because another one has its key: see machine_key().
Error shared_key_error(std::string_view machine_id);

/// What the new events of a group add to the hours of their machines: see StoreWriter::append(). In order of key, so
/// that writers on several servers take their locks in one order.
class GroupHours {
 public:
  using Key = std::pair<std::int64_t, HourKey>;  ///< machine_key(), hour

  void add(std::int64_t machine, const Event& event) {
    const Key key{machine, hour_of(event)};
    // A batch brings one machine's minutes in order: mostly it is the hour of the event before.
    if (last_ == hours_.end() || last_->first != key) last_ = hours_.try_emplace(key).first;
    last_->second.add(event);
  }

  const std::map<Key, Hour>& all() const { return hours_; }

 private:
  std::map<Key, Hour> hours_;
  std::map<Key, Hour>::iterator last_ = hours_.end();
};

}  // namespace activitytrack::server
