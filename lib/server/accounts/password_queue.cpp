#include "server/accounts/password_queue.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <thread>
#include <utility>

namespace activitytrack::server {
namespace {

/// A hash takes 64 MiB: one thread for each GiB of memory, so that all of them together take a sixteenth of it.
std::size_t threads_of_this_machine() {
  constexpr std::size_t gib = std::size_t{1} << 30, most = 4;
  const auto pages = static_cast<std::size_t>(std::max(0L, ::sysconf(_SC_PHYS_PAGES)));
  const std::size_t by_memory = pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) / gib;
  const std::size_t by_processors = std::thread::hardware_concurrency();
  return std::clamp(std::min(by_memory, by_processors), std::size_t{1}, most);
}

/// Of the calling thread: the server's others, which store and answer, come before it. Linux has a priority for each
/// thread; where it is the process's, or refused, nothing is lost.
void give_way() {
  constexpr int nicer = 5;
  [[maybe_unused]] thread_local const int done = ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), nicer);
}

}  // namespace

std::optional<PasswordJob> FairJobs::push(PasswordJob job, std::size_t room) {
  std::optional<PasswordJob> gone;
  if (size_ >= room) {
    const auto longest = std::ranges::max_element(by_client_, {}, [](const auto& jobs) { return jobs.second.size(); });
    const auto own = by_client_.find(job.client);
    const std::size_t has = own == by_client_.end() ? 0 : own->second.size();
    if (longest == by_client_.end() || longest->second.size() <= has + 1) return job;
    gone = std::move(longest->second.back());
    longest->second.pop_back();
    --size_;
  }
  add(std::move(job));
  return gone;
}

void FairJobs::add(PasswordJob job) {
  auto& jobs = by_client_[job.client];
  if (jobs.empty()) turns_.push_back(job.client);
  jobs.push_back(std::move(job));
  ++size_;
}

PasswordJob FairJobs::pop() {
  std::string client = std::move(turns_.front());
  turns_.pop_front();
  const auto jobs = by_client_.find(client);
  PasswordJob job = std::move(jobs->second.front());
  jobs->second.pop_front();
  --size_;
  jobs->second.empty() ? void(by_client_.erase(jobs)) : turns_.push_back(std::move(client));
  return job;
}

PasswordQueue::PasswordQueue(Log& log, const Options& options)
    : options_(options),
      each_(options.each),
      hashers_("the password queue", log),
      checker_("the password queue's check", log) {
  hashers_.start([this](Worker::Lock& lock) { return run_next(lock); },
                 options.threads > 0 ? options.threads : threads_of_this_machine());
  checker_.start([this](Worker::Lock& lock) { return check_next(lock); });
}

void PasswordQueue::submit(PasswordJob job) {
  if (!job.is_known) return put(unknown_, std::move(job));
  const std::size_t most = hashers_.change([&] { return room(); });
  auto gone = checker_.change([&]() -> std::optional<PasswordJob> {
    if (checker_.stopping()) return std::move(job);
    return unchecked_.push(std::move(job), most);
  });
  if (gone) gone->refuse();
}

void PasswordQueue::stop() {
  checker_.stop();
  hashers_.stop();
}

/// How many are served in the longest time that one may wait.
std::size_t PasswordQueue::room() const {
  const double served = options_.longest / each_ * static_cast<double>(hashers_.threads());
  return static_cast<std::size_t>(std::clamp(served, 1.0, 10'000.0));
}

void PasswordQueue::put(FairJobs& jobs, PasswordJob job) {
  auto gone = hashers_.change([&]() -> std::optional<PasswordJob> {
    if (hashers_.stopping()) return std::move(job);
    return jobs.push(std::move(job), room());
  });
  if (gone) gone->refuse();
}

bool PasswordQueue::check_next(Worker::Lock& lock) {
  if (!checker_.wait(lock, [this] { return !unchecked_.empty(); })) return false;
  PasswordJob job = unchecked_.pop();
  lock.unlock();
  auto& jobs = job.is_known() ? known_ : unknown_;
  put(jobs, std::move(job));
  return true;
}

bool PasswordQueue::run_next(Worker::Lock& lock) {
  if (!hashers_.wait(lock, [this] { return !known_.empty() || !unknown_.empty(); })) return false;
  const PasswordJob job = (known_.empty() ? unknown_ : known_).pop();
  lock.unlock();
  give_way();
  const auto begin = std::chrono::steady_clock::now();
  job.run();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  lock.lock();
  // What is refused without hashing takes no time, and would make the queue seem quicker than it is.
  if (took > std::chrono::milliseconds(10)) each_ += (took - each_) / 8;
  return true;
}

}  // namespace activitytrack::server
