#pragma once

#include "server/http/task.hpp"

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace activitytrack::server {

/// Where one coroutine waits for another thread's word. Used by the network's thread alone.
class Waiter {
 public:
  /// Returns once woken. Whoever is to wake it is told before, without leaving the event loop between.
  Task<void> wait() {
    auto initiate = [this](auto resume) { resume_ = std::make_unique<Resume<decltype(resume)>>(std::move(resume)); };
    return boost::asio::async_initiate<const boost::asio::use_awaitable_t<Executor>, void()>(initiate, use_task);
  }

  void resume() {
    const auto resume = std::exchange(resume_, nullptr);
    resume->run();
  }

 private:
  struct AnyResume {
    virtual ~AnyResume() = default;
    virtual void run() = 0;
  };
  template <class Handler>
  struct Resume : AnyResume {
    explicit Resume(Handler handler) : handler_(std::move(handler)) {}
    void run() override { std::move(handler_)(); }
    Handler handler_;
  };

  std::unique_ptr<AnyResume> resume_;
};

/// Brings word from other threads to the network's: what comes while it is busy is delivered in one go.
class Wakeups {
 public:
  explicit Wakeups(boost::asio::io_context& context) : context_(context) {}

  /// Has the waiter's coroutine go on, on the network's thread. Callable from any. The waiter lives until
  /// then.
  void wake(Waiter& waiter);

 private:
  void deliver();

  boost::asio::io_context& context_;
  std::mutex mutex_;
  std::vector<Waiter*> woken_;
  std::vector<Waiter*> delivering_;  ///< the network's thread alone; kept for its memory
};

}  // namespace activitytrack::server
