#include "server/http/input_buffer.hpp"

#include <algorithm>
#include <cstring>

namespace activitytrack::server {
namespace {

constexpr std::size_t max_spare_blocks = 64;

}  // namespace

BufferPool::Block BufferPool::take() {
  if (spare_.empty()) return std::make_unique_for_overwrite<char[]>(block_bytes);
  Block block = std::move(spare_.back());
  spare_.pop_back();
  return block;
}

void BufferPool::give_back(Block block) {
  if (spare_.size() < max_spare_blocks) spare_.push_back(std::move(block));
}

bool BodyMemory::grow_to(std::size_t bytes) {
  if (bytes <= bytes_) return true;
  const std::size_t more = bytes - bytes_;
  if (pool_.stats_.body_bytes_now + more > pool_.budget_) {
    HttpStats::add(pool_.stats_.bodies_refused);
    return false;
  }
  HttpStats::add(pool_.stats_.body_bytes_now, more);
  bytes_ = bytes;
  return true;
}

void BodyMemory::release() {
  HttpStats::subtract(pool_.stats_.body_bytes_now, bytes_);
  bytes_ = 0;
}

std::span<char> InputBuffer::space() {
  if (!memory_) {
    memory_ = pool_.take();
    capacity_ = BufferPool::block_bytes;
  }
  return {memory_.get() + end_, capacity_ - end_};
}

void InputBuffer::compact() {
  if (begin_ == 0) return;
  std::memmove(memory_.get(), memory_.get() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
}

bool InputBuffer::grow_towards(std::size_t bytes) {
  if (begin_ + bytes <= capacity_) return true;
  compact();
  if (bytes <= capacity_ || end_ < capacity_) return true;
  const std::size_t larger = std::min(bytes, 2 * capacity_);
  if (!share_.grow_to(larger)) return false;
  auto memory = std::make_unique_for_overwrite<char[]>(larger);
  std::memcpy(memory.get(), memory_.get(), end_);
  if (capacity_ == BufferPool::block_bytes) pool_.give_back(std::move(memory_));
  memory_ = std::move(memory);
  capacity_ = larger;
  return true;
}

void InputBuffer::release() {
  if (!memory_) return;
  if (!empty()) {
    if (capacity_ == BufferPool::block_bytes || end_ - begin_ > BufferPool::block_bytes) return;
    auto block = pool_.take();
    std::memcpy(block.get(), memory_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    memory_ = std::move(block);
  } else {
    if (capacity_ == BufferPool::block_bytes) pool_.give_back(std::move(memory_));
    memory_ = nullptr;
    end_ = 0;
  }
  capacity_ = memory_ ? BufferPool::block_bytes : 0;
  begin_ = 0;
  share_.release();
}

}  // namespace activitytrack::server
