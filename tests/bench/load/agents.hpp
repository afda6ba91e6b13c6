#pragma once

#include "courier.hpp"
#include "poller.hpp"

#include "core/backoff.hpp"

#include <deque>
#include <queue>

namespace activitytrack::load {

struct AgentsOptions {
  std::uint64_t events = 5;             ///< collected in a period
  std::uint64_t backlog = 0;            ///< collected before the start, of each machine
  std::uint64_t most = 500;             ///< events in a request
  std::uint64_t first = 0;              ///< number of each machine's first event
  std::chrono::nanoseconds period{};    ///< between sends
  std::chrono::nanoseconds spread{};    ///< the machines' first sends fall into this time, evenly
  std::chrono::nanoseconds time{};      ///< how long events are collected; what is left is then still delivered
  std::chrono::nanoseconds patience{};  ///< how long that may take
  std::chrono::milliseconds backoff_base{}, backoff_cap{};
  bool keep_alive = false;  ///< connections stay open between sends
  std::chrono::seconds timeout{60};
};

/// Machines as agents run them: each collects, sends what it has every period, batch after batch until
/// nothing is left, and after a failure waits as agents wait and sends the same again.
class Agents {
 public:
  Agents(Courier& courier, const AgentsOptions& options);

  /// False if something was left undelivered.
  bool run();

 private:
  struct Machine {
    Connection connection;
    Backoff backoff;
    Clock::time_point begin;      ///< of its first period
    Clock::time_point due{};      ///< since when there is something to send
    Clock::time_point since{};    ///< of the request under way
    std::uint64_t delivered = 0;  ///< the number of its first event that is not
    Post post{};
    bool busy = false;
  };
  struct Alarm {
    Clock::time_point at;
    std::uint32_t machine;
    bool operator>(const Alarm& other) const { return at > other.at; }
  };

  std::uint64_t collected(const Machine& machine, Clock::time_point now) const;
  std::uint64_t periods(const Machine& machine, Clock::time_point now) const;
  bool is_done(const Machine& machine) const;
  void send(std::uint32_t index, Clock::time_point now);
  void settle(std::uint32_t index, Connection::State state);
  void rest(std::uint32_t index, Clock::time_point now);
  void give_up_late(Clock::time_point now);

  Courier& courier_;
  const AgentsOptions options_;
  Poller poller_;
  Clock::time_point begin_, end_;
  std::deque<Machine> machines_;
  std::priority_queue<Alarm, std::vector<Alarm>, std::greater<>> alarms_;
  std::size_t done_ = 0;
};

}  // namespace activitytrack::load
