#pragma once

#include "core/event_fields.hpp"
#include "server/database/database.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack::server {

/// The fields of Event that are columns of their own: all but machine_id, for which its machine_key() stands.
/// `timestamp` is the first.
const std::vector<const EventField*>& stored_fields();

/// "timestamp, key_count, ..." in the order of stored_fields().
std::string stored_column_list();

/// The event of a row that has these columns, from `first_column` on. NULL leaves the field's default (a column newer
/// than the row).
Event read_event(const SqlRow& row, int first_column, std::string_view machine_id);

/// scripted_reasons as they are stored: a JSON array of words.
std::string words_to_text(const std::vector<std::string>& words);

/// Times are stored as microseconds since 1970.
std::int64_t to_micros(Time time) noexcept;
Time from_micros(std::int64_t micros) noexcept;

/// What stands for a machine in the tables: the first 64 bits (little-endian) of the 128-bit BLAKE2b of its id. No
/// lookup and no sequence is needed to know it, on any server, and it spreads machines evenly over shards. Two ids of a
/// hundred million share a key with a probability of 1 in 3700; the store then refuses the second machine.
std::int64_t machine_key(std::string_view machine_id) noexcept;

}  // namespace activitytrack::server
