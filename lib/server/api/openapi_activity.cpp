#include "server/api/openapi.hpp"

// The shapes of one machine's time as columns.

namespace activitytrack::server {
namespace {

constexpr std::string_view integers_or_null = R"({"type":"array","items":{"type":["integer","null"]}})";
constexpr std::string_view numbers_or_null = R"({"type":"array","items":{"type":["number","null"]}})";
constexpr std::string_view indexes = R"({"type":"array","items":{"type":"integer","minimum":-1}})";
constexpr std::string_view dates = R"({"type":"array","items":{"type":"string","format":"date"}})";
constexpr std::string_view times_or_null =
    R"({"type":"array","items":{"type":["string","null"],"format":"date-time"}})";
constexpr std::string_view rows_of_counts =
    R"({"type":"array","items":{"type":"array","items":{"type":"integer","minimum":0}}})";
constexpr std::string_view why_no_picture =
    R"({"type":["string","null"],"enum":["asleep","paused","stopped","off","blind","clock","idle","not_asked","future","unknown",null]})";
constexpr std::string_view number_or_null = R"({"type":["number","null"]})";
constexpr std::string_view date_or_null = R"({"type":["string","null"],"format":"date"})";

}  // namespace

std::vector<ObjectSchema> activity_schemas() {
  using namespace schema;
  // clang-format off
  return {
      {"Minutes",
       {{"date", date_or_null}, {"timezone", text_or_null}, {"start", time}, {"end", time}, {"step_sec", count},
        {"now", time}, {"zones", "[ZoneSince 100]"}, {"interval_sec", count}, {"columns", "MinuteColumns"},
        {"apps", texts}, {"titles", texts, false}, {"gaps", "[Gap 1002]"}, {"scripted", "[ScriptedStretch 500]"}}},
      {"ZoneSince", {{"from", time}, {"timezone", text}, {"utc_offset_min", R"({"type":"integer"})"}}},
      {"MinuteColumns",
       {{"observed_sec", counts}, {"active_sec", counts}, {"scripted_sec", counts}, {"key_count", counts},
        {"mouse_clicks", counts}, {"mouse_distance_px", counts}, {"scroll_count", counts}, {"scripted_count", counts},
        {"cpu_percent", integers_or_null}, {"ram_used_percent", integers_or_null}, {"genuine_score", numbers_or_null},
        {"app", indexes}, {"title", indexes, false}}},
      {"ScriptedReason", {{"word", text}, {"texts", texts}}},
      {"ScriptedStretch",
       {{"from", time}, {"to", time}, {"scripted_sec", count}, {"score", number_or_null}, {"scripted_count", count},
        {"reasons", "[ScriptedReason 32]"}, {"answer", "VerdictAnswer?"}, {"timestamp", time}, {"date", date, false}}},
      {"VerdictAnswer", {{"text", text}, {"at", time}, {"by", text}}},
      {"VerdictAnswerWanted", {{"text", text}}},
      {"GivenVerdictAnswer", {{"answer", "VerdictAnswer?"}}},
      {"VerdictAnswers", {{"answers", "[VerdictAnswer 10000]"}}},
      {"Verdicts", {{"verdicts", "[ScriptedStretch 100]"}}},
      {"SlotDay", {{"date", date}, {"start", time}, {"end", time}, {"zones", "[ZoneSince 100]"}, {"slots", "[Slot]"}}},
      {"Slot",
       {{"start", time}, {"end", time}, {"screenshots", "[SlotPicture]"}, {"why", why_no_picture}, {"counts", "SlotCounts"}}},
      {"SlotPicture",
       {{"id", text}, {"taken_at", time}, {"monitor", text}, {"width", count}, {"height", count}, {"format", text},
        {"same_as", text_or_null}}},
      {"SlotCounts", {{"active_sec", count}, {"key_count", count}, {"mouse_clicks", count}}},
      {"Range",
       {{"from", date}, {"to", date}, {"timezone", text}, {"days", "RangeDays"}, {"weekday_hours", "WeekdayHours"},
        {"apps", "[App 51]"}, {"day_apps", "DayApps"}, {"totals", "RangeTotals"}, {"before", "RangeBefore"}}},
      {"RangeDays",
       {{"date", dates}, {"observed_sec", counts}, {"active_sec", counts}, {"idle_sec", counts},
        {"scripted_sec", counts}, {"key_count", counts}, {"mouse_clicks", counts}, {"mouse_distance_px", counts},
        {"scroll_count", counts}, {"first_activity", times_or_null}, {"last_activity", times_or_null}}},
      {"WeekdayHours",
       {{"active_sec", counts}, {"scripted_sec", counts}, {"observed_sec", counts}, {"days", counts}}},
      {"DayApps", {{"app", texts}, {"active_sec", rows_of_counts}}},
      {"RangeTotals",
       {{"observed_sec", count}, {"active_sec", count}, {"idle_sec", count}, {"scripted_sec", count}, {"key_count", count},
        {"mouse_clicks", count}, {"mouse_distance_px", count}, {"scroll_count", count}}},
      {"RangeBefore",
       {{"from", date}, {"to", date}, {"active_sec", counts}, {"totals", "RangeTotals"}, {"apps", "[App 51]"}}},
  };
  // clang-format on
}

}  // namespace activitytrack::server
