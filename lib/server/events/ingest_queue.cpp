#include "server/events/ingest_queue.hpp"

#include "server/events/event_row.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <mutex>
#include <utility>

namespace activitytrack::server {
namespace {

/// A transaction beyond this takes longer than others should wait.
constexpr std::size_t max_group_events = 20'000;

/// Of one sender in a group, while others wait: a few milliseconds.
constexpr std::size_t share_events = 500;

/// A credential may have this part of all that may wait.
constexpr std::size_t parts_of_queue = 5;

/// A batch without events has its cost, too.
std::size_t cost(const Submission& batch) { return std::max<std::size_t>(batch.events.size(), 1); }

/// Machines by their credentials, or by their ids where there are none.
std::int64_t sender_key(const Submission& batch) {
  if (batch.sender) return batch.sender->credential;
  if (!batch.events.empty()) return machine_key(batch.events.front().machine_id);
  return batch.agent ? machine_key(batch.agent->machine_id) : 0;
}

/// Answers a batch when all its parts have their answers. From several threads.
class Parts {
 public:
  Parts(std::size_t count, Submission::Done done) : left_(count), done_(std::move(done)) {}

  void add(Result<Counts> counts) {
    {
      const std::lock_guard lock(mutex_);
      if (counts) {
        sum_.accepted += counts->accepted;
        sum_.duplicates += counts->duplicates;
      } else if (!error_) {
        error_ = counts.error();
      }
      if (--left_ > 0) return;
    }
    error_ ? done_(*error_) : done_(sum_);
  }

 private:
  std::mutex mutex_;
  std::size_t left_;
  Counts sum_;
  std::optional<Error> error_;
  Submission::Done done_;
};

/// The parts of a long batch, in order.
std::vector<Submission> split(Submission whole) {
  const std::size_t count = (whole.events.size() + share_events - 1) / share_events;
  const auto parts = std::make_shared<Parts>(count, std::move(whole.done));
  std::vector<Submission> split;
  split.reserve(count);
  for (std::size_t begin = 0; begin < whole.events.size(); begin += share_events) {
    const auto first = whole.events.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto last =
        whole.events.begin() + static_cast<std::ptrdiff_t>(std::min(begin + share_events, whole.events.size()));
    split.push_back({.events = {std::make_move_iterator(first), std::make_move_iterator(last)},
                     .agent = whole.agent,
                     .sender = whole.sender,
                     .rejected = std::exchange(whole.rejected, {}),
                     .done = [parts](Result<Counts> counts) { parts->add(std::move(counts)); }});
  }
  return split;
}

}  // namespace

bool IngestQueue::add(Submission& batch) {
  const std::size_t events = cost(batch);
  if (events_ > 0 && events_ + events > most_events_) return false;
  const std::int64_t key = sender_key(batch);
  const auto [place, is_first] = senders_.try_emplace(key);
  Waiting& waiting = place->second;
  if (batch.sender && !is_first && waiting.events + events > most_events_ / parts_of_queue) return false;
  if (is_first) turns_.push_back(key);
  waiting.batches.push_back(std::move(batch));
  waiting.events += events;
  events_ += events;
  return true;
}

std::vector<Submission> IngestQueue::take_group() {
  std::vector<Submission> group;
  const std::size_t each = turns_.size() == 1 ? max_group_events : share_events;
  std::size_t taken = 0;
  for (std::size_t left = turns_.size(); left > 0 && taken + each <= max_group_events; --left) {
    const std::int64_t key = turns_.front();
    const auto sender = senders_.find(key);
    const std::size_t before = sender->second.events;
    take(sender->second, each, group);
    taken += before - sender->second.events;
    turns_.pop_front();
    sender->second.batches.empty() ? void(senders_.erase(sender)) : turns_.push_back(key);
  }
  events_ -= taken;
  return group;
}

/// Whole batches while there is room; of one that is longer than a share the first part.
void IngestQueue::take(Waiting& from, std::size_t room, std::vector<Submission>& group) {
  for (std::size_t left = room; !from.batches.empty();) {
    if (cost(from.batches.front()) > left) {
      if (left < room) return;  // it is the first at the next turn
      auto parts = split(std::move(from.batches.front()));
      from.batches.pop_front();
      from.batches.insert(from.batches.begin(), std::make_move_iterator(parts.begin()),
                          std::make_move_iterator(parts.end()));
    }
    const std::size_t events = cost(from.batches.front());
    group.push_back(std::move(from.batches.front()));
    from.batches.pop_front();
    from.events -= events;
    left -= events;
  }
}

}  // namespace activitytrack::server
