#include "texts.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/event.hpp>

#include <array>

namespace activitytrack::load {
namespace {

using std::chrono::days;
using std::chrono::minutes;

constexpr Time begin = Time(days(19'737));  // 2024-01-15
constexpr std::uint64_t minutes_a_day = 1440;

struct Place {
  std::string_view app, window;
};
constexpr std::array<Place, 8> places{{
    {"code", "ingest.cpp - activitytrack - Visual Studio Code"},
    {"firefox", "std::vector - cppreference.com — Mozilla Firefox"},
    {"xfce4-terminal", "user@vm: ~/src/activitytrack"},
    {"libreoffice-calc", "Budget 2024.ods - LibreOffice Calc"},
    {"thunderbird", "Re: Grüße aus Köln - Mozilla Thunderbird"},
    {"code", "rollup.cpp - activitytrack - Visual Studio Code"},
    {"firefox", "Issue 1432: events arrive twice — Mozilla Firefox"},
    {"evince", "paper-final-2.pdf — Attention and interruption at work"},
}};

/// Mostly of a person at work; every eighth minute rests. Lagos has no summer time: a year has whole days
/// there.
Event event_of_kind(std::size_t kind) {
  const auto k = static_cast<std::int64_t>(kind);
  Event event;
  event.timestamp = begin;
  event.interval_sec = 60;
  event.timezone = "Africa/Lagos";
  event.utc_offset_min = 60;
  event.cpu_percent = 3.5 + static_cast<double>(k * 7 % 40);
  event.ram_used_percent = 61.25 + static_cast<double>(k % 8);
  event.disk_used_percent = 45.5;
  event.disk_read_bytes = 4096 * (k * 37 % 256);
  event.disk_write_bytes = 4096 * (k * 53 % 512);
  const Place& place = places[(kind / 8) % places.size()];
  event.active_window = place.window;
  event.active_app = place.app;
  event.is_idle = kind % 8 == 7;
  if (event.is_idle) return event;
  event.key_count = 100 + 7 * k;
  event.mouse_clicks = 1 + k % 45;
  event.mouse_distance_px = 2500 + 111 * k;
  event.scroll_count = k % 20;
  event.active_sec = 12.5 + static_cast<double>(k % 48);
  event.input_verdict = Verdict::genuine;
  event.genuine_score = 0.98;
  return event;
}

std::string usual_fields(const Event& e) {
  const auto number = [](auto n) { return std::to_string(n); };
  const auto percent = [](double n) { return std::to_string(n).substr(0, 4); };
  return ",\"key_count\":" + number(e.key_count) + ",\"mouse_clicks\":" + number(e.mouse_clicks) +
         ",\"mouse_distance_px\":" + number(e.mouse_distance_px) + ",\"scroll_count\":" + number(e.scroll_count) +
         ",\"active_window\":\"Visual Studio Code\",\"active_app\":\"code\",\"is_idle\":" +
         (e.is_idle ? "true" : "false") + ",\"cpu_percent\":" + percent(*e.cpu_percent) +
         ",\"ram_used_percent\":" + percent(*e.ram_used_percent) + ",\"disk_used_percent\":45.5}";
}

std::string rest_of(Shape shape, const Event& event) {
  if (shape == Shape::twelve) return '"' + usual_fields(event);
  const std::string text = encode_event(event);
  const std::string stamp = format_timestamp(event.timestamp);
  return text.substr(text.find(stamp) + stamp.size());
}

std::string start_of_body(Shape shape) {
  std::optional<AgentState> agent;
  if (shape != Shape::twelve) agent = AgentState{.version = "0.1.0"};
  std::string body = encode_batch({}, agent);
  body.resize(body.size() - std::string_view("]}").size());
  return body;
}

}  // namespace

Texts::Texts(Shape shape) : start_(start_of_body(shape)) {
  for (std::size_t kind = 0; kind < kinds(); ++kind) rests_.push_back(rest_of(shape, event_of_kind(kind)));
  for (std::uint64_t m = 0; m < minutes_a_day; ++m) {
    minutes_.push_back(format_timestamp(begin + minutes(m)).substr(11));
  }
}

void Texts::add_stamp(std::string& body, std::uint64_t minute) {
  const std::uint64_t day = minute / minutes_a_day;
  while (days_.size() <= day) {
    days_.push_back(format_timestamp(begin + days(days_.size())).substr(0, 11));
  }
  body.append(days_[day]).append(minutes_[minute % minutes_a_day]);
}

void Texts::write(std::string& body, std::string_view machine_id, std::size_t machine, std::uint64_t first,
                  std::uint64_t count) {
  body.assign(start_);
  for (std::uint64_t n = first; n < first + count; ++n) {
    body.append(n == first ? "{\"machine_id\":\"" : ",{\"machine_id\":\"").append(machine_id);
    body.append("\",\"timestamp\":\"");
    add_stamp(body, n);
    body.append(rests_[(n + machine) % kinds()]);
  }
  body.append("]}");
}

}  // namespace activitytrack::load
