#include "server/accounts/passwords.hpp"
#include "core/text.hpp"

#include <sodium.h>

#include <utility>

namespace activitytrack::server {

namespace {

/// Of nobody's password, with the same parameters as everybody's.
const std::string& hash_of_nobody() {
  static const std::string hash = hash_password("the password of nobody").value();
  return hash;
}

}  // namespace

Result<void> check_password(std::string_view password) {
  const auto wrong = [](const std::string& what) { return Error{ErrorCode::invalid_input, "password: " + what}; };
  if (password.size() < min_password_bytes)
    return wrong("must have at least " + std::to_string(min_password_bytes) + " characters");
  if (password.size() > max_password_bytes)
    return wrong("must have at most " + std::to_string(max_password_bytes) + " bytes");
  if (!is_utf8(password) || has_control_characters(password)) return wrong("must be UTF-8 without control characters");
  return {};
}

Result<std::string> hash_password(const std::string& password) {
  if (sodium_init() < 0) return Error{ErrorCode::unavailable, "libsodium finds no source of randomness"};
  char hash[crypto_pwhash_STRBYTES];
  const int failed = crypto_pwhash_str(hash, password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                       crypto_pwhash_MEMLIMIT_INTERACTIVE);
  if (failed) return Error{ErrorCode::unavailable, "no memory to hash a password: 64 MiB are needed"};
  return std::string(hash);
}

bool is_password(const std::string& password, const std::string& hash) {
  const std::string& against = hash.empty() ? hash_of_nobody() : hash;
  if (sodium_init() < 0) return false;
  const bool same = crypto_pwhash_str_verify(against.c_str(), password.data(), password.size()) == 0;
  return same && !hash.empty();
}

PasswordQueue::PasswordQueue(Log& log, std::size_t capacity, std::size_t client_capacity)
    : capacity_(capacity),
      client_capacity_(client_capacity),
      hasher_("the password queue", log),
      checker_("the password queue's check", log) {
  hasher_.start([this](Worker::Lock& lock) { return run_next(lock); });
  checker_.start([this](Worker::Lock& lock) { return check_next(lock); });
}

void PasswordQueue::submit(Job job) {
  if (!job.is_known) {
    const bool added = hasher_.change([&] { return admit(job.client) && add(unknown_, job); });
    return added ? void() : job.refuse();
  }
  if (!hasher_.change([&] { return admit(job.client); })) return job.refuse();
  const bool added = checker_.change([&] {
    if (checker_.stopping() || unchecked_.size() >= capacity_) return false;
    unchecked_.push_back(std::move(job));
    return true;
  });
  if (added) return;
  hasher_.change([&] { let_go(job.client); });
  job.refuse();
}

void PasswordQueue::stop() {
  checker_.stop();
  hasher_.stop();
}

/// Counts one more that waits of a client, if it may have one.
bool PasswordQueue::admit(const std::string& client) {
  if (hasher_.stopping()) return false;
  std::size_t& waiting = waiting_[client];
  if (waiting >= client_capacity_) return false;
  ++waiting;
  return true;
}

/// Takes a job that was admitted, or lets it go if there is no room.
bool PasswordQueue::add(std::deque<Job>& queue, Job& job) {
  const bool fits = queue.size() < capacity_;
  fits ? queue.push_back(std::move(job)) : let_go(job.client);
  return fits;
}

/// One less of a client waits.
void PasswordQueue::let_go(const std::string& client) {
  const auto waiting = waiting_.find(client);
  if (--waiting->second == 0) waiting_.erase(waiting);
}

bool PasswordQueue::check_next(Worker::Lock& lock) {
  if (!checker_.wait(lock, [this] { return !unchecked_.empty(); })) return false;
  Job job = std::move(unchecked_.front());
  unchecked_.pop_front();
  lock.unlock();
  auto& queue = job.is_known() ? known_ : unknown_;
  if (!hasher_.change([&] { return add(queue, job); })) job.refuse();
  return true;
}

bool PasswordQueue::run_next(Worker::Lock& lock) {
  if (!hasher_.wait(lock, [this] { return !known_.empty() || !unknown_.empty(); })) return false;
  auto& queue = known_.empty() ? unknown_ : known_;
  const Job job = std::move(queue.front());
  queue.pop_front();
  let_go(job.client);
  lock.unlock();
  job.run();
  return true;
}

}  // namespace activitytrack::server
