#include "sender/s3_event_objects.hpp"

#include "net/compress.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/event_json.hpp>
#include <activitytrack/core/screenshot.hpp>

#include <algorithm>
#include <map>
#include <utility>

namespace activitytrack {
namespace {

/// "20240115T103000Z", "20240115T103000500000Z"
std::string in_name(Time time) {
  std::string text = format_timestamp(time);
  std::erase_if(text, [](char c) { return c == '-' || c == ':' || c == '.'; });
  return text;
}

EventObject object_of(const std::string& machine_id, const std::string& date, std::vector<const Event*> events,
                      const std::optional<PublicKey>& seal_for) {
  std::ranges::sort(events, {}, &Event::timestamp);
  EventObject object;
  object.key = "events/" + path_segment(machine_id) + "/" + date + "/" + in_name(events.front()->timestamp) + "-" +
               in_name(events.back()->timestamp) + ".jsonl.zst";
  std::string lines;
  for (const Event* event : events) {
    append_event_json(lines, *event);
    lines += '\n';
  }
  object.bytes = compress(lines, ContentCoding::zstd);
  if (!seal_for) return object;
  object.key += ".sealed";
  object.bytes = seal(object.bytes, *seal_for);
  return object;
}

}  // namespace

std::vector<EventObject> event_objects(std::span<const Event> events, const std::optional<PublicKey>& seal_for) {
  std::map<std::pair<std::string, std::string>, std::vector<const Event*>> days;
  for (const Event& event : events) {
    days[{event.machine_id, format_timestamp(event.timestamp).substr(0, 10)}].push_back(&event);
  }
  std::vector<EventObject> objects;
  for (auto& [day, of_day] : days) {
    objects.push_back(object_of(day.first, day.second, std::move(of_day), seal_for));
  }
  return objects;
}

}  // namespace activitytrack
