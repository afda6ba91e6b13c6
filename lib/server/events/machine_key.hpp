#pragma once

#include <cstdint>
#include <string_view>

namespace activitytrack::server {

/// What stands for a machine in the tables: the first 64 bits (little-endian) of the 128-bit BLAKE2b of its id. No
/// lookup and no sequence is needed to know it, on any server, and it spreads machines evenly over shards. Two ids of a
/// hundred million share a key with a probability of 1 in 3700; the store then refuses the second machine.
std::int64_t machine_key(std::string_view machine_id) noexcept;

}  // namespace activitytrack::server
