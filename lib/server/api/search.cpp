#include "core/json_writer.hpp"
#include "server/accounts/access.hpp"
#include "server/accounts/users.hpp"
#include "server/api/handlers.hpp"
#include "server/api/parameters.hpp"
#include "server/configuration/feed.hpp"
#include "server/events/store.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

// Finds machines, people and groups by a part of what they are called.

namespace activitytrack::server {
namespace {

constexpr std::size_t default_found = 10, max_found = 100, max_query_bytes = 128;
constexpr std::size_t machines_at_once = 1'000;

/// Without regard to small and capital letters, and to how a letter is composed.
std::string folded(std::string_view text) {
  utf8proc_uint8_t* made = nullptr;
  const auto flags = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT |
                                                    UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
  const auto bytes = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                  static_cast<utf8proc_ssize_t>(text.size()), &made, flags);
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owned(made, std::free);
  if (bytes < 0) return std::string(text);
  return {reinterpret_cast<const char*>(made), static_cast<std::size_t>(bytes)};
}

/// The best of what was found: what begins so comes before what only holds it; among equals in the order of arrival.
template <class Row>
class Found {
 public:
  explicit Found(std::size_t limit) : limit_(limit) {}

  void add(const std::string& wanted, std::initializer_list<std::string_view> names, Row row) {
    bool begins = false, holds = false;
    for (const std::string_view name : names) {
      const auto at = folded(name).find(wanted);
      begins |= at == 0;
      holds |= at != std::string::npos;
    }
    auto& rows = begins ? first_ : then_;
    if (holds && rows.size() < limit_) rows.push_back(std::move(row));
  }

  std::vector<Row> take() {
    for (Row& row : then_)
      if (first_.size() < limit_) first_.push_back(std::move(row));
    return std::move(first_);
  }

 private:
  const std::size_t limit_;
  std::vector<Row> first_, then_;
};

Result<std::vector<Machine>> find_machines(const Request& request, Services& services, const std::string& wanted,
                                           std::size_t limit) {
  Found<Machine> found(limit);
  std::string after;
  for (std::size_t read = machines_at_once; read == machines_at_once;) {
    auto machines = visible_machines(asker(request), services.reader, after, machines_at_once);
    if (!machines) return machines.error();
    read = machines->size();
    if (read > 0) after = machines->back().machine_id;
    for (Machine& machine : *machines) {
      const std::string id = machine.machine_id, label = machine.user_label.value_or("");
      found.add(wanted, {id, label}, std::move(machine));
    }
  }
  return found.take();
}

Result<std::vector<User>> find_people(const Request& request, Services& services, const std::string& wanted,
                                      std::size_t limit) {
  if (!asker(request).is_admin()) return std::vector<User>();
  auto users = list_users(services.database);
  if (!users) return users;
  Found<User> found(limit);
  for (User& user : *users) {
    const std::string name = user.name;
    found.add(wanted, {name}, std::move(user));
  }
  return found.take();
}

std::vector<std::string> find_groups(Services& services, const std::string& wanted, std::size_t limit) {
  Found<std::string> found(limit);
  if (const auto layers = services.configuration.layers())
    for (const auto& [group, layer] : layers->groups()) found.add(wanted, {group}, group);
  return found.take();
}

}  // namespace

Result<Response> get_search(const Request& request, Services& services) {
  Parameters parameters(request.target);
  const std::string* query = parameters.find("q");
  if (!query || query->empty() || query->size() > max_query_bytes)
    parameters.refuse("q", "must have 1 to 128 bytes to look for");
  const auto limit = parameters.count("limit", default_found, max_found);
  if (parameters.wrong()) return *parameters.wrong();
  const std::string wanted = folded(*query);
  const auto machines = find_machines(request, services, wanted, limit);
  if (!machines) return machines.error();
  const auto people = find_people(request, services, wanted, limit);
  if (!people) return people.error();

  Response response;
  JsonWriter json(response.body);
  const Time now = services.clock.now();
  json.begin_object().key("machines").array(*machines, [&](const Machine& machine) {
    json.begin_object().field("machine_id", machine.machine_id).field("user_label", machine.user_label);
    json.field("state", to_string(liveness(machine, now))).end_object();
  });
  json.key("people").array(*people, [&](const User& user) {
    json.begin_object().field("name", user.name).field("role", to_string(user.role)).end_object();
  });
  json.field("groups", find_groups(services, wanted, limit)).end_object();
  return response;
}

}  // namespace activitytrack::server
