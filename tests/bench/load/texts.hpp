#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack::load {

/// Which fields an event has.
enum class Shape {
  agent,   ///< all that the agent sends
  twelve,  ///< the usual twelve, which other servers know too
};

/// The bodies of requests, put together from texts that were made once. Event `n` of machine `m` is that of
/// minute `n`; what it holds follows from (n + m) % kinds() alone, so that it can be checked wherever it
/// turns up, and however it was sent.
class Texts {
 public:
  explicit Texts(Shape shape);

  /// Replaces `body` by that of events `first` to `first + count - 1`.
  void write(std::string& body, std::string_view machine_id, std::size_t machine, std::uint64_t first,
             std::uint64_t count);

  static constexpr std::size_t kinds() { return 64; }

 private:
  void add_stamp(std::string& body, std::uint64_t minute);

  std::string start_;                 ///< of a body, up to its first event
  std::vector<std::string> rests_;    ///< what follows the time stamp, of each kind of event
  std::vector<std::string> days_;     ///< "2024-01-15T"
  std::vector<std::string> minutes_;  ///< "10:30:00Z"
};

}  // namespace activitytrack::load
