#include "net/resolver.hpp"

#include <boost/asio/ip/address.hpp>

#include <netdb.h>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

namespace activitytrack {
namespace {

using boost::asio::ip::tcp;
using Endpoints = std::vector<tcp::endpoint>;

Result<Endpoints> look_up(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* list = nullptr;
  const int failed = getaddrinfo(host.c_str(), nullptr, &hints, &list);
  if (failed != 0) return Error{ErrorCode::unavailable, "cannot look up " + host + ": " + gai_strerror(failed)};
  Endpoints found;
  for (const addrinfo* at = list; at != nullptr; at = at->ai_next) {
    tcp::endpoint endpoint;
    if (at->ai_addrlen > endpoint.capacity()) continue;
    std::memcpy(endpoint.data(), at->ai_addr, at->ai_addrlen);
    endpoint.resize(at->ai_addrlen);
    endpoint.port(port);
    found.push_back(endpoint);
  }
  freeaddrinfo(list);
  return found;
}

}  // namespace

struct Resolver::Shared {
  std::mutex mutex;
  std::condition_variable changed;
  bool cancelled = false;
  int asked = 0;  // which lookup is waited for: an earlier one that was left behind answers in vain
  std::optional<Result<Endpoints>> answer;
};

Resolver::Resolver() : shared_(std::make_shared<Shared>()) {}
Resolver::~Resolver() = default;

Result<Endpoints> Resolver::resolve(const std::string& host, std::uint16_t port,
                                    std::chrono::steady_clock::time_point until) {
  boost::system::error_code ec;
  if (const auto address = boost::asio::ip::make_address(host, ec); !ec) {
    return Endpoints{tcp::endpoint(address, port)};
  }
  std::unique_lock lock(shared_->mutex);
  shared_->answer.reset();
  const int number = ++shared_->asked;
  auto work = [shared = shared_, number, host, port] {
    Result<Endpoints> found = look_up(host, port);
    std::lock_guard answering(shared->mutex);
    if (shared->asked != number) return;
    shared->answer = std::move(found);
    shared->changed.notify_all();
  };
  try {
    std::thread(std::move(work)).detach();
  } catch (const std::system_error& failure) {
    return Error{ErrorCode::unavailable, std::string("cannot start a thread: ") + failure.what()};
  }

  const bool in_time = shared_->changed.wait_until(lock, until, [&] { return shared_->answer || shared_->cancelled; });
  ++shared_->asked;
  if (shared_->cancelled) return Error{ErrorCode::unavailable, "cancelled"};
  if (!in_time) return Error{ErrorCode::timeout, "the name " + host + " was not looked up in time"};
  return std::move(*shared_->answer);
}

void Resolver::cancel() noexcept {
  std::lock_guard lock(shared_->mutex);
  shared_->cancelled = true;
  shared_->changed.notify_all();
}

}  // namespace activitytrack
