#pragma once

#include <activitytrack/core/clock.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

namespace activitytrack {

// Unsigned, so that bytes that make no sense may overflow.
inline std::uint64_t count_of(Time time) { return static_cast<std::uint64_t>(time.time_since_epoch().count()); }
inline std::int64_t wrapped(std::uint64_t count) { return static_cast<std::int64_t>(count); }

/// Writes numbers and text as few bytes: see packed_hour.cpp.
class ByteWriter {
 public:
  void byte(char value) { bytes_ += value; }

  /// LEB128 of the zigzag: small magnitudes, of either sign, are short.
  void number(std::int64_t value) {
    auto rest = (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
    for (; rest >= 0x80; rest >>= 7) bytes_ += static_cast<char>(rest | 0x80);
    bytes_ += static_cast<char>(rest);
  }
  void millionths(double value) { number(std::llround(value * 1e6)); }
  void time(Time value) { number(value.time_since_epoch().count()); }
  void time_after(Time base, Time value) { number(wrapped(count_of(value) - count_of(base))); }
  void text(std::string_view value) {
    number(static_cast<std::int64_t>(value.size()));
    bytes_ += value;
  }

  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Reads them. Past the end, or where the bytes make no sense, everything reads as 0 and good() is false.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : left_(bytes) {}

  char byte() {
    if (left_.empty()) return fail(), '\0';
    const char value = left_.front();
    left_.remove_prefix(1);
    return value;
  }
  std::int64_t number() {
    std::uint64_t value = 0;
    const std::size_t most = std::min<std::size_t>(left_.size(), longest_number);
    for (std::size_t i = 0; i < most; ++i) {
      const auto next = static_cast<unsigned char>(left_[i]);
      value |= static_cast<std::uint64_t>(next & 0x7f) << (7 * i);
      if (next >= 0x80) continue;
      left_.remove_prefix(i + 1);
      return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
    }
    fail();
    return 0;
  }
  double millionths() { return static_cast<double>(number()) / 1e6; }
  Time time() { return Time(std::chrono::microseconds(number())); }
  Time time_after(Time base) {
    return Time(std::chrono::microseconds(wrapped(count_of(base) + static_cast<std::uint64_t>(number()))));
  }
  std::string_view text() {
    const auto size = number();
    if (size < 0 || static_cast<std::uint64_t>(size) > left_.size()) return fail(), std::string_view();
    const auto value = left_.substr(0, static_cast<std::size_t>(size));
    left_.remove_prefix(value.size());
    return value;
  }

  bool good() const { return good_; }
  bool at_end() const { return left_.empty(); }

 private:
  static constexpr std::size_t longest_number = 10;

  void fail() {
    good_ = false;
    left_ = {};
  }

  std::string_view left_;
  bool good_ = true;
};

}  // namespace activitytrack
