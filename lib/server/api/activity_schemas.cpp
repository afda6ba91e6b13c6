#include "server/api/schemas.hpp"

#include <activitytrack/report/summary.hpp>

#include <algorithm>
#include <array>

namespace activitytrack::server {
namespace {

using namespace schema;

constexpr std::string_view interval = R"({"type":"integer","minimum":1,"maximum":86400})";
constexpr std::string_view capture = R"({"type":"string","enum":["working","paused","failing"]})";
constexpr std::string_view liveness =
    R"({"type":"string","enum":["active","idle","paused","capture_failing","offline"]})";
constexpr std::string_view hour_of_day = R"({"type":"integer","minimum":0,"maximum":23})";
constexpr std::string_view status = R"({"type":"integer","minimum":400,"maximum":599})";

constexpr Property problem[] = {{"type", text}, {"title", text}, {"status", status}, {"detail", text}};
constexpr Property status_alone[] = {{"status", text}};

constexpr Property agent[] = {
    {"version", text}, {"collect_interval_sec", interval}, {"send_interval_sec", interval}, {"capture", capture}};
constexpr Property batch[] = {{"agent", "Agent", false}, {"events", "[Event]"}};
constexpr Property rejected[] = {{"index", count}, {"field", text}, {"error", text}};
constexpr Property batch_answer[] = {{"accepted", count}, {"duplicates", count}, {"rejected", "[Rejected]"}};

constexpr Property machine[] = {{"machine_id", text}, {"user_label", text_or_null}, {"first_seen", time},
                                {"last_seen", time},  {"timezone", text_or_null},   {"latest_event", time},
                                {"state", liveness},  {"agent", "Agent?"}};
constexpr Property machine_page[] = {{"machines", "[Machine]"}, {"next_cursor", text_or_null}};
constexpr Property label[] = {{"user_label", text_or_null}};
constexpr Property event_page[] = {{"events", "[Event]"}, {"next_cursor", text_or_null}};

constexpr Property percent[] = {{"mean", number}, {"max", number}};
constexpr Property app[] = {{"app", text}, {"active_sec", number}, {"key_count", count}};

// What every summary and every row of a timeline has, after what says which it is.
constexpr Property times_and_load[] = {
    {"observed_sec", number},    {"active_sec", number},           {"idle_sec", number},
    {"scripted_sec", number},    {"first_activity", time_or_null}, {"last_activity", time_or_null},
    {"cpu_percent", "Percent?"}, {"ram_used_percent", "Percent?"}, {"disk_used_percent", "Percent?"}};
constexpr auto totals = [] {
  std::array<Property, 1 + summed_fields.size() + std::size(times_and_load) + 1> properties;
  auto next = properties.begin();
  const auto add_sums = [&](bool of_input) {
    for (const SummedField& row : summed_fields)
      if (row.of_input() == of_input) *next++ = {row.name, count};
  };
  *next++ = {"events", count};
  add_sums(true);
  next = std::ranges::copy(times_and_load, next).out;
  add_sums(false);
  *next = {"top_apps", "[App]"};
  return properties;
}();

constexpr Property summary[] = {
    {"machine_id", text}, {"date", date}, {"timezone", text}, {"start", time}, {"end", time}};
constexpr Property hour[] = {{"start", time}, {"hour", hour_of_day}};
constexpr Property timeline[] = {{"machine_id", text}, {"date", date}, {"timezone", text}, {"hours", "[Hour]"}};
constexpr Property period_summary[] = {{"machine_id", text}, {"from", date},  {"to", date},
                                       {"timezone", text},   {"start", time}, {"end", time}};
constexpr Property day[] = {{"date", date}};
constexpr Property period_timeline[] = {{"machine_id", text}, {"from", date}, {"to", date},     {"timezone", text},
                                        {"start", time},      {"end", time},  {"days", "[Day]"}};

constexpr ObjectSchema all[] = {
    {"Problem", problem},
    {"Health", status_alone},
    {"Erasure", status_alone},
    {"Empty", {}},
    {"Agent", agent},
    {"Batch", batch},
    {"Rejected", rejected},
    {"BatchAnswer", batch_answer},
    {"Machine", machine},
    {"MachinePage", machine_page},
    {"Label", label},
    {"EventPage", event_page},
    {"Percent", percent},
    {"App", app},
    {"Summary", summary, totals},
    {"Hour", hour, totals},
    {"Timeline", timeline},
    {"PeriodSummary", period_summary, totals},
    {"Day", day, totals},
    {"PeriodTimeline", period_timeline},
};

}  // namespace

std::span<const ObjectSchema> activity_schemas() noexcept { return all; }

}  // namespace activitytrack::server
