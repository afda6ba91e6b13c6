#pragma once

#include "core/event_builder.hpp"

#include <activitytrack/core/event_json.hpp>

#include <optional>
#include <string_view>

namespace activitytrack {

/// Puts an AgentState together, field by field in any order. Whatever is not of its shape makes it none: what
/// an agent says of itself must not cost its events.
class AgentBuilder {
 public:
  void key(std::string_view name);
  void scalar(const JsonScalar& value);
  void wrong_type() { good_ = good_ && field_ == Field::unknown; }  ///< an object or an array as a value

  /// Null unless every field came.
  std::optional<AgentState> end() const;

 private:
  enum class Field { unknown, version, collect_interval, send_interval, capture };

  bool take_version(const JsonScalar& value);
  static bool take_interval(const JsonScalar& value, std::int64_t& interval);
  bool take_capture(const JsonScalar& value);

  AgentState state_;
  Field field_ = Field::unknown;
  std::bitset<5> seen_;
  bool good_ = true;
};

}  // namespace activitytrack
