#include "core/event_builder.hpp"

#include "core/text.hpp"

#include <activitytrack/core/clock.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <type_traits>

namespace activitytrack {
namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t longest_version = 64;
constexpr std::int64_t longest_agent_interval_sec = 86'400;

bool is_printable(std::string_view text) {
  return is_utf8(text) && std::ranges::none_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

std::string limit_text(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.15g", number);
  return text;
}

bool has_genuine_input(const Event& event) {
  return std::ranges::any_of(event_fields(), [&](const EventField& field) {
    return field.genuine_input && event.*std::get<std::int64_t Event::*>(field.member) > 0;
  });
}

/// Of what a percentage or a score misses its range by: what is rounded, or measured a moment too late.
constexpr double slack = 0.005;

/// The number that a value is, or that stands in it as text.
std::optional<double> number_in(const JsonScalar& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  if (const auto* real = std::get_if<double>(&value)) return *real;
  if (const auto* text = std::get_if<std::string_view>(&value)) return parse_number<double>(stripped(*text));
  return std::nullopt;
}

bool is_text(const JsonScalar& value) { return std::holds_alternative<std::string_view>(value); }

/// Sets one member from one value; returns what is wrong, or "". One overload for each type a member has. `note`
/// becomes what had to be read otherwise than it was written.
struct Assign {
  Event& event;
  const EventField& field;
  const JsonScalar& value;
  MachineIds ids;
  const char*& note;

  /// For a double or a whole number; `out` is one, or an optional one.
  template <class Number, class Out>
  std::string number(Out& out) const {
    const auto given = number_in(value);
    if (!given) return "must be a number";
    double found = *given;
    if (is_text(value)) note = "was text";
    if constexpr (std::is_integral_v<Number>) {
      if (found != std::floor(found) && std::is_same_v<Out, std::optional<Number>>) return "must be a whole number";
      if (found != std::round(found)) note = "was rounded";
      found = std::round(found);
    } else if (field.max <= 100) {
      const double near = slack * field.max, clamped = std::clamp(found, field.min, field.max);
      if (found != clamped && std::abs(found - clamped) < near) found = clamped, note = "was brought into its range";
    }
    if (!(found >= field.min && found <= field.max)) {
      return "must be from " + limit_text(field.min) + " to " + limit_text(field.max);
    }
    out = static_cast<Number>(found);
    return {};
  }

  std::string text(std::string_view& out) const {
    const auto* found = std::get_if<std::string_view>(&value);
    if (!found) return "must be a string";
    if (found->size() > field.max_bytes && !field.is_prose) {
      return "must be at most " + std::to_string(field.max_bytes) + " bytes long";
    }
    out = *found;
    return {};
  }

  /// One bad byte of a title must not cost the event, nor one too many.
  std::string as_kept(std::string_view text) const {
    std::string whole = is_utf8(text) ? std::string(text) : clean_utf8(text, text.size() * 3);
    if (whole.size() <= field.max_bytes) return whole;
    note = "was too long, and cut";
    whole.resize(cut_utf8(whole, field.max_bytes).size());
    return whole;
  }

  template <class Number>
  std::string operator()(Number Event::*member) const {
    return number<Number>(event.*member);
  }
  template <class Number>
  std::string operator()(std::optional<Number> Event::*member) const {
    return number<Number>(event.*member);
  }

  std::string operator()(bool Event::*member) const {
    const auto* found = std::get_if<bool>(&value);
    const auto* text = std::get_if<std::string_view>(&value);
    const auto number = number_in(value);
    const bool is_true = (text && lower_case(*text) == "true") || number == 1;
    const bool is_false = (text && lower_case(*text) == "false") || number == 0;
    if (!found && !is_true && !is_false) return "must be true or false";
    if (!found) note = text ? "was text" : "was a number";
    event.*member = found ? *found : is_true;
    return {};
  }

  std::string operator()(std::string Event::*member) const {
    std::string_view found;
    if (std::string wrong = text(found); !wrong.empty()) return wrong;
    if (field.required) {  // it names the machine
      const auto wrong = ids == MachineIds::coming_in ? machine_id_fault(found) : kept_machine_id_fault(found);
      if (!wrong.empty()) return std::string(wrong);
    }
    if (found.find('\0') != std::string_view::npos) return "must not hold a NUL character";
    event.*member = as_kept(found);
    return {};
  }

  std::string operator()(Time Event::*member) const {
    std::string_view found;
    if (!is_text(value)) return "must be a string such as 2024-01-15T10:30:00Z";
    if (std::string wrong = text(found); !wrong.empty()) return wrong;
    const Result<Time> time = parse_timestamp(found);
    if (!time) return time.error().message;
    event.*member = *time;
    return {};
  }

  std::string operator()(Verdict Event::*member) const {
    std::string_view found;
    if (std::string wrong = text(found); !wrong.empty()) return wrong;
    const auto verdict = parse_verdict(found);
    if (!verdict) return "must be one of genuine, scripted, mixed, none";
    event.*member = *verdict;
    return {};
  }

  std::string operator()(std::optional<Gap> Event::*member) const {
    std::string_view found;
    if (std::string wrong = text(found); !wrong.empty()) return wrong;
    event.*member = parse_gap(found);
    return event.*member ? "" : "must be one of asleep, paused, stopped, off, blind, clock";
  }

  std::string operator()(std::vector<std::string> Event::*) const { return "must be an array of strings"; }
  std::string operator()(InputMeasures Event::*) const { return "must be an object of numbers"; }
};

}  // namespace

void EventBuilder::begin() {
  event_ = Event();
  field_ = -1;
  seen_.reset();
  measure_names_.clear();
  fault_field_ = {};
  error_.clear();
  notes_.clear();
}

void EventBuilder::note(const char* what) {
  if (what && (notes_.empty() || notes_.back() != Note(field().name, what))) notes_.emplace_back(field().name, what);
}

void EventBuilder::fault(std::string_view field, std::string error) {
  if (!error_.empty()) return;
  fault_field_ = field;
  error_ = std::move(error);
}

void EventBuilder::key(int field) {
  field_ = field;
  if (field < 0) return;
  const auto at = static_cast<std::size_t>(field);
  if (seen_[at]) fault(event_fields()[at].name, "is given twice");
  seen_[at] = true;
}

void EventBuilder::scalar(const JsonScalar& value) {
  if (field_ < 0 || (!ok() && !field().required)) return;
  if (std::holds_alternative<std::monostate>(value) && !field().required) {
    seen_[static_cast<std::size_t>(field_)] = false;  // null says nothing: the field is absent
    return;
  }
  const char* adjusted = nullptr;
  if (std::string wrong = std::visit(Assign{event_, field(), value, ids_, adjusted}, field().member); !wrong.empty()) {
    return fault(field().name, std::move(wrong));
  }
  note(adjusted);
}

bool EventBuilder::wants_list() const { return field_is<std::vector<std::string>>(); }

void EventBuilder::word(const JsonScalar& value) {
  if (!ok()) return;
  auto& words = event_.*std::get<std::vector<std::string> Event::*>(field().member);
  const char* adjusted = nullptr;
  const Assign read{event_, field(), value, ids_, adjusted};
  std::string_view found;
  if (std::string wrong = read.text(found); !wrong.empty()) return fault(field().name, "each word " + wrong);
  if (static_cast<double>(words.size()) >= field().max) return note("was too long, and cut");
  words.push_back(read.as_kept(found));
  note(adjusted);
}

bool EventBuilder::wants_measures() const { return field_is<InputMeasures>(); }

void EventBuilder::measure(std::string_view name, const JsonScalar& value) {
  if (!ok()) return;
  const auto* whole = std::get_if<std::int64_t>(&value);
  const auto* real = std::get_if<double>(&value);
  // The shortest text of the greatest float is, as a double, a little more.
  const auto measured = static_cast<float>(whole ? static_cast<double>(*whole) : real ? *real : not_a_number);
  if (static_cast<double>(measure_names_.size()) >= field().max) {
    fault(field().name, "must hold at most " + limit_text(field().max) + " measures");
  } else if (!is_measure_name(name)) {
    fault(field().name,
          "each name must be of a-z, 0-9 and _, and at most " + std::to_string(field().max_bytes) + " bytes long");
  } else if (!std::isfinite(measured)) {
    fault(field().name, "each measure must be a number of 32 bits");
  } else {
    (event_.*std::get<InputMeasures Event::*>(field().member)).add(name, measured);
    measure_names_.emplace_back(name);
  }
}

void EventBuilder::end_measures() {
  std::ranges::sort(measure_names_);
  if (std::ranges::adjacent_find(measure_names_) != measure_names_.end()) {
    fault(field().name, "must hold no name twice");
  }
}

void EventBuilder::wrong_type() {
  if (field_ < 0) return;
  fault(field().name, wants_list()       ? "must be an array of strings"
                      : wants_measures() ? "must be an object of numbers"
                                         : "must not be an object or an array");
}

void EventBuilder::end() {
  const auto fields = event_fields();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].required && !seen_[i]) fault(fields[i].name, "is required");
  }
  // A program that knows fewer fields leaves some out; they follow from the others.
  static const auto active = static_cast<std::size_t>(find_event_field("active_sec"));
  static const auto idle = static_cast<std::size_t>(find_event_field("is_idle"));
  if (!seen_[idle]) event_.is_idle = seen_[active] ? event_.active_sec == 0 : !has_genuine_input(event_);
  if (!seen_[active]) event_.active_sec = event_.is_idle ? 0 : event_.interval_sec;
  if (event_.active_sec > event_.interval_sec && event_.active_sec < event_.interval_sec * (1 + slack)) {
    event_.active_sec = event_.interval_sec;
    notes_.emplace_back("active_sec", "was brought into its range");
  }
  if (event_.active_sec > event_.interval_sec) fault("active_sec", "must not be more than interval_sec");
}

