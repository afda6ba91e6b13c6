#include <activitytrack/core/event.hpp>

#include <charconv>
#include <cmath>

namespace activitytrack {

InputMeasures InputMeasures::of_json(std::string_view json) {
  InputMeasures measures;
  measures.json_ = json;
  return measures;
}

void InputMeasures::add(std::string_view name, float value) {
  if (!std::isfinite(value)) return;
  if (json_.empty()) {
    json_ = '{';
  } else {
    json_.back() = ',';
  }
  json_.append(1, '"').append(name).append("\":");
  char text[32];  // + 0: many readers know no -0
  json_.append(text, std::to_chars(text, text + sizeof text, value + 0.0F).ptr) += '}';
}

}  // namespace activitytrack
