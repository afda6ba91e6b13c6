#include "server/api/openapi.hpp"

// The shapes of what is shown of many machines at once.

namespace activitytrack::server {

std::vector<ObjectSchema> fleet_schemas() {
  using namespace schema;
  // clang-format off
  return {
      {"HourMinutes", {{"active", counts}, {"idle", counts}, {"scripted", counts}}},
      {"ConfigurationStanding",
       {{"state", settings_state}, {"version", count}, {"applied_version", count}, {"error_key", text_or_null},
        {"left_out", count}}},
      {"FleetMachine",
       {{"machine_id", text}, {"user_label", text_or_null}, {"person", text_or_null}, {"groups", texts},
        {"state", machine_state}, {"since", time_or_null}, {"timezone", text_or_null},
        {"utc_offset_min", integer_or_null}, {"agent_version", text_or_null}, {"last_seen", time},
        {"latest_event", time}, {"hours", "HourMinutes"}, {"active_sec", count}, {"idle_sec", count},
        {"scripted_sec", count}, {"usual_active_sec", integer_or_null}, {"configuration", "ConfigurationStanding"}, {"demo", truth, false}}},
      {"Attention",
       {{"cause", text}, {"since", time_or_null}, {"machines", texts}, {"count", count}, {"detail", text}}},
      {"Fleet",
       {{"date", date}, {"timezone", text}, {"start", time}, {"end", time}, {"now", time},
        {"machines", "[FleetMachine 5000]"}, {"attention", "[Attention 10]"}, {"counts", "FleetCounts"},
        {"next_cursor", text_or_null}}},
      {"TeamMachine",
       {{"machine_id", text}, {"user_label", text_or_null}, {"person", text_or_null}, {"groups", texts},
        {"timezone", text_or_null}, {"active_sec", counts}, {"scripted_sec", counts}, {"observed_sec", counts},
        {"total_active_sec", count}, {"total_scripted_sec", count}, {"mean_active_sec", count}}},
      {"TeamTotals", {{"active_sec", counts}}},
      {"Team",
       {{"from", date}, {"to", date}, {"timezone", text_or_null}, {"dates", texts}, {"machines", "[TeamMachine 5000]"},
        {"totals", "TeamTotals"}}},
      {"FoundMachine", {{"machine_id", text}, {"user_label", text_or_null}, {"state", machine_state}}},
      {"FoundPerson", {{"name", text}, {"role", role}}},
      {"SearchResult", {{"machines", "[FoundMachine 100]"}, {"people", "[FoundPerson 100]"}, {"groups", texts}}},
      {"Webhook", {{"url", text_or_null}, {"causes", texts}, {"secret", text, false}}},
      {"WebhookWanted", {{"url", text}, {"causes", texts, false}, {"secret", text, false}}},
      {"WebhookTest", {{"status", count}}},
      {"FleetCounts",
       {{"active", count}, {"idle", count}, {"scripted", count}, {"paused", count}, {"asleep", count},
        {"stopped", count}, {"capture_failing", count}, {"offline", count}}},
  };
  // clang-format on
}

}  // namespace activitytrack::server
