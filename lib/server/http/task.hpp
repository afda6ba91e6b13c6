#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace activitytrack::server {

// The network's thread runs one io_context: naming its executor saves what type erasure would cost.
// Arguments of co_await are named first: gcc 12 destroys non-trivial temporaries there twice.

using Executor = boost::asio::io_context::executor_type;
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;

/// A coroutine on the network's thread.
template <class T>
using Task = boost::asio::awaitable<T, Executor>;

constexpr boost::asio::use_awaitable_t<Executor> use_task;
constexpr auto as_result = boost::asio::as_tuple(use_task);

/// Where one coroutine waits until another thread has done something. Used only on the network's thread.
class Waiter {
 public:
  /// Returns once woken. The thread that will wake it is given its work before this, without a suspension between.
  Task<void> wait() {
    auto initiate = [this](auto resume) { resume_ = std::make_unique<Resume<decltype(resume)>>(std::move(resume)); };
    return boost::asio::async_initiate<const boost::asio::use_awaitable_t<Executor>, void()>(initiate, use_task);
  }

  /// The same for one that waits for something else meanwhile, which `interrupt` ends: called once it is woken. To be
  /// set before any suspension, and to be ended by is_woken() being seen.
  void interrupt_by(std::function<void()> interrupt) {
    woken_ = false;
    interrupt_ = std::move(interrupt);
  }
  bool is_woken() const { return woken_; }

  void resume() {
    woken_ = true;
    const auto interrupt = std::exchange(interrupt_, nullptr);
    if (interrupt) return interrupt();
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
  std::function<void()> interrupt_;
  bool woken_ = false;
};

/// Wakes waiters from other threads. What comes while the network's thread is busy is delivered in one go.
class Wakeups {
 public:
  explicit Wakeups(boost::asio::io_context& context) : context_(context) {}

  /// Has the waiter's coroutine go on, on the network's thread. Callable from any. The waiter lives until then.
  void wake(Waiter& waiter) {
    std::unique_lock lock(mutex_);
    woken_.push_back(&waiter);
    const bool is_first = woken_.size() == 1;
    lock.unlock();
    if (is_first) boost::asio::post(context_, [this] { deliver(); });
  }

 private:
  void deliver() {
    {
      const std::lock_guard lock(mutex_);
      std::swap(woken_, delivering_);
    }
    for (Waiter* waiter : delivering_) waiter->resume();
    delivering_.clear();
  }

  boost::asio::io_context& context_;
  std::mutex mutex_;
  std::vector<Waiter*> woken_;
  std::vector<Waiter*> delivering_;  ///< only on the network's thread; kept for its memory
};

}  // namespace activitytrack::server
