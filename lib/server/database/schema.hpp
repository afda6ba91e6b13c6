#pragma once

#include <span>
#include <string_view>

namespace activitytrack::server {

/// Raised with every change of the schema, and stored in the database.
constexpr int schema_version = 4;

/// Statements that make the tables which both databases make with the same words, in order; each does nothing if
/// what it makes is there. Tables of machines, events and hours are each store's own: what is quick differs.
std::span<const std::string_view> shared_schema();

}  // namespace activitytrack::server
