#include "server/http/input_buffer.hpp"

#include <algorithm>
#include <cstring>

namespace activitytrack::server {

std::span<char> InputBuffer::space() {
  if (!memory_) {
    memory_ = std::make_unique_for_overwrite<char[]>(block_bytes);
    capacity_ = block_bytes;
  }
  return {memory_.get() + end_, capacity_ - end_};
}

void InputBuffer::compact() {
  if (begin_ == 0) return;
  std::memmove(memory_.get(), memory_.get() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
}

bool InputBuffer::grow_towards(std::size_t bytes, std::string_view asker) {
  if (begin_ + bytes <= capacity_) return true;
  compact();
  if (bytes <= capacity_ || end_ < capacity_) return true;
  const std::size_t larger = std::min(bytes, 2 * capacity_);
  if (share_.grow_to(larger, asker) != MemoryBudget::Room::yes) return false;
  auto memory = std::make_unique_for_overwrite<char[]>(larger);
  std::memcpy(memory.get(), memory_.get(), end_);
  memory_ = std::move(memory);
  capacity_ = larger;
  return true;
}

void InputBuffer::release() {
  const std::size_t left = end_ - begin_;
  if (!memory_ || (left > 0 && (capacity_ == block_bytes || left > block_bytes))) return;
  auto block = left > 0 ? std::make_unique_for_overwrite<char[]>(block_bytes) : nullptr;
  if (block) std::memcpy(block.get(), memory_.get() + begin_, left);
  memory_ = std::move(block);
  capacity_ = memory_ ? block_bytes : 0;
  begin_ = 0;
  end_ = left;
  share_.release();
}

}  // namespace activitytrack::server
