#pragma once

#include "server/http/task.hpp"

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <memory>
#include <utility>

namespace activitytrack::server {

/// Wakes one coroutine of the network's thread, as often as it likes to wait: what rings while it does not wait is not
/// lost. Kept by shared_ptr, since who rings may outlive who waits.
class Bell : public std::enable_shared_from_this<Bell> {
 public:
  explicit Bell(boost::asio::io_context& context) : context_(context) {}

  /// From any thread.
  void ring() {
    if (rung_.exchange(true)) return;
    boost::asio::post(context_, [self = shared_from_this()] {
      if (std::exchange(self->waits_, false)) self->waiter_.resume();
    });
  }

  /// Returns at once if it has rung since the last wait. On the network's thread.
  Task<void> wait() {
    if (!rung_) {
      waits_ = true;
      co_await waiter_.wait();
    }
    rung_ = false;
  }

 private:
  boost::asio::io_context& context_;
  Waiter waiter_;
  std::atomic<bool> rung_{false};
  bool waits_ = false;  ///< only on the network's thread
};

}  // namespace activitytrack::server
