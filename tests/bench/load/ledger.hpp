#pragma once

#include <activitytrack/core/result.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace activitytrack::load {

/// What is known of events that were sent. Of a machine's other events none was sent, or the server said that
/// it took none.
enum class Fate {
  acknowledged,  ///< stored, by the server's word
  failed,        ///< answered 5xx: the server promises that nothing was stored
  unknown,       ///< never answered
};

/// The fate of each event by machine and number, kept as ranges. One that was sent again has several:
/// acknowledged wins.
class Ledger {
 public:
  explicit Ledger(std::size_t machines) : machines_(machines) {}

  void note(Fate fate, std::size_t machine, std::uint64_t first, std::uint64_t count);

  /// A line `FATE MACHINE MACHINE_ID FIRST COUNT` for each range. See ../verify.py, which reads it.
  Result<void> write(const std::string& path, std::span<const std::string> machine_ids) const;

 private:
  struct Range {
    Fate fate;
    std::uint64_t first, count;
  };
  std::vector<std::vector<Range>> machines_;
};

}  // namespace activitytrack::load
