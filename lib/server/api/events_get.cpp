#include "server/api/handlers.hpp"
#include "server/api/parameters.hpp"
#include "server/api/store_problem.hpp"
#include "server/http/message.hpp"

#include "core/json_writer.hpp"

#include <activitytrack/core/event_json.hpp>

#include <algorithm>

namespace activitytrack::server {
namespace {

constexpr std::size_t default_limit = 1000;
constexpr std::size_t max_limit = 10'000;

struct Page {
  TimeRange range;
  std::size_t limit;
};

Result<Page> read_page(const Target& target) {
  const auto range = range_parameters(target);
  if (!range) return range.error();
  const auto limit = count_parameter(target, "limit", default_limit, max_limit);
  if (!limit) return limit.error();
  const auto cursor = cursor_parameter(target, "cursor");
  if (!cursor) return cursor.error();

  Page page{*range, *limit};
  if (*cursor) page.range.start = std::max(page.range.start, **cursor + std::chrono::microseconds(1));
  return page;
}

Response to_response(std::span<const Event> events, bool more) {
  Response response;
  std::string& out = response.body;
  out = R"({"events":[)";
  for (const Event& event : events) {
    if (out.back() != '[') out += ',';
    append_event_json(out, event);
  }
  out += R"(],"next_cursor":)";
  more ? out += '"' + make_cursor(events.back().timestamp) + '"' : out += "null";
  out += '}';
  return response;
}

}  // namespace

Response get_events(const Request& request, Services& services) {
  const auto page = read_page(request.target);
  if (!page) return problem(400, page.error().message);
  const std::string& machine_id = request.arguments.at(0);
  const auto machine = services.reader.machine(machine_id);
  if (!machine) return logged_store_problem(machine.error(), services.log);
  if (!*machine) return problem(404, "no events of this machine have arrived");
  // One more than asked for tells whether there is a next page.
  const auto events = services.reader.events(machine_id, page->range, page->limit + 1);
  if (!events) return logged_store_problem(events.error(), services.log);
  const bool more = events->size() > page->limit;
  return to_response(std::span(*events).first(std::min(events->size(), page->limit)), more);
}

}  // namespace activitytrack::server
