#pragma once

#include "server/http/http_stats.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace activitytrack::server {

/// Memory for one kind of what is under way: in all, and for one asker at most a quarter of it, and no more than half
/// of what is still free. The first of an asker's may be longer than the quarter. Only on the network's thread.
class MemoryBudget {
 public:
  enum class Room { yes, asker_has_much, all_have_much };

  /// The gauge of what is in use, and the count of what was refused. Both are borrowed.
  MemoryBudget(HttpStats::Count& now, HttpStats::Count& refused) : now_(now), refused_(refused) {}

  /// An asker may always have `largest`, if so much is free.
  void set(std::size_t bytes, std::size_t largest);

  std::size_t each() const { return each_; }

  /// What the asker has of it.
  std::size_t used_by(std::string_view asker) const;

 private:
  friend class MemoryShare;
  using Askers = std::map<std::string, std::size_t, std::less<>>;

  HttpStats::Count& now_;
  HttpStats::Count& refused_;
  Room room_for(std::size_t more, std::string_view asker) const;

  std::size_t budget_ = 0, largest_ = 0, each_ = 0;
  Askers askers_;  ///< who has any; ordered, so that nobody can choose names that make it slow
};

/// What one connection has of a budget, for one asker at a time; given back at the end.
class MemoryShare {
 public:
  explicit MemoryShare(MemoryBudget& budget) : budget_(budget) {}
  ~MemoryShare() { release(); }
  MemoryShare(const MemoryShare&) = delete;

  /// Grows the share to `bytes` in all, if the budget and the asker's part of it allow that. The asker stays until
  /// release().
  MemoryBudget::Room grow_to(std::size_t bytes, std::string_view asker);

  void release();

 private:
  MemoryBudget& budget_;
  MemoryBudget::Askers::iterator asker_{};  ///< of a share that is not empty
  std::size_t bytes_ = 0;
};

}  // namespace activitytrack::server
