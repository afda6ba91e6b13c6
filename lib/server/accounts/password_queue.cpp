#include "server/accounts/password_queue.hpp"

#include <utility>

namespace activitytrack::server {

PasswordQueue::PasswordQueue(std::size_t capacity, std::size_t client_capacity)
    : capacity_(capacity), client_capacity_(client_capacity) {
  checker_ = std::thread([this] { check(); });
  thread_ = std::thread([this] { run(); });
}

PasswordQueue::~PasswordQueue() { stop(); }

void PasswordQueue::submit(Job job) {
  if (!admit(job)) return job.refuse();
  unchecked_work_.notify_one();
  work_.notify_one();
}

/// Takes the job if there is room for it.
bool PasswordQueue::admit(Job& job) {
  const std::lock_guard lock(mutex_);
  auto& queue = job.is_known ? unchecked_ : unknown_;
  if (stopping_ || queue.size() >= capacity_) return false;
  const auto [waiting, is_new] = waiting_.try_emplace(job.client, 0);
  if (waiting->second >= client_capacity_) return false;
  ++waiting->second;
  queue.push_back(std::move(job));
  return true;
}

void PasswordQueue::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  unchecked_work_.notify_one();
  if (checker_.joinable()) checker_.join();
  {
    const std::lock_guard lock(mutex_);
    all_checked_ = true;
  }
  work_.notify_one();
  if (thread_.joinable()) thread_.join();
}

/// One less of a client waits. The mutex is held.
void PasswordQueue::let_go(const std::string& client) {
  const auto waiting = waiting_.find(client);
  if (--waiting->second == 0) waiting_.erase(waiting);
}

void PasswordQueue::check() {
  std::unique_lock lock(mutex_);
  while (true) {
    unchecked_work_.wait(lock, [this] { return stopping_ || !unchecked_.empty(); });
    if (unchecked_.empty()) return;
    Job job = std::move(unchecked_.front());
    unchecked_.pop_front();
    lock.unlock();
    const bool is_known = job.is_known();
    lock.lock();
    auto& queue = is_known ? known_ : unknown_;
    if (queue.size() < capacity_) {
      queue.push_back(std::move(job));
      work_.notify_one();
      continue;
    }
    let_go(job.client);
    lock.unlock();
    job.refuse();
    lock.lock();
  }
}

void PasswordQueue::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    work_.wait(lock, [this] { return all_checked_ || !known_.empty() || !unknown_.empty(); });
    auto& queue = known_.empty() ? unknown_ : known_;
    if (queue.empty()) return;
    const Job job = std::move(queue.front());
    queue.pop_front();
    let_go(job.client);
    lock.unlock();
    job.run();
    lock.lock();
  }
}

}  // namespace activitytrack::server
