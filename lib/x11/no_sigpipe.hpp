#pragma once

#include <signal.h>

namespace activitytrack::x11 {

/// Holds SIGPIPE back from this thread for its lifetime. XCB writes without MSG_NOSIGNAL, so that a server
/// which goes away in the wrong moment would end the whole program. A signal that came in between is
/// dropped; one that the program had pending before is left to it.
class NoSigpipe {
 public:
  NoSigpipe() noexcept;
  NoSigpipe(const NoSigpipe&) = delete;
  NoSigpipe& operator=(const NoSigpipe&) = delete;
  ~NoSigpipe();

 private:
  sigset_t before_;
  bool pending_before_;
};

}  // namespace activitytrack::x11
