#pragma once

#include <sodium.h>

#include <stdexcept>

namespace activitytrack {

/// Before the first use that needs random bytes; cheap again and again, on any thread.
inline void start_sodium() {
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot get random bytes from this system");
}

}  // namespace activitytrack
