#include "core/event_batch.hpp"
#include "core/text.hpp"
#include "net/http_answer.hpp"
#include "net/http_client.hpp"
#include "report/period.hpp"
#include "sources/source.hpp"

#include <activitytrack/core/clock.hpp>

#include <boost/json.hpp>

#include <set>

namespace activitytrack::report {
namespace {

namespace json = boost::json;

constexpr const char* page_size = "1000";

Error unreadable(const std::string& what) {
  return {ErrorCode::invalid_input,
          "the server's answer cannot be read: " + what + "; is it an activitytrack-server of this version?"};
}

std::string text_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : "";
}

std::optional<Time> time_of(const json::object& object, std::string_view name) {
  const auto time = parse_timestamp(text_of(object, name));
  return time ? std::optional(*time) : std::nullopt;
}

Result<std::vector<Machine>> decode_machines(const std::string& body) {
  json::error_code error;
  const json::value parsed = json::parse(body, error);
  const json::value* machines = parsed.is_object() ? parsed.get_object().if_contains("machines") : nullptr;
  if (error || !machines || !machines->is_array()) return unreadable("it has no list 'machines'");
  std::vector<Machine> list;
  for (const json::value& value : machines->get_array()) {
    if (!value.is_object()) return unreadable("'machines' holds something that is no object");
    const json::object& machine = value.get_object();
    list.push_back({text_of(machine, "machine_id"), text_of(machine, "user_label"), text_of(machine, "timezone"),
                    time_of(machine, "first_seen"), time_of(machine, "last_seen")});
    if (list.back().machine_id.empty()) return unreadable("a machine has no 'machine_id'");
  }
  return list;
}

class ApiSource final : public Source {
 public:
  explicit ApiSource(Fetch fetch) : fetch_(std::move(fetch)) {}

  Result<Machines> machines() override {
    auto body = fetch_("/api/machines");
    if (!body) return body.error();
    auto list = decode_machines(*body);
    if (!list) return list.error();
    return Machines{std::move(*list), std::move(*body)};
  }

  Result<std::vector<Day>> days(const MachineDays& asked, Want want) override {
    const bool by_range = !asked.dates.one() && (want == Want::totals || want == Want::hours);
    const bool with_timeline = want == Want::timelines || want == Want::hours;
    std::vector<Day> days;
    for (std::chrono::sys_days at = asked.dates.first; at <= std::chrono::sys_days(asked.dates.last);
         at += std::chrono::days(1)) {
      const bool with_summary =
          by_range ? want == Want::totals && Date(at) == asked.dates.last : want != Want::timelines;
      auto day = this->day(asked, at, with_summary, with_timeline);
      if (!day) return day.error();
      days.push_back(std::move(*day));
    }
    if (!by_range) return days;
    if (auto added = add_totals(asked, days); !added) return added.error();
    return days;
  }

  Result<Totals> sum(const MachineDays& asked) override {
    const auto body = fetch_(several_days(asked, "/summary") + "&apps=all");
    if (!body) return body.error();
    return decode_all_apps(*body);
  }

  Result<void> events(const Machine& machine, TimeRange range, const EventSink& sink) override {
    const std::string first = activity(machine) + "/events?start=" + percent_encode(format_timestamp(range.start)) +
                              "&end=" + percent_encode(format_timestamp(range.end)) + "&limit=" + page_size;
    std::set<std::string> seen;
    for (std::string cursor;;) {
      const auto body = fetch_(cursor.empty() ? first : first + "&cursor=" + percent_encode(cursor));
      if (!body) return body.error();
      const auto page = decode_batch(*body);
      if (!page) return unreadable(page.error().message);
      if (!page->rejected.empty())
        return unreadable("an event's '" + page->rejected[0].field + "': " + page->rejected[0].error);
      for (const Event& event : page->events)
        if (auto taken = sink(event); !taken) return taken.error();
      if (!page->next_cursor) return {};
      cursor = *page->next_cursor;
      if (cursor.empty()) return unreadable("'next_cursor' is not a string");
      if (!seen.insert(cursor).second) return unreadable("it leads in a circle");
    }
  }

