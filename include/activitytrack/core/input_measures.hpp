#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace activitytrack {

/// How many measures of an interval are accepted, and how long the name of each may be.
inline constexpr std::size_t max_measures = 256;
inline constexpr std::size_t max_measure_name_bytes = 48;

/// Measures of an interval's input, by name: what its verdict went by (docs/genuine-input.md). They are many
/// and hardly ever looked at, and so kept as the text in which they are sent and stored.
class InputMeasures {
 public:
  InputMeasures() = default;

  /// Of a text that json() gave.
  static InputMeasures of_json(std::string_view json);

  /// Whether measures may have this name: of a-z, 0-9 and "_", and no longer than accepted.
  static constexpr bool is_name(std::string_view name) noexcept {
    const auto may_be_part = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
    return !name.empty() && name.size() <= max_measure_name_bytes && std::ranges::all_of(name, may_be_part);
  }

  /// One more, of a name that is not there yet and may be one. A value that is not finite says nothing, and
  /// is left out.
  void add(std::string_view name, float value);

  bool empty() const { return json_.empty(); }

  /// `{"keys":4.1,"key_gap_mean":5.25}`, from which each value can be read back as it was; "" if empty.
  const std::string& json() const { return json_; }

  friend bool operator==(const InputMeasures&, const InputMeasures&) = default;

 private:
  std::string json_;
};

}  // namespace activitytrack
