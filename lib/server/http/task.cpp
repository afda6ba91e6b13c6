#include "server/http/task.hpp"

#include <boost/asio/post.hpp>

namespace activitytrack::server {

void Wakeups::wake(Waiter& waiter) {
  bool is_first = false;
  {
    const std::lock_guard lock(mutex_);
    is_first = woken_.empty();
    woken_.push_back(&waiter);
  }
  if (is_first) boost::asio::post(context_, [this] { deliver(); });
}

void Wakeups::deliver() {
  {
    const std::lock_guard lock(mutex_);
    std::swap(woken_, delivering_);
  }
  for (Waiter* waiter : delivering_) waiter->resume();
  delivering_.clear();
}

}  // namespace activitytrack::server
