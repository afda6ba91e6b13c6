#include "server/demo/demo_accounts.hpp"

#include "server/accounts/login.hpp"
#include "server/accounts/users.hpp"
#include "server/configuration/editing.hpp"
#include "server/events/made_up.hpp"

#include <activitytrack/core/log.hpp>

#include <algorithm>
#include <array>

namespace activitytrack::server {
namespace {

using namespace std::chrono_literals;
using State = MachineConfigurationState::State;

constexpr std::string_view office_group = "demo-office", remote_group = "demo-remote";

std::vector<User> demo_people(const std::vector<DemoMachine>& machines) {
  std::vector<User> people(2);
  people[0].name = "demo", people[0].role = Role::admin;
  people[1].name = "demo-lead", people[1].role = Role::manager;
  for (const DemoMachine& machine : machines) {
    if (!machine.is_first) continue;
    if (machine.person.group == office_group) people[1].machines.push_back(machine.id);
    User& person = people.emplace_back();
    person.name = machine.person.account;
    person.machines = {machine.id};
  }
  return people;
}

MachineConfigurationState said_by(const DemoMachine& machine, std::int64_t version, Time now) {
  MachineConfigurationState said{.asked_at = now - 20s, .applied_version = version};
  said.may_loosen = machine.person.group == office_group;
  switch (machine.person.quirk) {
    case Quirk::refused:
      said.state = State::refused, said.applied_version = 0, said.error_version = version;
      said.error_key = "screenshots.interval_min",
      said.error_reason = "the file of this machine allows no less than 15";
      break;
    case Quirk::restart:
      said.state = State::needs_restart;
      break;
    case Quirk::offline:
      said.asked_at = now - 72h, said.applied_version = 0;
      break;
    default:
      break;
  }
  return said;
}

Result<std::int64_t> set_groups(Database& database, const std::vector<DemoMachine>& machines, Time now) {
  return transact(database, [&]() -> Result<std::int64_t> {
    const auto latest = lock_versions(database);
    if (!latest) return latest;
    const std::int64_t next = *latest + 1;
    std::vector<ScopeChange> changes{
        {{Scope::Kind::group, std::string(office_group)},
         Layer{.version = next, .values = {{"features.screenshots", "true"}, {"screenshots.interval_min", "5"}}}},
        {{Scope::Kind::group, std::string(remote_group)},
         Layer{.version = next, .values = {{"idle_after_sec", "120"}, {"screenshots.interval_min", "5"}}}}};
    for (const DemoMachine& machine : machines) {
      changes.push_back(
          {{Scope::Kind::machine, machine.id}, Layer{.version = next, .groups = {std::string(machine.person.group)}}});
    }
    for (const auto group : {office_group, remote_group}) {
      if (auto marked = mark_made_up(database, "group", group); !marked) return marked.error();
    }
    return add_version(database, *latest, {.at = now, .by = "demo", .note = "Groups of the demo"}, changes);
  });
}

Result<void> remove_group(Database& database, const std::string& group, Time now) {
  return database.transact([&]() -> Result<void> {
    const auto layers = read_layers(database);
    if (!layers) return layers.error();
    const auto is_in = [&](const auto& machine) { return std::ranges::count(machine.second.groups, group) > 0; };
    if (!layers->groups().contains(group) || std::ranges::any_of(layers->machines(), is_in)) return {};
    const WantedLayer gone{.scope = {Scope::Kind::group, group}, .remove = true};
    const auto removed = edit(database, gone, {.at = now, .by = "demo", .note = "The demo is over"});
    if (!removed) return removed.error();
    return unmark_made_up(database, "group", group);
  });
}

}  // namespace

Result<void> add_demo_people(Database& database, const std::vector<DemoMachine>& machines, const std::string& password,
                             Time now) {
  const auto hash = hash_password(password);
  if (!hash) return hash.error();
  return database.transact([&]() -> Result<void> {
    for (const User& person : demo_people(machines)) {
      const auto added = add_user(database, person, *hash, now);
      if (!added) return added.error();
      if (auto marked = mark_made_up(database, "person", std::to_string(added->id)); !marked) return marked;
    }
    return {};
  });
}

Result<void> configure_demo(Database& database, const std::vector<DemoMachine>& machines, Time now) {
  const auto version = set_groups(database, machines, now);
  if (!version) return version.error();
  MachineStates states(database, null_log());
  for (const DemoMachine& machine : machines) states.note(machine.id, said_by(machine, *version, now));
  states.stop();
  return {};
}

Result<void> remove_demo_accounts(Database& database, Time now) {
  const auto ours = all_made_up(database, "person");
  if (!ours) return ours.error();
  const auto people = list_users(database);
  if (!people) return people.error();
  for (const User& person : *people) {
    if (std::ranges::count(*ours, std::to_string(person.id)) == 0) continue;
    auto removed = database.transact([&]() -> Result<void> {
      const auto change = change_user(database, person.name, {.role = Role::self, .may_leave_no_admin = true});
      if (!change) return change.error();
      const auto gone = remove_user(database, person.name);
      if (!gone) return gone.error();
      return unmark_made_up(database, "person", std::to_string(person.id));
    });
    if (!removed) return removed;
  }
  const auto groups = all_made_up(database, "group");
  if (!groups) return groups.error();
  for (const std::string& group : *groups) {
    if (auto removed = remove_group(database, group, now); !removed) return removed;
  }
  return {};
}

}  // namespace activitytrack::server
