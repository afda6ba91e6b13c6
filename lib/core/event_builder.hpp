#pragma once

#include <activitytrack/core/event.hpp>
#include "core/event_fields.hpp"

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace activitytrack {

/// A value as a parser meets it.
using JsonScalar = std::variant<std::monostate, bool, std::int64_t, double, std::string_view>;

/// Puts one event together, field by field in any order, and holds it to the table's rules. After the
/// first fault it takes no more notice of what comes.
class EventBuilder {
 public:
  void begin();

  /// The next values are for this field; -1 is a field nobody knows.
  void key(int field);

  void scalar(const JsonScalar& value);
  bool wants_list() const;  ///< whether the present field takes an array of words
  void word(const JsonScalar& value);
  bool wants_measures() const;  ///< whether the present field takes an object of numbers
  void measure(std::string_view name, const JsonScalar& value);
  void end_measures();
  void wrong_type();  ///< an object, or an array, where none belongs

  /// Checks what only the whole can tell, and fills in what follows from other fields.
  void end();

  bool ok() const { return error_.empty(); }
  Event& event() { return event_; }
  std::string_view fault_field() const { return fault_field_; }
  const std::string& error() const { return error_; }

 private:
  void fault(std::string_view field, std::string error);
  const EventField& field() const { return event_fields()[static_cast<std::size_t>(field_)]; }
  template <class T>
  bool field_is() const {
    return field_ >= 0 && std::holds_alternative<T Event::*>(field().member);
  }

  Event event_;
  int field_ = -1;
  std::bitset<64> seen_;
  std::vector<std::string> measure_names_;
  std::string_view fault_field_;
  std::string error_;
};

}  // namespace activitytrack
