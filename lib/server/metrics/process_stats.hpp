#pragma once

#include <cstdint>

namespace activitytrack::server {

/// What the kernel says of this process.
struct ProcessStats {
  std::uint64_t resident_bytes = 0;
  double cpu_seconds = 0;  ///< of all threads, user and system
  std::uint64_t open_files = 0, max_files = 0;
};

ProcessStats read_process_stats();

}  // namespace activitytrack::server
