#include "server/demo/demo_events.hpp"

#include "report/wall_clock.hpp"
#include "server/demo/dice.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

namespace activitytrack::server {
namespace {

using namespace std::chrono_literals;
using Doing = Stretch::Doing;

/// Long enough that a demo without more to come stays as it is for some hours.
constexpr std::int64_t send_interval_sec = 3600;
constexpr double scripted_per_sec = 2;

/// What goes on from one event to the next.
class Desk {
 public:
  Desk(const Trade& trade, Dice& dice) : trade_(trade), dice_(dice) { turn_to_another(); }

  void fill(Event& event, Doing doing, double seconds) {
    if (dice_.chance(seconds / 240)) turn_to_another();
    pace_ = std::clamp(pace_ + dice_.between(-0.25, 0.25) * std::sqrt(seconds / 60), 0.3, 1.5);
    if (doing == Doing::working || doing == Doing::reading)
      work(event, doing == Doing::working ? pace_ : pace_ / 6, seconds);
    if (doing == Doing::scripted) click(event, seconds);
    load(event, doing, seconds);
  }

 private:
  void turn_to_another() {
    const DemoApp& app =
        trade_.apps[static_cast<std::size_t>(dice_.whole(0, static_cast<int>(trade_.apps.size()) - 1))];
    app_ = app.name;
    title_ = app.titles[static_cast<std::size_t>(dice_.whole(0, static_cast<int>(app.titles.size()) - 1))];
  }

  void work(Event& event, double pace, double seconds) {
    const double share = seconds / 60;
    const bool types = dice_.chance(0.8);
    event.key_count = types ? dice_.about(trade_.keys * pace * share * dice_.between(0.6, 1.4)) : 0;
    event.mouse_clicks = dice_.about(trade_.clicks * pace * share * dice_.between(0.4, 1.6));
    event.mouse_distance_px = dice_.about(trade_.pixels * pace * share * dice_.between(0.4, 1.6));
    event.scroll_count = dice_.chance(0.5) ? dice_.about(trade_.scrolls * pace * share * 2) : 0;
    const double active = std::min(1.0, dice_.between(0.6, 1.3) * std::sqrt(std::min(1.0, pace)));
    event.active_sec = seconds < 60 ? (dice_.chance(active) ? seconds : 0) : std::round(active * seconds * 10) / 10;
    event.is_idle = event.active_sec == 0;
    if (event.is_idle) {
      event.key_count = event.mouse_clicks = event.mouse_distance_px = event.scroll_count = 0;
      return;
    }
    event.active_app = app_;
    event.active_window = title_;
    event.input_verdict = Verdict::genuine;
    event.genuine_score = std::round(dice_.between(0.9, 1) * 1000) / 1000;
  }

  void click(Event& event, double seconds) {
    event.active_app = app_;
    event.active_window = title_;
    event.input_verdict = Verdict::scripted;
    event.genuine_score = std::round(dice_.between(0.01, 0.06) * 1000) / 1000;
    event.scripted_count = static_cast<std::int64_t>(seconds * scripted_per_sec);
    event.scripted_reasons = {"constant_interval", "clicks every 0.50 s without moving", "synthetic_device",
                              "all input comes from a device that is no hardware"};
  }

  void load(Event& event, Doing doing, double seconds) {
    const bool works = doing == Doing::working || doing == Doing::reading;
    ram_ = std::clamp(ram_ + dice_.between(-0.6, 0.65) * std::sqrt(seconds / 60), 38.0, 91.0);
    const double cpu = works ? dice_.between(6, 30) * pace_ + (dice_.chance(0.05) ? 45 : 0) : dice_.between(0.5, 5);
    event.cpu_percent = std::round(cpu * 10) / 10;
    event.ram_used_percent = std::round(ram_ * 10) / 10;
    event.disk_used_percent = disk_;
    event.disk_read_bytes = dice_.about((works ? 90'000 : 4'000) * seconds * dice_.unit());
    event.disk_write_bytes = dice_.about((works ? 60'000 : 9'000) * seconds * dice_.unit());
  }

  const Trade& trade_;
  Dice& dice_;
  std::string_view app_, title_;
  double pace_ = 0.9;
  double ram_ = dice_.between(42, 60);
  double disk_ = std::round(dice_.between(30, 88) * 10) / 10;
};

}  // namespace

Result<std::vector<Event>> demo_events(const DemoMachine& machine, const DemoTimes& times,
                                       const std::vector<Stretch>& day, Time until) {
  std::vector<Event> events;
  const Time end =
      std::min({until, last_contact(machine, times).value_or(until), fails_from(machine, times).value_or(until)});
  const auto seconds = static_cast<double>(times.interval.count());
  Dice dice(demo_seed(machine, times, day.front().time.start.time_since_epoch().count()));
  Desk desk(*machine.person.trade, dice);
  std::optional<Gap> gap;
  std::string zone;
  std::optional<WallClock> clock;
  for (const Stretch& stretch : day) {
    if (stretch.doing == Doing::unobserved) {
      gap = stretch.gap;
      continue;
    }
    for (Time at = stretch.time.start; at + times.interval <= std::min(stretch.time.end, end); at += times.interval) {
      if (const std::string zone_now = demo_zone(machine, times, at); !clock || zone != zone_now) {
        auto found = WallClock::in_zone(zone = zone_now);
        if (!found) return found.error();
        clock = std::move(*found);
      }
      Event event;
      event.machine_id = machine.id;
      event.timestamp = at;
      event.interval_sec = seconds;
      event.timezone = zone;
      event.utc_offset_min = clock->offset_min(at);
      event.gap_before = std::exchange(gap, std::nullopt);
      desk.fill(event, stretch.doing, seconds);
      events.push_back(std::move(event));
    }
  }
  return events;
}

AgentState demo_agent(const DemoMachine& machine, const DemoTimes& times, const std::vector<Stretch>& days, Time now) {
  AgentState agent{
      .version = "1.4.2", .collect_interval_sec = times.interval.count(), .send_interval_sec = send_interval_sec};
  agent.machine_id = machine.id;
  if (const auto since = fails_from(machine, times)) {
    agent.capture = AgentState::Capture::failing;
    agent.state = Gap::blind, agent.since = *since;
    return agent;
  }
  if (machine.person.quirk == Quirk::offline) return agent;
  auto at = std::ranges::find_if(
      days, [&](const Stretch& stretch) { return now >= stretch.time.start && now < stretch.time.end; });
  if (at == days.end() || at->doing != Doing::unobserved) return agent;
  while (at != days.begin() && std::prev(at)->doing == Doing::unobserved) --at;  // since the evening before
  // Of a machine that is switched off, the agent said that it stops.
  agent.state = at->gap == Gap::off ? Gap::stopped : at->gap;
  agent.since = at->time.start;
  if (at->gap == Gap::paused) agent.capture = AgentState::Capture::paused;
  return agent;
}

}  // namespace activitytrack::server
