#include "archive/prefetch.hpp"

namespace activitytrack {
namespace {

constexpr std::size_t most_threads = 12;
constexpr std::size_t most_ahead = 48;
constexpr std::size_t longest_ahead = 1 << 20;  // bytes; a larger object is worth a way of its own

}  // namespace

Prefetch::Prefetch(std::function<Result<std::unique_ptr<S3Client>>()> connect) : connect_(std::move(connect)) {}

Prefetch::~Prefetch() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (S3Client* client : clients_) client->cancel();
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Prefetch::expect(const std::vector<std::string>& names) {
  const std::lock_guard lock(mutex_);
  names_.assign(names.begin(), names.end());
  std::erase_if(got_, [](const auto& each) { return each.second.done; });
  while (names.size() > 1 && threads_.size() < std::min(most_threads, names.size()))
    threads_.emplace_back([this] { work(); });
  changed_.notify_all();
}

std::optional<std::string> Prefetch::take(const std::string& name) {
  std::unique_lock lock(mutex_);
  const auto found = got_.find(name);
  if (found == got_.end()) {
    if (!names_.empty() && names_.front() == name) names_.pop_front();
    return std::nullopt;
  }
  changed_.wait(lock, [&] { return found->second.done; });
  auto bytes = std::move(found->second.bytes);
  got_.erase(found);
  changed_.notify_all();
  return bytes;
}

void Prefetch::work() {
  const auto client = connect_();
  if (!client) return;
  std::unique_lock lock(mutex_);
  clients_.push_back(client->get());
  while (true) {
    changed_.wait(lock, [&] { return stopping_ || (!names_.empty() && got_.size() < most_ahead); });
    if (stopping_) break;
    const std::string name = std::move(names_.front());
    names_.pop_front();
    if (!got_.try_emplace(name).second) continue;
    lock.unlock();
    auto bytes = (*client)->get(name, longest_ahead);
    lock.lock();
    Got& got = got_.at(name);
    got.done = true;
    if (bytes) got.bytes = std::move(*bytes);
    changed_.notify_all();
  }
  std::erase(clients_, client->get());
}

}  // namespace activitytrack
