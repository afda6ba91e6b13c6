#include "core/json_writer.hpp"
#include "server/api/handlers.hpp"
#include "server/api/minutes.hpp"
#include "server/api/parameters.hpp"
#include "server/configuration/feed.hpp"
#include "server/events/admission.hpp"
#include "server/events/hours.hpp"
#include "server/screenshots/screenshot_rows.hpp"

#include <algorithm>
#include <cmath>

// A day's screenshots in slots of ten minutes, and why there are none in those without.

namespace activitytrack::server {
namespace {

constexpr std::chrono::minutes slot_length{10};
constexpr std::size_t most_pictures = 10'000;

/// What is known of the day.
struct SlotDay {
  DayReport day;
  MinuteColumns columns;  ///< a step for each slot
  std::vector<ScreenshotRow> pictures;
  bool may_be_asked = false;  ///< screenshots may be wanted of the machine
};

/// Whether the server wants screenshots of the machine, as far as it knows: its own file may say so, too, which shows
/// by their coming.
bool are_wanted(Services& services, const std::string& machine_id) {
  const auto layers = services.configuration.layers();
  return layers && value_in(layers->wanted(machine_id).values, "features.screenshots") == "true";
}

Result<SlotDay> read_slots(Services& services, const Machine& machine, DayReport day) {
  MinuteColumns columns(day.range, slot_length, false);
  SlotDay slots{std::move(day), std::move(columns), {}, are_wanted(services, machine.machine_id)};
  if (auto added = add_events(services.reader, machine.machine_id, slots.day.range, slots.columns); !added)
    return added.error();
  slots.columns.finish();
  const ScreenshotQuery query{.taken = slots.day.range, .limit = most_pictures};
  auto pictures = list_screenshots(services.database, machine.machine_id, query);
  if (!pictures) return pictures.error();
  slots.pictures = std::move(*pictures);
  slots.may_be_asked = slots.may_be_asked || !slots.pictures.empty();
  return slots;
}

/// The gap that takes most of a slot, if it is most of what was not observed.
std::optional<Gap> gap_of(const std::vector<UnobservedTime>& gaps, TimeRange slot) {
  std::optional<Gap> main_gap;
  std::chrono::microseconds most{0};
  for (const UnobservedTime& gap : gaps) {
    const auto within = std::min(gap.to, slot.end) - std::max(gap.from, slot.start);
    if (within > most) most = within, main_gap = gap.name;
  }
  return main_gap;
}

std::string_view why_none(const SlotDay& slots, TimeRange slot, std::size_t index, Time now) {
  if (slot.start >= now) return "future";
  if (slots.columns.active_sec[index] > 0) return slots.may_be_asked ? "unknown" : "not_asked";
  const auto gap = gap_of(slots.day.gaps, slot);
  const auto length = std::chrono::duration<double>(slot.end - slot.start).count();
  if (gap && slots.columns.observed_sec[index] < length / 2) return to_string(*gap);
  if (!slots.may_be_asked) return "not_asked";
  return slots.columns.observed_sec[index] > 0 ? "idle" : "unknown";
}

void write_picture(JsonWriter& json, const Screenshot& shot) {
  json.begin_object().field("id", shot.id).field("taken_at", format_timestamp(shot.taken_at));
  json.field("monitor", shot.monitor).field("width", shot.width).field("height", shot.height);
  json.field("format", to_string(shot.format));
  json.field("same_as", shot.same_as.empty() ? std::nullopt : std::optional(shot.same_as)).end_object();
}

void write_slots(JsonWriter& json, const SlotDay& slots, Time now) {
  json.key("slots").begin_array();
  auto picture = slots.pictures.begin();
  for (std::size_t i = 0; i < slots.columns.size(); ++i) {
    const Time start = slots.day.range.start + static_cast<int>(i) * slot_length;
    const TimeRange slot{start, std::min(start + slot_length, slots.day.range.end)};
    const auto end = std::find_if(picture, slots.pictures.end(),
                                  [&](const ScreenshotRow& row) { return row.shot.taken_at >= slot.end; });
    json.begin_object().field("start", format_timestamp(slot.start)).field("end", format_timestamp(slot.end));
    json.key("screenshots").begin_array();
    const bool has_any = picture != end;
    for (; picture != end; ++picture) write_picture(json, picture->shot);
    json.end_array().key("why");
    has_any ? json.null() : json.value(why_none(slots, slot, i, now));
    json.key("counts").begin_object().field("active_sec", std::llround(slots.columns.active_sec[i]));
    json.field("key_count", slots.columns.counts[0][i]).field("mouse_clicks", slots.columns.counts[1][i]);
    json.end_object().end_object();
  }
  json.end_array();
}

}  // namespace

Result<Response> get_slots(const Request& request, Services& services) {
  const Time now = services.clock.now();
  Parameters parameters(request.target);
  const AskedDays asked = parameters.days();
  if (asked.from) parameters.refuse("from", "is not taken here: give date");
  if (parameters.wrong()) return *parameters.wrong();
  const auto machine = known_machine(services, request.arguments.at(0));
  if (!machine) return machine.error();
  const Date date = asked.date.value_or(today(machine->timezone, asked.zone, now));
  auto day = read_day(services.reader, *machine, date, asked.zone, now);
  if (!day) return wrong_zone(day.error());
  auto slots = read_slots(services, *machine, std::move(*day));
  if (!slots) return slots.error();

  Response response;
  JsonWriter json(response.body);
  json.begin_object().field("date", format_date(date)).field("start", format_timestamp(slots->day.range.start));
  json.field("end", format_timestamp(slots->day.range.end));
  write_zones(json, slots->columns);
  write_slots(json, *slots, now);
  json.end_object();
  return response;
}

}  // namespace activitytrack::server
