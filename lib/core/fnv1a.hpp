#pragma once

#include <cstdint>
#include <string_view>

namespace activitytrack {

/// FNV-1a of 64 bits: short, and the same in every build. Against what disks and crashes do, not against
/// people. Source: draft-eastlake-fnv.
constexpr std::uint64_t fnv1a(std::string_view text) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

}  // namespace activitytrack
