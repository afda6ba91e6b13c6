#include "server/demo/day_plan.hpp"

#include "core/text.hpp"
#include "report/wall_clock.hpp"
#include "server/demo/dice.hpp"

#include <algorithm>

namespace activitytrack::server {
namespace {

using namespace std::chrono_literals;
using std::chrono::minutes;
using Doing = Stretch::Doing;

constexpr auto travelled_ago = std::chrono::days(5), offline_since = std::chrono::days(3);

Time travels_at(const DemoTimes& times) {
  return std::chrono::floor<std::chrono::days>(times.now) - travelled_ago + 14h;
}

/// A day as it is planned, in minutes from its midnight; later stretches lie over earlier ones.
class Planner {
 public:
  Planner(TimeRange day, std::chrono::seconds interval)
      : day_(day), step_(std::max<std::chrono::seconds>(60s, interval)) {}

  void put(double from_min, double to_min, Doing doing, Gap gap = Gap::off) {
    const TimeRange time{at(from_min), at(to_min)};
    if (time.start >= time.end) return;
    std::vector<Stretch> all;
    for (const Stretch& old : plan_) {
      if (old.time.start < time.start)
        all.push_back({{old.time.start, std::min(old.time.end, time.start)}, old.doing, old.gap});
      if (old.time.end > time.end)
        all.push_back({{std::max(old.time.start, time.end), old.time.end}, old.doing, old.gap});
    }
    all.push_back({time, doing, gap});
    std::ranges::sort(all, {}, [](const Stretch& stretch) { return stretch.time.start; });
    plan_ = std::move(all);
  }

  std::vector<Stretch> take() { return std::move(plan_); }

 private:
  /// On the grid of the events' intervals.
  Time at(double minute) const {
    const Time time = day_.start + std::chrono::seconds(static_cast<std::int64_t>(minute * 60));
    return std::clamp(Time(time - (time.time_since_epoch() % step_)), day_.start, day_.end);
  }

  TimeRange day_;
  std::chrono::seconds step_;
  std::vector<Stretch> plan_;
};

constexpr double whole_day = 26 * 60;  // more than any

/// Whether they work that day, and for how long. Nobody is ill lately, so that there is something to see now.
double work_min(Dice& dice, const DemoPerson& person, std::chrono::weekday day, bool is_lately) {
  if (person.quirk == Quirk::always_on) return dice.between(600, 660);
  if (day == std::chrono::Sunday) return 0;
  if (day == std::chrono::Saturday) return dice.chance(0.15) ? dice.between(60, 200) : 0;
  if (dice.chance(0.05) && !is_lately) return 0;  // ill
  return day == std::chrono::Friday ? dice.between(330, 450) : dice.between(450, 580);
}

void put_lunch(Planner& plan, Dice& dice, Lunch lunch, double begin) {
  const double length = dice.between(28, 65);
  switch (lunch) {
    case Lunch::idle:
      return plan.put(begin, begin + length, Doing::idle);
    case Lunch::asleep:
      return plan.put(begin, begin + length, Doing::unobserved, Gap::asleep);
    case Lunch::paused:
      return plan.put(begin, begin + length, Doing::unobserved, Gap::paused);
    case Lunch::off:
      return plan.put(begin, begin + length, Doing::unobserved, Gap::off);
  }
}

void put_work(Planner& plan, Dice& dice, const DemoPerson& person, double length) {
  const double begin = person.begins_min + dice.between(-25, 25), end = begin + length;
  plan.put(begin, end, Doing::working);
  for (int i = dice.whole(2, 5); i > 0; --i) {  // coffee, a word with somebody
    const double pause = dice.between(begin + 30, end - 20);
    plan.put(pause, pause + dice.between(4, 16), Doing::idle);
  }
  for (int i = dice.whole(1, 2); i > 0; --i) {  // meetings
    const double meeting = dice.between(begin, end - 40);
    plan.put(meeting, meeting + dice.between(20, 60), Doing::reading);
  }
  if (length > 300) put_lunch(plan, dice, person.lunch, begin + dice.between(175, 235));
  if (person.quirk == Quirk::scripted) {
    const double scripted = begin + dice.between(80, 120);
    plan.put(scripted, scripted + dice.between(25, 50), Doing::scripted);
  }
  if (dice.chance(0.2)) {
    const double paused = dice.between(begin + 60, end - 30);
    plan.put(paused, paused + dice.between(8, 25), Doing::unobserved, Gap::paused);
  }
}

}  // namespace

std::uint64_t demo_seed(const DemoMachine& machine, const DemoTimes& times, std::int64_t part) {
  return fnv1a(machine.id + "/" + std::to_string(times.seed) + "/" + std::to_string(part));
}

std::string demo_zone(const DemoMachine& machine, const DemoTimes& times, Time time) {
  const bool is_there = machine.person.quirk == Quirk::travels && time >= travels_at(times);
  return std::string(is_there ? travelled_to : machine.person.zone);
}

std::optional<Time> last_contact(const DemoMachine& machine, const DemoTimes& times) {
  if (machine.person.quirk != Quirk::offline) return std::nullopt;
  return times.now - offline_since;
}

std::optional<Time> fails_from(const DemoMachine& machine, const DemoTimes& times) {
  if (machine.person.quirk != Quirk::failing) return std::nullopt;
  return std::chrono::floor<std::chrono::hours>(times.now) - 7h;
}

Result<std::vector<Date>> demo_days(const DemoMachine& machine, const DemoTimes& times) {
  const auto today = today_in_zone(times.now, demo_zone(machine, times, times.now));
  if (!today) return today.error();
  std::vector<Date> days;
  for (int ago = times.days - 1; ago >= 0; --ago)
    days.push_back(std::chrono::sys_days(*today) - std::chrono::days(ago));
  return days;
}

Result<std::vector<Stretch>> plan_day(const DemoMachine& machine, const DemoTimes& times, Date date) {
  const std::chrono::sys_days midnight(date);
  // On the day of the journey, the clock of where it begins.
  const auto day = day_in_zone(date, demo_zone(machine, times, Time(midnight) + 12h));
  if (!day) return day.error();
  Dice dice(demo_seed(machine, times, midnight.time_since_epoch().count()));
  Planner plan(*day, times.interval);
  const bool always_on = machine.person.quirk == Quirk::always_on;
  // A laptop is closed at night, a desktop machine switched off.
  const Gap night = machine.person.lunch == Lunch::asleep ? Gap::asleep : Gap::off;
  plan.put(0, whole_day, always_on ? Doing::idle : Doing::unobserved, night);
  const double length =
      work_min(dice, machine.person, std::chrono::weekday(midnight), Time(midnight) + 48h > times.now);
  if (length > 0) put_work(plan, dice, machine.person, length);
  const auto left = std::chrono::duration<double, std::ratio<60>>(travels_at(times) - day->start).count();
  if (machine.person.quirk == Quirk::travels && left > 0 && left < whole_day)
    plan.put(left - 120, left + 360, Doing::unobserved, Gap::off);
  return plan.take();
}

}  // namespace activitytrack::server
