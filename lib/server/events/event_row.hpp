#pragma once

#include "core/event_fields.hpp"
#include "server/database/database.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
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
    sink(value);
  } else if constexpr (std::is_same_v<T, Verdict>) {
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

}  // namespace activitytrack::server
