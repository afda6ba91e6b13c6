#pragma once

#include "server/http/memory_budget.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace activitytrack::server {

/// What was read of a connection and not used yet, in one piece. Holds no memory while it is empty and at rest.
class InputBuffer {
 public:
  static constexpr std::size_t block_bytes = 16 * 1024;  ///< the greatest request line and header

  /// `budget` is for what is more than a block.
  explicit InputBuffer(MemoryBudget& budget) : share_(budget) {}
  InputBuffer(const InputBuffer&) = delete;

  std::string_view data() const { return {memory_.get() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }

  /// Room behind the data, empty if it is full. Takes a block if there is no memory yet.
  std::span<char> space();
  void commit(std::size_t bytes) { end_ += bytes; }
  void consume(std::size_t bytes) { begin_ += bytes; }

  /// Moves the data to the front, so that all the room is behind it.
  void compact();

  /// Makes room for `bytes` of data in all, or for twice what there is if that is less: memory follows what has
  /// arrived. Moves the data. False: beyond the budget, or the asker's part of it.
  bool grow_towards(std::size_t bytes, std::string_view asker);

  /// Keeps no more memory than what is there needs.
  void release();

 private:
  MemoryShare share_;
  std::unique_ptr<char[]> memory_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace activitytrack::server
