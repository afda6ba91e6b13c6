#include "server/events/postgres_group.hpp"

#include "server/events/machine_key.hpp"
#include "server/events/postgres_partitions.hpp"

#include <algorithm>
#include <tuple>

namespace activitytrack::server {
namespace {

struct Row {
  std::int64_t machine;
  Time timestamp;
  std::size_t batch;
  const Event* event;

  auto key() const { return std::tie(machine, timestamp); }
};

std::vector<Row> rows_of(std::span<const Batch> batches) {
  std::vector<Row> rows;
  for (std::size_t batch = 0; batch < batches.size(); ++batch) {
    std::string_view machine_id;
    std::int64_t machine = 0;
    for (const Event& event : batches[batch].events) {
      if (event.machine_id != machine_id) {
        machine_id = event.machine_id;
        machine = machine_key(machine_id);
      }
      rows.push_back({machine, event.timestamp, batch, &event});
    }
  }
  return rows;
}

}  // namespace

PostgresGroup::PostgresGroup(std::span<const Batch> batches) {
  auto rows = rows_of(batches);
  // Stable: of an event that comes twice, the first is stored.
  std::ranges::stable_sort(rows, [](const Row& a, const Row& b) { return a.key() < b.key(); });
  const auto twice = std::ranges::unique(rows, [](const Row& a, const Row& b) { return a.key() == b.key(); });
  rows.erase(twice.begin(), twice.end());
  for (const Row& row : rows) {
    machines_.push_back(row.machine);
    events_.push_back(row.event);
    batches_.push_back(row.batch);
    hours_.emplace_hint(hours_.end(), row.machine, hour_of(*row.event));
    months_.insert(month_of(row.timestamp));
  }
  new_.resize(rows.size());
}

bool PostgresGroup::mark_new(std::int64_t machine, Time timestamp) {
  const auto [first, last] = std::ranges::equal_range(machines_, machine);
  const auto of_machine = std::span(events_).subspan(static_cast<std::size_t>(first - machines_.begin()),
                                                     static_cast<std::size_t>(last - first));
  const auto found = std::ranges::lower_bound(of_machine, timestamp, {}, [](const Event* e) { return e->timestamp; });
  if (found == of_machine.end() || (*found)->timestamp != timestamp) return false;
  new_[static_cast<std::size_t>(&*found - events_.data())] = true;
  return true;
}

void PostgresGroup::mark_all_new() { new_.assign(new_.size(), true); }

std::vector<Counts> PostgresGroup::counts(std::span<const Batch> batches) const {
  std::vector<Counts> counts;
  for (const Batch& batch : batches) counts.push_back({0, batch.events.size()});
  for (std::size_t i = 0; i < events_.size(); ++i) {
    if (!new_[i]) continue;
    ++counts[batches_[i]].accepted;
    --counts[batches_[i]].duplicates;
  }
  return counts;
}

GroupHours PostgresGroup::new_hours() const {
  GroupHours hours;
  for (std::size_t i = 0; i < events_.size(); ++i) {
    if (new_[i]) hours.add(machines_[i], *events_[i]);
  }
  return hours;
}

}  // namespace activitytrack::server
