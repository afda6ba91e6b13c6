#include "server/api/schemas.hpp"

namespace activitytrack::server {
namespace {

using namespace schema;

constexpr std::string_view format = R"({"type":"string","enum":["jpeg","sealed","none"]})";
constexpr std::string_view state = R"({"type":"string","enum":["stored","wanted"]})";
constexpr std::string_view minutes = R"({"type":"integer"})";
constexpr std::string_view fields = R"({"type":"object","properties":{}})";

constexpr Property screenshot[] = {{"machine_id", text},
                                   {"id", text},
                                   {"taken_at", time},
                                   {"timezone", text, false},
                                   {"utc_offset_min", minutes},
                                   {"monitor", text, false},
                                   {"width", count},
                                   {"height", count},
                                   {"format", format},
                                   {"same_as", text, false},
                                   {"size", count, false},
                                   {"sha256", text, false},
                                   {"received_at", time, false}};
constexpr Property page[] = {{"screenshots", "[Screenshot]"}, {"next_cursor", text_or_null}};
constexpr Property put[] = {{"url", text}, {"fields", fields}};
constexpr Property answer[] = {{"state", state}, {"offset", count, false}, {"put", "ScreenshotPut", false}};

constexpr ObjectSchema all[] = {
    {"Screenshot", screenshot},
    {"ScreenshotPage", page},
    {"ScreenshotPut", put},
    {"ScreenshotAnswer", answer},
};

}  // namespace

std::span<const ObjectSchema> screenshot_schemas() noexcept { return all; }

}  // namespace activitytrack::server
