#include "core/event_batch.hpp"
#include "core/json_reader.hpp"
#include "core/text.hpp"
#include "net/http_client.hpp"
#include "report/period.hpp"
#include "sources/source.hpp"

#include <activitytrack/core/clock.hpp>

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <iterator>
#include <set>

namespace activitytrack::report {
namespace {

namespace json = boost::json;

constexpr const char* page_size = "1000";

Error unreadable(const std::string& what) {
  return {ErrorCode::invalid_input,
          "the server's answer cannot be read: " + what + "; is it an activitytrack-server of this version?"};
}

std::optional<Time> time_of(const json::object& object, std::string_view name) {
  const auto time = parse_timestamp(json_text(object, name));
  return time ? std::optional(*time) : std::nullopt;
}

/// What an older server does not say.
void read_rejections(const json::object& from, Machine& machine) {
  const json::value* count = from.if_contains("rejected_events");
  const json::value* latest = from.if_contains("latest_rejection");
  if (count && count->is_int64()) machine.rejected_events = count->get_int64();
  if (!latest || !latest->is_object()) return;
  const std::string field = json_text(latest->get_object(), "field");
  machine.latest_rejection = (field.empty() ? "it" : field) + " " + json_text(latest->get_object(), "error");
}

struct MachinesPage {
  std::vector<Machine> list;
  json::array json;
  std::string next_cursor;
};

Result<MachinesPage> decode_machines(std::string_view body) {
  const auto answer = parse_json_object(body);
  const json::value* machines = answer ? answer->if_contains("machines") : nullptr;
  if (!machines || !machines->is_array()) return unreadable("it has no list 'machines'");
  MachinesPage page{{}, machines->get_array(), json_text(*answer, "next_cursor")};
  auto& list = page.list;
  for (const json::value& value : page.json) {
    if (!value.is_object()) return unreadable("'machines' holds something that is no object");
    const json::object& machine = value.get_object();
    list.push_back({json_text(machine, "machine_id"), json_text(machine, "user_label"), json_text(machine, "timezone"),
                    time_of(machine, "first_seen"), time_of(machine, "last_seen")});
    read_rejections(machine, list.back());
    if (list.back().machine_id.empty()) return unreadable("a machine has no 'machine_id'");
  }
  return page;
}

/// Whose token it is, by /api/me.
Result<std::string> explain_no_machines(std::string_view body) {
  const auto me = parse_json_object(body);
  if (!me) return unreadable("it is no object");
  if (json_text(*me, "role") == "admin") return "no machine has sent anything to the server yet";
  const std::string user = json_text(*me, "user");
  const json::value* given = me->if_contains("machines");
  if (given && given->is_array() && !given->get_array().empty())
    return "none of the machines that " + user + " may read has sent anything yet";
  return "you may read no machine: " + user + " was given none; an administrator can give them some";
}

class ApiSource final : public Source {
 public:
  explicit ApiSource(Fetch fetch) : fetch_(std::move(fetch)) {}

  Result<Machines> machines() override {
    auto answer = ask("/api/machines", decode_machines);
    if (!answer && answer.error().code == ErrorCode::not_found)
      return Error{ErrorCode::not_found, answer.error().message + "; is it the address of an activitytrack-server?"};
    if (!answer) return answer.error();
    auto& [page, body] = *answer;
    if (!page.next_cursor.empty()) return more_machines(std::move(page));
    Machines machines{std::move(page.list), std::move(body)};
    if (!machines.list.empty()) return machines;
    // It only explains: where it cannot be had, the list is empty all the same.
    const auto why = ask("/api/me", explain_no_machines);
    machines.why_none = why ? why->first : "there is no machine that you may read";
    return machines;
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
    auto answer = ask(several_days(asked, "/summary") + "&apps=all", decode_all_apps);
    if (!answer) return answer.error();
    return std::move(answer->first);
  }