void AgentBuilder::key(std::string_view name) {
  constexpr std::array<std::string_view, known_fields> names{"version",
                                                             "collect_interval_sec",
                                                             "send_interval_sec",
                                                             "capture",
                                                             "machine_id",
                                                             "state",
                                                             "since",
                                                             "may_loosen",
                                                             "configuration_version",
                                                             "configuration_state",
                                                             "configuration_change",
                                                             "configuration_error_version",
                                                             "configuration_error_key",
                                                             "configuration_error"};
  field_ = parse_enum<Field>(names, name).value_or(Field::unknown);
  if (field_ != Field::unknown) seen_.set(static_cast<std::size_t>(field_));
}

void AgentBuilder::scalar(const JsonScalar& value) { good_ = take(value) && good_; }

bool AgentBuilder::take(const JsonScalar& value) {
  const auto* text = std::get_if<std::string_view>(&value);
  const auto* number = std::get_if<std::int64_t>(&value);
  const bool is_interval = number && *number >= 1 && *number <= longest_agent_interval_sec;
  switch (field_) {
    case Field::unknown:
      break;
    case Field::version:
      if (!text || text->empty() || text->size() > longest_version || !is_printable(*text)) return false;
      state_.version = *text;
      break;
    case Field::collect_interval:
      if (is_interval) state_.collect_interval_sec = *number;
      return is_interval;
    case Field::send_interval:
      if (is_interval) state_.send_interval_sec = *number;
      return is_interval;
    case Field::capture:
      return text && take_capture(*text);
    case Field::machine_id:
      if (!text || !machine_id_fault(*text).empty()) return false;
      state_.machine_id = *text;
      break;
    case Field::state:
      if (text) take_state(*text);
      break;
    case Field::since:
      if (const auto time = text ? parse_timestamp(*text) : Result<Time>(Error{})) since_ = *time;
      break;
    default:
      take_of_configuration(value);
  }
  return true;
}