 private:
  static std::string activity(const Machine& machine) { return "/api/activity/" + percent_encode(machine.machine_id); }
  static std::string in_zone(const MachineDays& asked) {
    return asked.zone.empty() ? "" : "&tz=" + percent_encode(asked.zone);
  }
  static std::string several_days(const MachineDays& asked, const char* what) {
    return activity(asked.machine) + what + "?from=" + format_date(asked.dates.first) +
           "&to=" + format_date(asked.dates.last) + in_zone(asked);
  }

  /// A day with what its summary says, its timeline, both, or only its date.
  Result<Day> day(const MachineDays& asked, Date date, bool with_summary, bool with_timeline) {
    const std::string query = "?date=" + format_date(date) + in_zone(asked);
    Day day;
    day.report.date = date;
    if (with_summary) {
      auto body = fetch_(activity(asked.machine) + "/summary" + query);
      if (!body) return body.error();
      auto summary = decode_summary(*body);
      if (!summary) return summary.error();
      day = {std::move(*summary), std::move(*body)};
    }
    if (with_timeline) {
      auto body = fetch_(activity(asked.machine) + "/timeline" + query);
      if (!body) return body.error();
      auto timeline = decode_timeline(*body);
      if (!timeline) return timeline.error();
      if (with_summary)
        day.report.hours = std::move(timeline->hours);
      else
        day = {std::move(*timeline), std::move(*body)};
    }
    return day;
  }

  /// One answer has the totals of all the days.
  Result<void> add_totals(const MachineDays& asked, std::vector<Day>& days) {
    const auto body = fetch_(several_days(asked, "/timeline"));
    if (!body) return body.error();
    auto rows = decode_days(*body);
    if (!rows) return rows.error();
    if (rows->size() != days.size()) return unreadable("it has other days than those that were asked for");
    for (std::size_t i = 0; i < days.size(); ++i) days[i].report.totals = std::move((*rows)[i].totals);
    return {};
  }

  Fetch fetch_;
};

Error refusal(const HttpResponse& response, const std::string& where, const std::string& token) {
  const std::string said = problem_text(response, token);
  const std::string tail = said.empty() ? "" : " (" + said + ")";
  switch (response.status) {
    case 401:
      return {ErrorCode::permission,
              where + " wants a token that it knows" + tail + "; give one with --token or ACTIVITYTRACK_TOKEN"};
    case 403:
      return {ErrorCode::permission, where + " does not let this token read that" + tail};
    case 404:
      return {ErrorCode::not_found, where + " does not have that" + tail};
    default:
      return {response.status >= 500 || response.status == 429 ? ErrorCode::unavailable : ErrorCode::invalid_input,
              where + " answered " + std::to_string(response.status) + tail};
  }
}

}  // namespace

std::unique_ptr<Source> make_api_source(Fetch fetch) { return std::make_unique<ApiSource>(std::move(fetch)); }

Result<Fetch> make_http_fetch(const std::string& server, const std::string& token, const std::string& ca_file,
                              Log& log) {
  auto base = parse_url(server);
  if (!base) return base.error();
  while (base->target.ends_with('/')) base->target.pop_back();
  HttpClientOptions options;
  options.user_agent = "activitytrack-report";
  options.ca_file = ca_file;
  auto client = std::make_shared<HttpClient>(std::move(options));
  if (auto ready = client->prepare(*base); !ready) return ready.error();
  return Fetch([client, base = *base, token, &log](const std::string& path) -> Result<std::string> {
    HttpRequest request;
    request.url = base;
    request.url.target += path;
    request.fields.emplace_back("Accept", "application/json");
    if (!token.empty()) request.fields.emplace_back("Authorization", "Bearer " + token);
    log.debug("asking the server", {{"server", base.origin()}, {"path", path}});
    auto response = client->send(request);
    if (!response) return response.error();
    log.debug("the server answered", {{"path", path}, {"status", response->status}, {"bytes", response->body.size()}});
    if (response->status != 200) return refusal(*response, base.origin(), token);
    return std::move(response->body);
  });
}

}  // namespace activitytrack::report
