#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace activitytrack::server {

/// What the HTTP edge counts, for /metrics. Written by the network's thread, readable from any. All but the
/// gauges
/// (`..._now`) only grow.
struct HttpStats {
  using Count = std::atomic<std::uint64_t>;

  Count connections_now{0};
  Count connections_accepted{0};
  Count connections_turned_away{0};  ///< 503: too many
  Count connections_timed_out{0};    ///< closed by a time limit while a request or an answer was under way
  Count tls_handshakes{0};           ///< done
  Count tls_resumed{0};              ///< of these, by a ticket
  Count tls_failed{0};

  Count bytes_received{0};
  Count bytes_sent{0};
  Count body_bytes_now{0};  ///< memory of long bodies under way; max_bodies_mib bounds it
  Count bodies_refused{0};  ///< 503: beyond that bound

  /// Answers by the first digit of their status: [2] counts 2xx.
  std::array<Count, 6> answers{};

  /// Upper bounds of the histogram's buckets; one more bucket holds what took longer. From a request's first
  /// byte read to its answer, before that is sent.
  static constexpr std::array<std::chrono::microseconds, 14> duration_bounds{{
      std::chrono::microseconds(500),
      std::chrono::microseconds(1'000),
      std::chrono::microseconds(2'500),
      std::chrono::microseconds(5'000),
      std::chrono::microseconds(10'000),
      std::chrono::microseconds(25'000),
      std::chrono::microseconds(50'000),
      std::chrono::microseconds(100'000),
      std::chrono::microseconds(250'000),
      std::chrono::microseconds(500'000),
      std::chrono::microseconds(1'000'000),
      std::chrono::microseconds(2'500'000),
      std::chrono::microseconds(5'000'000),
      std::chrono::microseconds(10'000'000),
  }};
  std::array<Count, duration_bounds.size() + 1> durations{};  ///< each bucket's own count, not cumulative
  Count duration_us{0};                                       ///< the sum of all

  void count_answer(int status, std::chrono::microseconds took) noexcept {
    const auto digit = static_cast<std::size_t>(status / 100);
    add(answers[digit < answers.size() ? digit : 5]);
    std::size_t bucket = 0;
    while (bucket < duration_bounds.size() && took > duration_bounds[bucket]) ++bucket;
    add(durations[bucket]);
    add(duration_us, static_cast<std::uint64_t>(took.count()));
  }

  static void add(Count& count, std::uint64_t more = 1) noexcept {
    count.fetch_add(more, std::memory_order_relaxed);
  }
  static void subtract(Count& count, std::uint64_t less = 1) noexcept {
    count.fetch_sub(less, std::memory_order_relaxed);
  }
};

}  // namespace activitytrack::server
