#pragma once

#include "server/database/database.hpp"
#include "server/demo/people.hpp"

#include <activitytrack/core/clock.hpp>

#include <string>
#include <vector>

namespace activitytrack::server {

/// The admin `demo`, the manager `demo-lead` of the first group, and the person of each machine. All have the same
/// password. `already_exists` for a name that is taken.
Result<void> add_demo_people(Database& database, const std::vector<DemoMachine>& machines, const std::string& password,
                             Time now);

/// Groups of the machines, what is set for them, and what each agent said of it.
Result<void> configure_demo(Database& database, const std::vector<DemoMachine>& machines, Time now);

/// Removes these people, and the groups, unless another machine was put into them.
Result<void> remove_demo_accounts(Database& database, Time now);

}  // namespace activitytrack::server
