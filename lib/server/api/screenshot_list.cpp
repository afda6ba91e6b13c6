#include "server/accounts/audit.hpp"
#include "server/api/asked_days.hpp"
#include "server/api/parameters.hpp"
#include "server/api/screenshot_handlers.hpp"
#include "server/api/store_problem.hpp"
#include "server/http/message.hpp"
#include "server/maintenance/erasure.hpp"
#include "server/screenshots/screenshot_rows.hpp"

#include <charconv>

namespace activitytrack::server {
namespace {

constexpr std::size_t default_limit = 1000, max_limit = 1000;

using After = std::optional<std::pair<Time, std::string>>;

std::string cursor_after(const Screenshot& last) {
  return make_name_cursor(std::to_string(last.taken_at.time_since_epoch().count()) + "/" + last.id);
}

Result<After> read_cursor(const Target& target) {
  const auto text = name_cursor_parameter(target, "cursor");
  if (!text) return text.error();
  if (text->empty()) return After();
  std::int64_t micros = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), micros);
  const auto slash = static_cast<std::size_t>(end - text->data());
  const bool is_split = error == std::errc() && slash < text->size() && (*text)[slash] == '/';
  if (!is_split || !is_screenshot_id(text->substr(slash + 1)))
    return Error{ErrorCode::invalid_input, "cursor: must be the next_cursor of an answer, as it was"};
  return After(std::pair(Time(std::chrono::microseconds(micros)), text->substr(slash + 1)));
}

/// The asked days, on the clock of a zone or of the machine.
Result<void> set_days(const AskedDays& asked, Date first, Date last, ScreenshotQuery& query) {
  if (asked.zone.empty()) {
    query.local = {Time(std::chrono::sys_days(first)), Time(std::chrono::sys_days(last) + std::chrono::days(1))};
    query.taken = {day_anywhere(first).start, day_anywhere(last).end};
    return {};
  }
  const auto begin = day_in_zone(first, asked.zone), end = day_in_zone(last, asked.zone);
  if (!begin || !end) return (begin ? end : begin).error();
  query.taken = {begin->start, end->end};
  return {};
}

Result<ScreenshotQuery> read_query(const Target& target, const std::string& machine_zone, Time now) {
  ScreenshotQuery query;
  const auto asked = read_asked_days(target);
  if (!asked) return asked.error();
  const auto limit = count_parameter(target, "limit", default_limit, max_limit);
  if (!limit) return limit.error();
  auto after = read_cursor(target);
  if (!after) return after.error();
  const Date first = asked->from ? *asked->from : asked->date.value_or(today(machine_zone, asked->zone, now));
  if (auto set = set_days(*asked, first, asked->to.value_or(first), query); !set)
    return Error{set.error().code, "tz: " + set.error().message};
  query.limit = *limit + 1;  // one more than asked for tells whether there is a next page
  query.after = std::move(*after);
  return query;
}

Response to_response(std::vector<ScreenshotRow> rows, std::size_t limit) {
  const bool more = rows.size() > limit;
  if (more) rows.resize(limit);
  Response response{.body = R"({"screenshots":[)"};
  for (const ScreenshotRow& row : rows) {
    if (response.body.back() != '[') response.body += ',';
    response.body += screenshot_json(row);
  }
  response.body += R"(],"next_cursor":)" + (more ? '"' + cursor_after(rows.back().shot) + '"' : "null") + "}";
  return response;
}

}  // namespace

Response get_screenshots(const Request& request, Services& services) {
  const std::string& machine_id = request.arguments.at(0);
  const auto machine = services.reader.machine(machine_id);
  if (!machine) return logged_store_problem(machine.error(), services.log);
  const std::string zone = *machine ? (*machine)->timezone : "";
  const auto query = read_query(request.target, zone, services.clock.now());
  if (!query) return problem(400, query.error().message);
  const auto erased = is_being_erased(services.database, machine_id);
  if (!erased) return logged_store_problem(erased.error(), services.log);
  if (*erased) return problem(404, "there are no screenshots of this machine");
  auto rows = list_screenshots(services.database, machine_id, *query);
  if (!rows) return logged_store_problem(rows.error(), services.log);
  if (rows->empty() && !*machine) {
    const auto any = every_screenshot(services.database, machine_id, std::nullopt, 1);
    if (!any) return logged_store_problem(any.error(), services.log);
    if (any->empty()) return problem(404, "there are no screenshots of this machine");
  }
  return to_response(std::move(*rows), query->limit - 1);
}

std::variant<ScreenshotRow, Response> shown_screenshot(const Request& request, Services& services) {
  const auto erased = is_being_erased(services.database, request.arguments.at(0));
  if (!erased) return logged_store_problem(erased.error(), services.log);
  const auto row = find_screenshot(services.database, request.arguments[0], request.arguments.at(1));
  if (!row) return logged_store_problem(row.error(), services.log);
  const bool is_shown = !*erased && *row && (*row)->state == ScreenshotState::stored;
  if (!is_shown) return problem(404, "there is no such screenshot");
  return **row;
}

Response get_screenshot(const Request& request, Services& services) {
  const auto shown = shown_screenshot(request, services);
  if (const auto* nothing = std::get_if<Response>(&shown)) return *nothing;
  return {.body = screenshot_json(std::get<ScreenshotRow>(shown))};
}

Response delete_screenshot(const Request& request, Services& services) {
  const auto shown = shown_screenshot(request, services);
  if (const auto* nothing = std::get_if<Response>(&shown)) return *nothing;
  const Screenshot& shot = std::get<ScreenshotRow>(shown).shot;
  const auto begun = audited(services.database, audit_entry(request, services.clock.now(), 200), [&]() -> Result<void> {
    const auto going = begin_removal(services.database, shot.machine_id, shot.id);
    if (!going) return going.error();
    if (!*going) return Error{ErrorCode::not_found, "gone"};
    return {};
  });
  if (!begun && begun.error().code == ErrorCode::not_found) return problem(404, "there is no such screenshot");
  if (!begun) return logged_store_problem(begun.error(), services.log);
  // It is shown no more; what fails here is done again by maintenance.
  if (auto removed = services.screenshots.remove(shot); !removed)
    services.log.warning("a picture will be removed later", {{"error", std::string_view(removed.error().message)}});
  return {.body = "{}"};
}

}  // namespace activitytrack::server
