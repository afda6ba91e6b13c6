#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>

namespace activitytrack {

/// Appends JSON to a string, commas and escapes included; no DOM. The caller keeps the nesting right. Bytes that are
/// not UTF-8 become U+FFFD; a number that is not finite becomes null.
///
///     std::string out;
///     JsonWriter(out).begin_object().field("accepted", 3).end_object();   // {"accepted":3}
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& begin_object() { return begin('{'); }
  JsonWriter& end_object() { return end('}'); }
  JsonWriter& begin_array() { return begin('['); }
  JsonWriter& end_array() { return end(']'); }
  JsonWriter& key(std::string_view name);

  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(double number);
  JsonWriter& value(bool truth) { return raw(truth ? "true" : "false"); }
  JsonWriter& null() { return raw("null"); }
  template <std::integral I>
  requires(!std::same_as<I, bool>) JsonWriter& value(I number) { return integer(static_cast<std::int64_t>(number)); }
  template <class T>
  JsonWriter& value(const std::optional<T>& maybe) {
    return maybe ? value(*maybe) : null();
  }
  template <std::ranges::input_range Rows>
  requires(!std::convertible_to<const Rows&, std::string_view>) JsonWriter& value(const Rows& rows) {
    return array(rows, [this](const auto& row) { value(row); });
  }

  /// An array of what `write` writes for each row.
  template <class Rows, class Write>
  JsonWriter& array(const Rows& rows, Write write) {
    begin_array();
    for (const auto& row : rows) write(row);
    return end_array();
  }

  /// Text that is JSON already.
  JsonWriter& raw(std::string_view json);

  template <class T>
  JsonWriter& field(std::string_view name, const T& v) {
    return key(name).value(v);
  }

 private:
  JsonWriter& begin(char bracket);
  JsonWriter& end(char bracket);
  JsonWriter& integer(std::int64_t number);
  void separate();

  std::string& out_;
  bool first_ = true;  ///< nothing stands before in this object or array
};

/// The object whose members `write(json)` writes.
template <class Write>
std::string json_object(Write write) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write(json);
  json.end_object();
  return out;
}

/// `number` with at most `digits` digits after the point.
double rounded(double number, int digits);

}  // namespace activitytrack