/// What is not of its shape counts as not said.
void AgentBuilder::take_of_configuration(const JsonScalar& value) {
  constexpr std::size_t longest_key = 100, longest_reason = 500;
  AgentConfiguration said = state_.configuration.value_or(AgentConfiguration());
  const auto* truth = std::get_if<bool>(&value);
  const auto* number = std::get_if<std::int64_t>(&value);
  const auto* text = std::get_if<std::string_view>(&value);
  if (truth && field_ == Field::may_loosen) {
    said.may_loosen = *truth;
  } else if (number && *number >= 0 && field_ == Field::configuration_version) {
    said.version = *number;
  } else if (number && *number >= 0 && field_ == Field::configuration_change) {
    said.change = *number;
  } else if (number && *number >= 0 && field_ == Field::error_version) {
    said.error_version = *number;
  } else if (text && field_ == Field::configuration_state) {
    said.state = parse_configuration_state(*text).value_or(said.state);
  } else if (text && field_ == Field::error_key) {
    said.error_key = clean_utf8(*text, longest_key);
  } else if (text && field_ == Field::error) {
    said.error_reason = clean_utf8(*text, longest_reason);
  } else {
    return;
  }
  state_.configuration = std::move(said);
}

bool AgentBuilder::take_capture(std::string_view word) {
  const auto capture = parse_capture(word);
  if (capture) state_.capture = *capture;
  return capture.has_value();
}

void AgentBuilder::take_state(std::string_view word) {
  const auto gap = parse_gap(word);
  // An agent that says something was never off meanwhile, and a clock is set in no time.
  if (gap != Gap::off && gap != Gap::clock) state_.state = gap;
}

std::optional<AgentState> AgentBuilder::end() const {
  std::bitset<known_fields> required;
  for (std::size_t i = 0; i < required_fields; ++i) required.set(i);
  if (!good_ || (seen_ & required) != required) return std::nullopt;
  AgentState state = state_;
  if (state.state && since_) {
    state.since = *since_;
  } else {
    state.state.reset();
  }
  return state;
}

}  // namespace activitytrack
