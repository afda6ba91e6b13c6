#include "core/event_fields.hpp"
#include "core/text.hpp"

#include <activitytrack/core/event.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace activitytrack {
namespace {

constexpr std::array<std::string_view, 4> verdict_names{"none", "genuine", "scripted", "mixed"};

constexpr std::array<std::string_view, 6> gap_names{"asleep", "paused", "stopped", "off", "blind", "clock"};

constexpr double most_bytes = 9e15;  // below 2^53: exact in every JSON reader
constexpr double longest_interval_sec = 86'400;

/// A count of what the person did: where one is above 0, there was input.
constexpr EventField genuine(std::string_view name, std::int64_t Event::*count) {
  return {.name = name, .member = count, .max = max_count, .genuine_input = true};
}

// name, member, least, greatest, longest, required, prose
const auto event_table = std::to_array<EventField>({
    {"machine_id", &Event::machine_id, 0, 0, max_machine_id_bytes, true},
    {"timestamp", &Event::timestamp, 0, 0, 40, true},
    genuine("key_count", &Event::key_count),
    genuine("mouse_clicks", &Event::mouse_clicks),
    genuine("mouse_distance_px", &Event::mouse_distance_px),
    genuine("scroll_count", &Event::scroll_count),
    {"active_window", &Event::active_window, 0, 0, 1024, false, true},
    {"active_app", &Event::active_app, 0, 0, 512, false, true},
    {"is_idle", &Event::is_idle},
    {"cpu_percent", &Event::cpu_percent, 0, 100},
    {"ram_used_percent", &Event::ram_used_percent, 0, 100},
    {"disk_used_percent", &Event::disk_used_percent, 0, 100},
    {"interval_sec", &Event::interval_sec, 0, longest_interval_sec},
    {"active_sec", &Event::active_sec, 0, longest_interval_sec},
    {"timezone", &Event::timezone, 0, 0, 64},
    {"utc_offset_min", &Event::utc_offset_min, -18 * 60, 18 * 60},
    {"disk_read_bytes", &Event::disk_read_bytes, 0, most_bytes},
    {"disk_write_bytes", &Event::disk_write_bytes, 0, most_bytes},
    {"input_verdict", &Event::input_verdict, 0, 0, 16},
    {"genuine_score", &Event::genuine_score, 0, 1},
    {"scripted_reasons", &Event::scripted_reasons, 0, max_reasons, max_reason_bytes, false, true},
    {"scripted_count", &Event::scripted_count, 0, max_count},
    {"gap_before", &Event::gap_before, 0, 0, 16},
    {"input_measures", &Event::input_measures, 0, max_measures, max_measure_name_bytes},
});

}  // namespace

std::string_view to_string(Verdict verdict) noexcept { return verdict_names[static_cast<std::size_t>(verdict)]; }

std::optional<Verdict> parse_verdict(std::string_view word) noexcept {
  return parse_enum<Verdict>(verdict_names, word);
}

std::string_view to_string(Gap gap) noexcept { return gap_names[static_cast<std::size_t>(gap)]; }

std::optional<Gap> parse_gap(std::string_view word) noexcept { return parse_enum<Gap>(gap_names, word); }

InputMeasures InputMeasures::of_json(std::string_view json) {
  InputMeasures measures;
  measures.json_ = json;
  return measures;
}

void InputMeasures::add(std::string_view name, float value) {
  if (!std::isfinite(value)) return;
  if (json_.empty()) {
    json_ = '{';
  } else {
    json_.back() = ',';
  }
  json_.append(1, '"').append(name).append("\":");
  char text[32];  // + 0: many readers know no -0
  json_.append(text, std::to_chars(text, text + sizeof text, value + 0.0F).ptr) += '}';
}

std::span<const EventField> event_fields() noexcept { return event_table; }

std::span<const EventField> event_columns() noexcept { return event_fields().first(event_table.size() - 1); }

int find_event_field(std::string_view name) noexcept {
  const auto found = std::ranges::find(event_table, name, &EventField::name);
  return found == event_table.end() ? -1 : static_cast<int>(found - event_table.begin());
}

}  // namespace activitytrack
