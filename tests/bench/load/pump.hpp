#pragma once

#include "courier.hpp"
#include "poller.hpp"

#include <deque>

namespace activitytrack::load {

struct PumpOptions {
  std::size_t connections = 64;
  std::uint64_t events = 5;   ///< in a request
  double events_per_sec = 0;  ///< 0: as fast as they go
  std::uint64_t first = 0;    ///< number of each machine's first event
  std::uint64_t total = 0;    ///< stop after so many events; 0: by time alone
  std::chrono::nanoseconds time{};
  std::chrono::milliseconds retry_wait{};
  bool abandon = false;  ///< do not send again what was not stored
  std::chrono::seconds timeout{60};
};

/// Keeps a fixed number of connections busy, each with a request at a time, through all machines in turn. At
/// a given rate, requests are due at fixed moments and their latency counts from there, whether or not a
/// connection was free.
class Pump {
 public:
  Pump(Courier& courier, const PumpOptions& options);

  void run();

 private:
  struct Slot {
    Connection connection;
    Post post{};
    bool busy = false, waits = false;
    Clock::time_point since{};  ///< of the request, or until when it waits
  };

  bool is_over(Clock::time_point now) const;
  void make_due(Clock::time_point now);
  void fill(Clock::time_point now);
  Post next_post(Clock::time_point due);
  void send(std::uint32_t index, Clock::time_point now);
  void settle(std::uint32_t index, Connection::State state);
  void look_after(Clock::time_point now);
  Clock::time_point next_moment(Clock::time_point now) const;

  Courier& courier_;
  const PumpOptions options_;
  Poller poller_;
  std::deque<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::size_t waiting_ = 0;
  std::deque<Clock::time_point> due_;
  Clock::time_point end_, next_due_, next_look_;
  std::chrono::nanoseconds gap_{};
  std::uint64_t posts_ = 0;
};

}  // namespace activitytrack::load
