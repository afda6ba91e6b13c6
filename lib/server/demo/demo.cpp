#include "server/demo/demo.hpp"

#include "server/demo/demo_accounts.hpp"
#include "server/demo/demo_events.hpp"
#include "server/events/made_up.hpp"
#include "server/screenshots/screenshots.hpp"

#include <algorithm>
#include <iterator>

namespace activitytrack::server {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t events_at_once = 5'000;

Result<void> append(StoreWriter& writer, std::span<const Event> events, const std::optional<AgentState>& agent,
                    Time now) {
  while (true) {
    const auto some = events.first(std::min(events.size(), events_at_once));
    const Batch batch{some, agent};
    if (auto stored = writer.append(std::span(&batch, 1), now); !stored) return stored.error();
    events = events.subspan(some.size());
    if (events.empty()) return {};
  }
}

/// What was refused of one machine's, for people to see what that looks like.
Result<void> refuse_some(StoreWriter& writer, const DemoMachine& machine, Time now) {
  if (machine.person.quirk != Quirk::rejections) return {};
  const Rejections rejected{machine.id, 3, "timestamp", "must be an RFC 3339 time such as 2024-01-15T10:30:00Z"};
  const Batch batch{.events = {}, .agent = std::nullopt, .rejected = std::span(&rejected, 1)};
  const auto noted = writer.append(std::span(&batch, 1), now);
  return noted ? Result<void>() : noted.error();
}

/// What is planned for the days of a machine around `now`, one after the other.
Result<std::vector<Stretch>> plan_around(const DemoMachine& machine, const DemoTimes& times, Time now) {
  std::vector<Stretch> all;
  const auto today = std::chrono::floor<std::chrono::days>(now);
  for (auto day = today - std::chrono::days(3); day <= today + std::chrono::days(1); day += std::chrono::days(1)) {
    auto plan = plan_day(machine, times, Date(day));
    if (!plan) return plan;
    std::ranges::move(*plan, std::back_inserter(all));
  }
  return all;
}

Result<void> tell_state(StoreWriter& writer, const DemoMachine& machine, const DemoTimes& times, Time now) {
  const auto plan = plan_around(machine, times, now);
  if (!plan) return plan.error();
  const AgentState agent = demo_agent(machine, times, *plan, now);
  // It said that it is off or asleep as that began, and nothing since.
  return append(writer, {}, agent, agent.state && agent.state != Gap::blind ? agent.since : now);
}

Result<void> fill_day(Store& store, const DemoWish& wish, const DemoMachine& machine, const std::vector<Stretch>& plan,
                      DemoMade& made) {
  const Time until = last_contact(machine, wish.times).value_or(wish.times.now);
  const auto events = demo_events(machine, wish.times, plan, until);
  if (!events) return events.error();
  made.events += static_cast<std::int64_t>(events->size());
  if (events->empty()) return {};
  const Time heard = std::min(until, events->back().timestamp + wish.times.interval);
  return append(*store.writer, *events, std::nullopt, heard);
}

Result<void> fill_machine(Store& store, const DemoGallery& gallery, const DemoWish& wish, const DemoMachine& machine,
                          DemoMade& made) {
  const DemoTimes& times = wish.times;
  const auto days = demo_days(machine, times);
  if (!days) return days.error();
  int to_come = times.days;
  for (const Date date : *days) {
    const auto plan = plan_day(machine, times, date);
    if (!plan) return plan.error();
    if (auto filled = fill_day(store, wish, machine, *plan, made); !filled) return filled;
    if (to_come-- > wish.picture_days || machine.person.pictures == DemoPictures::none) continue;
    const auto pictures = add_demo_pictures(gallery, machine, times, *plan, times.now);
    if (!pictures) return pictures.error();
    made.pictures += *pictures;
  }
  const Time until = last_contact(machine, times).value_or(times.now);
  if (auto told = tell_state(*store.writer, machine, times, until); !told) return told;
  if (auto refused = refuse_some(*store.writer, machine, until); !refused) return refused;
  const auto labelled = store.writer->set_user_label(machine.id, machine.label);
  return labelled ? Result<void>() : labelled.error();
}

/// Before anything is made of them, so that whatever is made can be taken away.
Result<void> mark_machines(Database& database, const std::vector<DemoMachine>& machines) {
  const auto known = known_machines(database);
  if (!known) return known.error();
  const auto ours = all_made_up(database, "machine");
  if (!ours) return ours.error();
  return database.transact([&]() -> Result<void> {
    for (const DemoMachine& machine : machines) {
      if (std::ranges::binary_search(*known, machine.id) && !std::ranges::binary_search(*ours, machine.id))
        return Error{ErrorCode::already_exists, "there is a machine " + machine.id + " that is not made up"};
      if (auto marked = mark_made_up(database, "machine", machine.id); !marked) return marked;
    }
    return {};
  });
}

}  // namespace

Result<std::size_t> count_real_machines(Database& database) {
  const auto known = known_machines(database);
  if (!known) return known.error();
  const auto ours = all_made_up(database, "machine");
  if (!ours) return ours.error();
  return static_cast<std::size_t>(
      std::ranges::count_if(*known, [&](const std::string& id) { return !std::ranges::binary_search(*ours, id); }));
}

Result<DemoMade> make_demo(Store& store, const DemoGallery& gallery, const DemoWish& wish,
                           const std::function<void(std::size_t)>& progress) {
  const auto machines = demo_machines(wish.machines);
  if (auto marked = mark_machines(*store.database, machines); !marked) return marked.error();
  if (auto added = add_demo_people(*store.database, machines, wish.password, wish.times.now); !added)
    return added.error();
  DemoMade made;
  for (std::size_t done = 0; done < machines.size(); ++done) {
    progress(done);
    if (auto filled = fill_machine(store, gallery, wish, machines[done], made); !filled) return filled.error();
  }
  if (auto configured = configure_demo(*store.database, machines, wish.times.now); !configured)
    return configured.error();
  if (auto kept = store.writer->flush(); !kept) return kept.error();
  return made;
}

Result<void> remove_demo(Store& store, Screenshots& screenshots, Time now, const Pause& pause) {
  Database& database = *store.database;
  const auto machines = all_made_up(database, "machine");
  if (!machines) return machines.error();
  for (const std::string& machine : *machines) {
    auto begun = database.transact([&]() -> Result<void> {
      const auto erased = begin_erasure(database, machine, now);
      if (!erased && erased.error().code != ErrorCode::not_found) return erased;
      return unmark_made_up(database, "machine", machine);
    });
    if (!begun) return begun;
    if (auto finished = finish_erasure(database, screenshots, machine, pause); !finished) return finished.error();
  }
  return remove_demo_accounts(database, now);
}

Result<std::int64_t> DemoFeed::add(StoreWriter& writer, Time now) {
  std::int64_t count = 0;
  for (const DemoMachine& machine : machines_) {
    if (machine.person.quirk == Quirk::offline) continue;
    const auto plan = plan_around(machine, times_, now);
    if (!plan) return plan.error();
    auto events = demo_events(machine, times_, *plan, now);
    if (!events) return events.error();
    std::erase_if(*events, [&](const Event& event) { return event.timestamp + times_.interval <= from_; });
    count += static_cast<std::int64_t>(events->size());
    if (auto stored = append(writer, *events, std::nullopt, now); !stored) return stored.error();
    if (auto told = tell_state(writer, machine, times_, now); !told) return told.error();
  }
  from_ = now;
  if (auto kept = writer.flush(); !kept) return kept.error();
  return count;
}

}  // namespace activitytrack::server
