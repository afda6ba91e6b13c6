#pragma once

#include "buffer/buffer_tables.hpp"

#include <cstdint>
#include <filesystem>

namespace activitytrack {

/// Copies what can still be read of the pending events of a damaged buffer into a new one, under their old
/// ids, and its counters. Gives the number of events carried over; 0 where nothing is readable. The damaged
/// file is only read. Throws SQLite::Exception when the new one cannot be written.
std::int64_t salvage(const std::filesystem::path& damaged, SQLite::Database& into, BufferWriter& writer);

}  // namespace activitytrack
