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
      {"FleetCounts",
       {{"active", count}, {"idle", count}, {"scripted", count}, {"paused", count}, {"asleep", count},
        {"stopped", count}, {"capture_failing", count}, {"offline", count}}},
  };
  // clang-format on
}

}  // namespace activitytrack::server
