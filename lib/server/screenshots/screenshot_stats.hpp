#pragma once

#include <atomic>
#include <cstdint>

namespace activitytrack::server {

/// What the taking in of screenshots counts, for /metrics. From any thread.
struct ScreenshotStats {
  using Count = std::atomic<std::uint64_t>;

  Count stored{0};
  Count bytes{0};       ///< of these
  Count duplicates{0};  ///< announced again

  // Refused:
  Count invalid{0};     ///< what is no screenshot, or too large
  Count conflicts{0};   ///< known with other bytes
  Count damaged{0};     ///< not the bytes that were announced
  Count over_limit{0};  ///< of machines that have as many as they may
  Count failed{0};      ///< could not be stored now
};

}  // namespace activitytrack::server
