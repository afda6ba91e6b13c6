#pragma once

#include "server/metrics/metrics_text.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace activitytrack::server {

/// What the HTTP edge counts, for /metrics. Written by the network's thread, readable from any. All but the gauges
/// (`..._now`) only grow.
struct HttpStats {
  using Count = std::atomic<std::uint64_t>;

  Count connections_now{0};
  Count waiting_now{0};  ///< of these, those whose request waits for something to happen
  Count connections_accepted{0};
  Count connections_turned_away{0};  ///< 503: too many, in all or of their address
  Count connections_timed_out{0};    ///< closed by a time limit while a request or an answer was under way
  Count tls_handshakes{0};           ///< done
  Count tls_resumed{0};              ///< of these, by a ticket
  Count tls_failed{0};
  Count tls_limited{0};  ///< closed before one: too many of their address

  Count certificate_expires{0};  ///< seconds of Unix time; 0: there is none

  Count bytes_received{0};
  Count bytes_sent{0};
  Count body_bytes_now{0};    ///< memory of long bodies under way; max_bodies_mib bounds it
  Count bodies_refused{0};    ///< 503: beyond that bound
  Count answer_bytes_now{0};  ///< memory of long answers that are not sent yet; max_answers_mib bounds it
  Count answers_refused{0};   ///< 429 and 503: beyond that bound
  Count turns_refused{0};     ///< 429 and 503: too many waited for their turn, or for too long

  /// What was answered at a route.
  struct Answers {
    std::array<Count, 6> by_class{};  ///< by the first digit of the status: [2] counts 2xx
    Histogram<256, 16> duration_us;   ///< from a request's first byte to its answer, before that is sent
  };

  explicit HttpStats(std::size_t routes = 0) : answers(routes + 1) {}

  std::vector<Answers> answers;  ///< of each route, in the order of the table; then of all that had none

  /// `route`: its number in the table; beyond that, none.
  void count_answer(std::size_t route, int status, std::chrono::microseconds took) noexcept {
    Answers& of_route = answers[std::min(route, answers.size() - 1)];
    const auto digit = static_cast<std::size_t>(status / 100);
    add(of_route.by_class[digit < of_route.by_class.size() ? digit : 5]);
    of_route.duration_us.observe(static_cast<std::uint64_t>(took.count()));
  }

  static void add(Count& count, std::uint64_t more = 1) noexcept { count.fetch_add(more, std::memory_order_relaxed); }
  static void subtract(Count& count, std::uint64_t less = 1) noexcept {
    count.fetch_sub(less, std::memory_order_relaxed);
  }
};

}  // namespace activitytrack::server
