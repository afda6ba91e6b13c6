#pragma once

#include "core/file.hpp"

#include <mutex>

namespace activitytrack {

/// Notices that the network may be there again: a link is up, an address or a route was added. One change for each
/// `arm`, which follows a failure to send: where sending goes well nothing is noticed, and nobody is woken.
class NetworkWatch {
 public:
  /// Where the system does not let it, nothing is ever noticed.
  NetworkWatch();

  /// Readable when something happened; -1 if it never will be.
  int fd() const noexcept { return socket_.get(); }

  /// From any thread; again and again, too.
  void arm();

  /// Takes what happened; true if the network may be there again. Then the next is noticed once it is armed.
  bool changed();

 private:
  void listen(bool on);

  const UniqueFd socket_;
  std::mutex mutex_;
  bool armed_ = false;  // guarded by it
};

}  // namespace activitytrack
