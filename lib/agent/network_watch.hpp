#pragma once

#include "core/file.hpp"

#include <mutex>
#include <set>

namespace activitytrack {

class Rounds;

/// Notices that the network may be there again: a link is up, an address or a route was added, other than the
/// loopback's. One change for each `arm`, which follows a failure to send: where sending goes well nothing is noticed,
/// and nobody is woken.
class NetworkWatch {
 public:
  /// Where the system does not let it, nothing is ever noticed.
  NetworkWatch();

  /// Readable when something happened; -1 if it never will be.
  int fd() const noexcept { return socket_.get(); }

  /// Those rounds fail, or go well. From any thread; again and again, too.
  void arm(const Rounds& failing);
  void disarm(const Rounds& fine);

  /// Takes what happened; true if the network may be there again. Then the next is noticed once it is armed.
  bool changed();

 private:
  void listen(bool on);

  const UniqueFd socket_;
  std::mutex mutex_;
  std::set<const Rounds*> armed_by_;  // guarded by it; it listens while there are any
};

}  // namespace activitytrack
