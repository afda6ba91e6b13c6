#pragma once

#include "server/demo/demo_pictures.hpp"
#include "server/events/store.hpp"
#include "server/maintenance/retention.hpp"

#include <functional>
#include <string>
#include <vector>

// Machines that there are not, with days as people have them: to look at pages, and to measure. All that is made is
// marked as made up, and can be taken away again.

namespace activitytrack::server {

struct DemoWish {
  DemoTimes times{};
  std::size_t machines = 12;
  int picture_days = 3;    ///< the last ones, of machines that take pictures
  std::string password{};  ///< of the people that are made
};

struct DemoMade {
  std::int64_t events = 0;
  std::int64_t pictures = 0;
};

/// Makes machines with events, labels, groups, settings and pictures, the admin `demo`, the manager `demo-lead`, and a
/// person for each of the first machines. Called with how many machines are done, of `machines`. `already_exists` if a
/// machine, a person or a group of these names is there that is not made up.
Result<DemoMade> make_demo(Store& store, const DemoGallery& gallery, const DemoWish& wish,
                           const std::function<void(std::size_t done)>& progress);

/// Removes all that demos made.
Result<void> remove_demo(Store& store, Screenshots& screenshots, Time now, const Pause& pause);

/// How many machines there are that are not made up.
Result<std::size_t> count_real_machines(Database& database);

/// Goes on where a demo ended: what happens at its machines from then on.
class DemoFeed {
 public:
  DemoFeed(DemoTimes times, std::size_t machines)
      : times_(times), machines_(demo_machines(machines)), from_(times.now) {}

  /// Stores what happened until `now`. Returns the number of events.
  Result<std::int64_t> add(StoreWriter& writer, Time now);

 private:
  DemoTimes times_;
  std::vector<DemoMachine> machines_;
  Time from_;
};

}  // namespace activitytrack::server
