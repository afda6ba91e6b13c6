#include "auth/password_queue.hpp"

#include <utility>

namespace activitytrack::server {

PasswordQueue::PasswordQueue(std::size_t capacity) : capacity_(capacity) {
  thread_ = std::thread([this] { run(); });
}

PasswordQueue::~PasswordQueue() { stop(); }

bool PasswordQueue::submit(Job job, bool is_known) {
  {
    const std::lock_guard lock(mutex_);
    auto& queue = is_known ? known_ : unknown_;
    if (stopping_ || queue.size() >= capacity_) return false;
    queue.push_back(std::move(job));
  }
  work_.notify_one();
  return true;
}

void PasswordQueue::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void PasswordQueue::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    work_.wait(lock, [this] { return stopping_ || !known_.empty() || !unknown_.empty(); });
    auto& queue = known_.empty() ? unknown_ : known_;
    if (queue.empty()) return;
    const Job job = std::move(queue.front());
    queue.pop_front();
    lock.unlock();
    job();
    lock.lock();
  }
}

}  // namespace activitytrack::server