  Result<void> events(const Machine& machine, TimeRange range, const EventSink& sink) override {
    const std::string first = activity(machine) + "/events?start=" + percent_encode(format_timestamp(range.start)) +
                              "&end=" + percent_encode(format_timestamp(range.end)) + "&limit=" + page_size;
    std::set<std::string> seen;
    for (std::string cursor;;) {
      const auto body = fetch_(cursor.empty() ? first : first + "&cursor=" + percent_encode(cursor));
      if (!body) return body.error();
      const auto page = decode_batch(*body, MachineIds::kept);
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
  /// All of them, of which the first page is known.
  Result<Machines> more_machines(MachinesPage all) {
    for (std::set<std::string> seen; !all.next_cursor.empty();) {
      if (!seen.insert(all.next_cursor).second) return unreadable("it leads in a circle");
      auto answer = ask("/api/machines?cursor=" + percent_encode(all.next_cursor), decode_machines);
      if (!answer) return answer.error();
      MachinesPage& page = answer->first;
      std::ranges::move(page.list, std::back_inserter(all.list));
      std::ranges::move(page.json, std::back_inserter(all.json));
      all.next_cursor = std::move(page.next_cursor);
    }
    json::object whole;
    whole["machines"] = std::move(all.json);
    whole["next_cursor"] = nullptr;
    return Machines{std::move(all.list), json::serialize(whole)};
  }

  static std::string activity(const Machine& machine) { return "/api/activity/" + percent_encode(machine.machine_id); }
  static std::string in_zone(const MachineDays& asked) {
    return asked.zone.empty() ? "" : "&tz=" + percent_encode(asked.zone);
  }
  static std::string several_days(const MachineDays& asked, const char* what) {
    return activity(asked.machine) + what + "?from=" + format_date(asked.dates.first) +
           "&to=" + format_date(asked.dates.last) + in_zone(asked);
  }

  /// What `decode` makes of the answer to a path, and the answer.
  template <class T>
  Result<std::pair<T, std::string>> ask(const std::string& path, Result<T> (*decode)(std::string_view)) {
    auto body = fetch_(path);
    if (!body) return body.error();
    auto decoded = decode(*body);
    if (!decoded) return decoded.error();
    return std::pair(std::move(*decoded), std::move(*body));
  }

  /// A day with what its summary says, its timeline, both, or only its date.
  Result<Day> day(const MachineDays& asked, Date date, bool with_summary, bool with_timeline) {
    const std::string query = "?date=" + format_date(date) + in_zone(asked);
    Day day;
    day.report.date = date;
    if (with_summary) {
      auto summary = ask(activity(asked.machine) + "/summary" + query, decode_summary);
      if (!summary) return summary.error();
      day = {std::move(summary->first), std::move(summary->second)};
    }
    if (with_timeline) {
      auto timeline = ask(activity(asked.machine) + "/timeline" + query, decode_timeline);
      if (!timeline) return timeline.error();
      if (with_summary) {
        day.report.hours = std::move(timeline->first.hours);
        day.report.gaps = std::move(timeline->first.gaps);
      } else
        day = {std::move(timeline->first), std::move(timeline->second)};
    }
    return day;
  }

  /// One answer has the totals of all the days.
  Result<void> add_totals(const MachineDays& asked, std::vector<Day>& days) {
    auto answer = ask(several_days(asked, "/timeline"), decode_days);
    if (!answer) return answer.error();
    auto& rows = answer->first;
    if (rows.size() != days.size()) return unreadable("it has other days than those that were asked for");
    for (std::size_t i = 0; i < days.size(); ++i) days[i].report.totals = std::move(rows[i].totals);
    return {};
  }

  Fetch fetch_;
};

Error refusal(const HttpResponse& response, const std::string& where, const std::string& token) {
  const std::string said = problem_text(response, token);
  const std::string tail = said.empty() ? "" : " (" + said + ")";
  switch (response.status) {
    case 401:
      return {ErrorCode::unauthorized,
              where + " wants a token that it knows" + tail + "; give one with --token or ACTIVITYTRACK_TOKEN"};
    case 403:
      return {ErrorCode::unauthorized, where + " does not let this token read that" + tail};
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
    if (response->status != 200) return refusal(*response, base.place(), token);
    return std::move(response->body);
  });
}

}  // namespace activitytrack::report
