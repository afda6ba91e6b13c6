#include "core/worker.hpp"

#include <exception>
#include <utility>

namespace activitytrack {

using namespace std::chrono_literals;

void Worker::start(Step step, std::size_t threads) {
  const Lock held = lock();
  while (threads_.size() < threads) threads_.emplace_back([this, step] { run(step); });
}

void Worker::stop() {
  ask_to_stop();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void Worker::ask_to_stop() {
  change([this] { stopping_ = true; });
}

void Worker::run(const Step& step) {
  Lock lock(mutex_);
  bool failed_at_stop = false;
  while (true) {
    try {
      if (!step(lock)) return;
      if (!lock.owns_lock()) lock.lock();
      failed_at_stop = false;
      continue;
    } catch (const std::exception& e) {
      log_.error("a thread failed; it goes on in a second", {{"thread", std::string_view(name_)}, {"error", e.what()}});
    } catch (...) {
      log_.error("a thread failed; it goes on in a second", {{"thread", std::string_view(name_)}});
    }
    if (!lock.owns_lock()) lock.lock();
    if (stopping_ && std::exchange(failed_at_stop, true)) return;
    rest(lock, 1s);
  }
}

}  // namespace activitytrack
