#include "core/agent_builder.hpp"

#include "core/utf8.hpp"

#include <algorithm>

namespace activitytrack {
namespace {

constexpr std::size_t longest_version = 64;
constexpr std::int64_t longest_interval_sec = 86'400;

bool is_printable(std::string_view text) {
  return is_utf8(text) && std::ranges::none_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

}  // namespace

void AgentBuilder::key(std::string_view name) {
  if (name == "version") {
    field_ = Field::version;
  } else if (name == "collect_interval_sec") {
    field_ = Field::collect_interval;
  } else if (name == "send_interval_sec") {
    field_ = Field::send_interval;
  } else if (name == "capture") {
    field_ = Field::capture;
  } else {
    field_ = Field::unknown;
  }
  seen_.set(static_cast<std::size_t>(field_));
}

void AgentBuilder::scalar(const JsonScalar& value) {
  switch (field_) {
    case Field::unknown:
      return;
    case Field::version:
      good_ = take_version(value) && good_;
      return;
    case Field::collect_interval:
      good_ = take_interval(value, state_.collect_interval_sec) && good_;
      return;
    case Field::send_interval:
      good_ = take_interval(value, state_.send_interval_sec) && good_;
      return;
    case Field::capture:
      good_ = take_capture(value) && good_;
      return;
  }
}

bool AgentBuilder::take_version(const JsonScalar& value) {
  const auto* text = std::get_if<std::string_view>(&value);
  if (!text || text->empty() || text->size() > longest_version || !is_printable(*text)) return false;
  state_.version = *text;
  return true;
}

bool AgentBuilder::take_interval(const JsonScalar& value, std::int64_t& interval) {
  const auto* number = std::get_if<std::int64_t>(&value);
  if (!number || *number < 1 || *number > longest_interval_sec) return false;
  interval = *number;
  return true;
}

bool AgentBuilder::take_capture(const JsonScalar& value) {
  const auto* word = std::get_if<std::string_view>(&value);
  const auto capture = word ? parse_capture(*word) : std::nullopt;
  if (capture) state_.capture = *capture;
  return capture.has_value();
}

std::optional<AgentState> AgentBuilder::end() const {
  auto seen = seen_;
  seen.set(static_cast<std::size_t>(Field::unknown));
  if (!good_ || !seen.all()) return std::nullopt;
  return state_;
}

}  // namespace activitytrack
