#pragma once

#include <string.h>
#include <cstddef>
#include <memory>

namespace activitytrack {

/// Memory that is erased before it is given back: for what was read from a screen.
template <class T>
struct ErasingAllocator {
  using value_type = T;

  ErasingAllocator() = default;
  template <class Other>
  ErasingAllocator(const ErasingAllocator<Other>&) noexcept {}

  T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
  void deallocate(T* memory, std::size_t count) noexcept {
    ::explicit_bzero(memory, count * sizeof(T));
    std::allocator<T>().deallocate(memory, count);
  }

  friend bool operator==(const ErasingAllocator&, const ErasingAllocator&) = default;
};

}  // namespace activitytrack
