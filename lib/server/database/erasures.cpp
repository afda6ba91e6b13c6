#include "server/database/erasures.hpp"

namespace activitytrack::server {

Result<bool> is_being_erased(Database& database, const std::string& machine_id) {
  return database.finds("SELECT 1 FROM erasures WHERE machine_id = $1", {machine_id});
}

}  // namespace activitytrack::server
