#pragma once

#include <activitytrack/core/event.hpp>

#include <cstddef>
#include <span>
#include <string_view>
#include <variant>

namespace activitytrack {

/// The greatest count accepted: far above what hands or scripts reach in a day.
inline constexpr double max_count = 1e9;

/// The longest Event::machine_id that is accepted, in UTF-8 bytes.
inline constexpr std::size_t max_machine_id_bytes = 128;

/// Of Event::scripted_reasons: how many are accepted, and how long each may be, in UTF-8 bytes.
inline constexpr std::size_t max_reasons = 16;
inline constexpr std::size_t max_reason_bytes = 256;

/// Of Event::input_measures: how many are accepted, and how long the name of each may be.
inline constexpr std::size_t max_measures = 256;
inline constexpr std::size_t max_measure_name_bytes = 48;

/// Whether a measure may have this name: of a-z, 0-9 and "_", and no longer than accepted.
constexpr bool is_measure_name(std::string_view name) noexcept {
  return !name.empty() && name.size() <= max_measure_name_bytes &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == name.npos;
}

/// What is wrong with a machine's id that comes in; "" if nothing. An id can be asked for, and no two look alike for
/// what cannot be seen: 1 to 128 bytes of UTF-8 in normal form C; no control characters, line breaks and invisible
/// characters, among which are those that turn the direction of writing; no blanks but single spaces within; neither
/// "." nor "..", which no URL's path can hold. Letters of two scripts may still look alike.
std::string_view machine_id_fault(std::string_view id) noexcept;

/// The same of an id that was taken before this rule was, and is read again: of what is kept nothing gets lost.
std::string_view kept_machine_id_fault(std::string_view id) noexcept;

/// One row of the table that drives the JSON codec, the server's columns and the CSV export. A new field of Event is a
/// member there and a row here.
struct EventField {
  using Member =
      std::variant<std::int64_t Event::*, std::optional<std::int64_t> Event::*, double Event::*,
                   std::optional<double> Event::*, bool Event::*, std::string Event::*, Time Event::*, Verdict Event::*,
                   std::optional<Gap> Event::*, std::vector<std::string> Event::*, InputMeasures Event::*>;

  std::string_view name;  ///< on the wire, as a column and as a CSV header
  Member member;
  double min = 0;             ///< numbers: the least and the greatest value accepted
  double max = 0;             ///< lists: the greatest number of words; measures: of them
  std::size_t max_bytes = 0;  ///< strings and names: the greatest length accepted, UTF-8 bytes
  bool required = false;
  bool is_prose = false;       ///< what is too long of it is cut, and costs no event
  bool genuine_input = false;  ///< counts what the person did, by a std::int64_t
};

/// All fields, in the order of the contract.
std::span<const EventField> event_fields() noexcept;

/// Those that fit a cell of a table for people, CSV too: all but the measures, which come last.
std::span<const EventField> event_columns() noexcept;

/// Index into event_fields(), or -1 for a name that is not a field.
int find_event_field(std::string_view name) noexcept;

}  // namespace activitytrack
