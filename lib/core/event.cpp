#include <activitytrack/core/event.hpp>

#include "core/text.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace activitytrack {
namespace {

constexpr std::array<std::string_view, 4> verdict_names{"none", "genuine", "scripted", "mixed"};

}  // namespace

std::string_view to_string(Verdict verdict) noexcept { return verdict_names[static_cast<std::size_t>(verdict)]; }

std::optional<Verdict> parse_verdict(std::string_view word) noexcept {
  return parse_enum<Verdict>(verdict_names, word);
}

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
