#include "server/database/schema.hpp"

#include "server/accounts/accounts_schema.hpp"
#include "server/database/erasures.hpp"
#include "server/screenshots/schema.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

namespace activitytrack::server {
namespace {

constexpr std::string_view server_state =
    "CREATE TABLE IF NOT EXISTS server_state(name TEXT PRIMARY KEY, value BIGINT NOT NULL)";

}  // namespace

std::span<const std::string_view> shared_schema() {
  static const auto statements = [] {
    std::vector<std::string_view> all{server_state};
    std::ranges::copy(accounts_schema, std::back_inserter(all));
    std::ranges::copy(erasures_schema, std::back_inserter(all));
    std::ranges::copy(screenshots_schema, std::back_inserter(all));
    return all;
  }();
  return statements;
}

}  // namespace activitytrack::server
