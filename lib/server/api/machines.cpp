#include "server/api/handlers.hpp"
#include "server/api/machine_json.hpp"
#include "server/api/parameters.hpp"
#include "server/api/store_problem.hpp"
#include "server/http/message.hpp"

namespace activitytrack::server {
namespace {

constexpr std::size_t max_limit = 1000;

/// The first machines after `after` that the asker may see, in order of their ids.
Result<std::vector<Machine>> visible_machines(const Principal& who, StoreReader& reader, const std::string& after,
                                              std::size_t limit) {
  if (who.is_admin()) return reader.machines(after, limit);
  std::vector<Machine> visible;
  for (auto id = who.machines.upper_bound(after); id != who.machines.end() && visible.size() < limit; ++id) {
    if (!who.may_read(*id)) continue;
    auto machine = reader.machine(*id);
    if (!machine) return machine.error();
    if (*machine) visible.push_back(std::move(**machine));
  }
  return visible;
}

}  // namespace

Response list_machines(const Request& request, Services& services) {
  const auto limit = count_parameter(request.target, "limit", max_limit, max_limit);
  if (!limit) return problem(400, limit.error().message);
  const auto after = name_cursor_parameter(request.target, "cursor");
  if (!after) return problem(400, after.error().message);
  // One more than asked for tells whether there is a next page.
  auto machines = visible_machines(asker(request), services.reader, *after, *limit + 1);
  if (!machines) return logged_store_problem(machines.error(), services.log);
  const bool more = machines->size() > *limit;
  if (more) machines->pop_back();

  Response response;
  std::string& out = response.body;
  out = R"({"machines":[)";
  for (const Machine& machine : *machines) {
    if (out.back() != '[') out += ',';
    append_machine_json(out, machine, services.clock.now());
  }
  out += R"(],"next_cursor":)";
  out += more ? '"' + make_name_cursor(machines->back().machine_id) + '"' : "null";
  out += '}';
  return response;
}

Response get_machine(const Request& request, Services& services) {
  const auto machine = services.reader.machine(request.arguments.at(0));
  if (!machine) return logged_store_problem(machine.error(), services.log);
  if (!*machine) return problem(404, "no events of this machine have arrived");
  Response response;
  append_machine_json(response.body, **machine, services.clock.now());
  return response;
}

}  // namespace activitytrack::server
