#pragma once

#include "core/event_batch.hpp"
#include "core/event_fields.hpp"

#include <activitytrack/core/event.hpp>

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace activitytrack {

/// A value as a parser meets it.
using JsonScalar = std::variant<std::monostate, bool, std::int64_t, double, std::string_view>;

/// Puts one event together, field by field in any order, and checks it by the table of fields. After the first fault it
/// ignores the rest, but for what names the event.
class EventBuilder {
 public:
  explicit EventBuilder(MachineIds ids) : ids_(ids) {}

  void begin();

  /// The next values are for this field; -1 is an unknown one.
  void key(int field);

  void scalar(const JsonScalar& value);
  bool wants_list() const;  ///< whether the present field takes an array of words
  void word(const JsonScalar& value);
  bool wants_measures() const;  ///< whether the present field takes an object of numbers
  void measure(std::string_view name, const JsonScalar& value);
  void end_measures();
  void wrong_type();  ///< for an object or an array where none belongs

  /// Checks what concerns several fields, and fills in what follows from other fields.
  void end();

  bool ok() const { return error_.empty(); }
  Event& event() { return event_; }
  std::string_view fault_field() const { return fault_field_; }
  const std::string& error() const { return error_; }

  /// Of what had to be read otherwise than it was written, the field and what was done.
  using Note = std::pair<std::string_view, std::string_view>;
  const std::vector<Note>& notes() const { return notes_; }

 private:
  void fault(std::string_view field, std::string error);
  void note(const char* what);
  const EventField& field() const { return event_fields()[static_cast<std::size_t>(field_)]; }
  template <class T>
  bool field_is() const {
    return field_ >= 0 && std::holds_alternative<T Event::*>(field().member);
  }

  const MachineIds ids_;
  Event event_;
  int field_ = -1;
  std::bitset<64> seen_;
  std::vector<std::string> measure_names_;
  std::string_view fault_field_;
  std::string error_;
  std::vector<Note> notes_;
};

/// Puts an AgentState together, field by field in any order. Anything that is not of its shape makes it none: what an
/// agent says of itself must not cost its events.
class AgentBuilder {
 public:
  void key(std::string_view name);
  void scalar(const JsonScalar& value);
  void wrong_type() { good_ = good_ && field_ >= Field::may_loosen; }  ///< for an object or an array as a value

  /// nullopt unless every field came that an agent has always sent. A state that is not known here, or without
  /// `since`, is left out, and what of its configuration is not of its shape.
  std::optional<AgentState> end() const;

 private:
  enum class Field {
    version,
    collect_interval,
    send_interval,
    capture,
    machine_id,
    state,
    since,
    may_loosen,
    configuration_version,
    configuration_state,
    configuration_change,
    error_version,
    error_key,
    error,
    unknown
  };
  static constexpr std::size_t known_fields = 14, required_fields = 4;  // these come first

  bool take(const JsonScalar& value);
  void take_of_configuration(const JsonScalar& value);
  bool take_capture(std::string_view word);
  void take_state(std::string_view word);

  AgentState state_;
  std::optional<Time> since_;
  Field field_ = Field::unknown;
  std::bitset<known_fields> seen_;
  bool good_ = true;
};

}  // namespace activitytrack
