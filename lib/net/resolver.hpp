#pragma once

#include <activitytrack/core/result.hpp>

#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace activitytrack {

/// Looks names up, with a time-out: getaddrinfo has none and cannot be stopped, so it runs on a thread that
/// is left behind when it takes too long. Addresses need no thread.
class Resolver {
 public:
  Resolver();
  ~Resolver();

  /// All addresses of `host`, in the system's order of preference. One call at a time.
  Result<std::vector<boost::asio::ip::tcp::endpoint>> resolve(const std::string& host, std::uint16_t port,
                                                              std::chrono::steady_clock::time_point until);

  /// From any thread: a resolve under way, and all later ones, fail at once.
  void cancel() noexcept;

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace activitytrack
