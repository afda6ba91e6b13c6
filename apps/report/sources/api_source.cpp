#include "sources/source.hpp"

#include "core/text.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/event_json.hpp>

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

/// "" when there is no further page.
Result<std::string> next_cursor(const std::string& body) {
  json::error_code error;
  const json::value parsed = json::parse(body, error);
  if (error || !parsed.is_object()) return unreadable("it is not JSON");
  const json::value* cursor = parsed.get_object().if_contains("next_cursor");
  if (!cursor || cursor->is_null()) return std::string();
  if (!cursor->is_string()) return unreadable("'next_cursor' is not a string");
  return std::string(cursor->get_string());
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

  Result<Day> day(const Machine& machine, Date date, const std::string& zone) override {
    const std::string query = "?date=" + format_date(date) + (zone.empty() ? "" : "&tz=" + percent_encode(zone));
    auto summary = fetch_(activity(machine) + "/summary" + query);
    if (!summary) return summary.error();
    auto timeline = fetch_(activity(machine) + "/timeline" + query);
    if (!timeline) return timeline.error();
    auto report = decode_day(*summary, *timeline);
    if (!report) return report.error();
    return Day{std::move(*report), std::move(*summary), std::move(*timeline)};
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
      const auto next = next_cursor(*body);
      if (!next) return next.error();
      if (next->empty()) return {};
      if (!seen.insert(*next).second) return unreadable("it leads in a circle");
      cursor = *next;
    }
  }

 private:
  static std::string activity(const Machine& machine) { return "/api/activity/" + percent_encode(machine.machine_id); }

  Fetch fetch_;
};

}  // namespace

std::unique_ptr<Source> make_api_source(Fetch fetch) { return std::make_unique<ApiSource>(std::move(fetch)); }

}  // namespace activitytrack::report
