#include "server/http/fair_pool.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace activitytrack::server {

FairPool::FairPool(const Size& size) : size_(size) {
  for (std::size_t i = 0; i < size_.threads; ++i) threads_.emplace_back([this] { run(); });
}

FairPool::Taken FairPool::begin(std::string_view asker, Work work) {
  const std::lock_guard lock(mutex_);
  if (new_waiting_ >= size_.most_waiting) return Taken::all_have_many;
  const auto known = askers_.find(asker);
  if (known != askers_.end() && known->second.new_waiting >= size_.most_waiting_each) return Taken::asker_has_many;
  add(asker, {std::move(work), Clock::now()});
  return Taken::yes;
}

void FairPool::go_on(std::string_view asker, std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  add(asker, {[work = std::move(work)](Turn) { work(); }, Clock::time_point::max()});
}

void FairPool::add(std::string_view asker, Piece piece) {
  auto known = askers_.find(asker);
  if (known == askers_.end()) known = askers_.try_emplace(std::string(asker)).first;
  const bool is_new = piece.since != Clock::time_point::max();
  known->second.new_waiting += is_new;
  new_waiting_ += is_new;
  known->second.waiting.push_back(std::move(piece));
  give_turn(known);
}

void FairPool::give_turn(Askers::iterator asker) {
  Asker& its = asker->second;
  const std::size_t most_running = std::max<std::size_t>(size_.threads, 2) - 1;
  if (its.has_turn || its.waiting.empty() || its.running >= most_running) return;
  its.has_turn = true;
  turns_.push_back(asker);
  has_work_.notify_one();
}

void FairPool::forget_if_idle(Askers::iterator asker) {
  const Asker& its = asker->second;
  if (its.waiting.empty() && its.running == 0 && !its.has_turn) askers_.erase(asker);
}

void FairPool::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    has_work_.wait(lock, [this] { return stopping_ || !turns_.empty(); });
    // What an asker has waiting while it is not its turn is for the thread that ends a piece of theirs.
    if (turns_.empty()) return;
    const auto asker = turns_.front();
    turns_.pop_front();
    Asker& its = asker->second;
    its.has_turn = false;
    if (its.waiting.empty()) {  // all of it was given up
      forget_if_idle(asker);
      continue;
    }
    Piece piece = std::move(its.waiting.front());
    its.waiting.pop_front();
    const bool is_new = piece.since != Clock::time_point::max();
    its.new_waiting -= is_new;
    new_waiting_ -= is_new;
    ++its.running;
    give_turn(asker);
    lock.unlock();
    piece.work(Turn::now);
    piece.work = nullptr;  // what it holds ends here, too
    lock.lock();
    --its.running;
    give_turn(asker);
    forget_if_idle(asker);
  }
}

void FairPool::give_up(Clock::time_point since) {
  std::vector<Piece> late;
  {
    const std::lock_guard lock(mutex_);
    for (auto& [name, asker] : askers_) {
      const auto is_late = [since](const Piece& piece) { return piece.since < since; };
      const auto kept = std::stable_partition(asker.waiting.begin(), asker.waiting.end(), std::not_fn(is_late));
      const auto count = static_cast<std::size_t>(asker.waiting.end() - kept);
      std::move(kept, asker.waiting.end(), std::back_inserter(late));
      asker.waiting.erase(kept, asker.waiting.end());
      asker.new_waiting -= count;
      new_waiting_ -= count;
    }
  }
  for (const Piece& piece : late) piece.work(Turn::too_late);
}

void FairPool::join() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  has_work_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

}  // namespace activitytrack::server
