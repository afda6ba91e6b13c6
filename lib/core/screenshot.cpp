#include <activitytrack/core/screenshot.hpp>

#include "core/json_reader.hpp"
#include "core/json_writer.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

namespace activitytrack {
namespace {

constexpr std::size_t max_id_bytes = 64;
constexpr std::size_t max_text_bytes = 128;
constexpr int max_side = 65'535;
constexpr std::array<std::string_view, 3> format_names{"jpeg", "sealed", "none"};

bool is_plain(unsigned char c) { return c < 0x80 && (std::isalnum(c) || c == '-' || c == '_'); }

Error wrong(std::string_view field, std::string_view what) {
  return {ErrorCode::invalid_input, std::string(field) + " " + std::string(what)};
}

/// Reads fields of one object. The first thing that is wrong is kept, and the rest not looked at.
class Fields {
 public:
  explicit Fields(const boost::json::object& object) : object_(object) {}

  void text(std::string_view name, std::string& into, bool required = false, std::size_t max_bytes = max_text_bytes) {
    const auto* value = find(name, required);
    if (!value) return;
    const auto* string = value->if_string();
    if (!string) return fail(name, "must be a string");
    if (string->size() > max_bytes) return fail(name, "is longer than " + std::to_string(max_bytes) + " bytes");
    into = *string;
    if (required && into.empty()) fail(name, "must not be empty");
  }

  void number(std::string_view name, std::int64_t min, std::int64_t max, auto& into) {
    const auto* value = find(name, false);
    if (!value) return;
    boost::system::error_code not_one;
    const auto number = value->to_number<std::int64_t>(not_one);
    if (not_one || number < min || number > max) {
      return fail(name, "must be a whole number from " + std::to_string(min) + " to " + std::to_string(max));
    }
    into = static_cast<std::remove_reference_t<decltype(into)>>(number);
  }

  void fail(std::string_view name, std::string_view what) {
    if (!error_) error_ = wrong(name, what);
  }
  const std::optional<Error>& error() const { return error_; }

 private:
  const boost::json::value* find(std::string_view name, bool required) {
    const auto* value = object_.if_contains(name);
    if (value && value->is_null()) value = nullptr;
    if (!value && required) fail(name, "is missing");
    return error_ ? nullptr : value;
  }

  const boost::json::object& object_;
  std::optional<Error> error_{};
};

bool is_sha256(std::string_view text) {
  return text.size() == 64 &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

/// What the fields have to do with each other.
Result<Screenshot> checked(Screenshot shot) {
  if (!is_screenshot_id(shot.id)) return wrong("id", "must be 1 to 64 letters, digits, - and _");
  if (shot.format == Screenshot::Format::none) {
    if (!is_screenshot_id(shot.same_as)) return wrong("same_as", "must be the id of a screenshot");
    if (shot.size != 0) return wrong("size", "must be left out where there is no picture");
    shot.sha256.clear();
    return shot;
  }
  if (shot.size <= 0) return wrong("size", "must be the number of the picture's bytes");
  if (!is_sha256(shot.sha256)) return wrong("sha256", "must be 64 hexadecimal digits in lower case");
  shot.same_as.clear();
  return shot;
}

Result<Screenshot> read(const boost::json::object& object) {
  constexpr std::int64_t max_size = std::int64_t{1} << 40;
  Screenshot shot;
  std::string taken_at, format;
  Fields fields(object);
  fields.text("machine_id", shot.machine_id, true);
  fields.text("id", shot.id, true, max_id_bytes);
  fields.text("taken_at", taken_at, true);
  fields.text("timezone", shot.timezone);
  fields.number("utc_offset_min", -1440, 1440, shot.utc_offset_min);
  fields.text("monitor", shot.monitor);
  fields.number("width", 0, max_side, shot.width);
  fields.number("height", 0, max_side, shot.height);
  fields.text("format", format, true);
  fields.text("same_as", shot.same_as, false, max_id_bytes);
  fields.number("size", 0, max_size, shot.size);
  fields.text("sha256", shot.sha256);
  if (fields.error()) return *fields.error();
  const Result<Time> time = parse_timestamp(taken_at);
  if (!time) return wrong("taken_at", "must be an RFC 3339 time");
  shot.taken_at = *time;
  const auto named = parse_enum<Screenshot::Format>(format_names, format);
  if (!named) return wrong("format", "must be jpeg, sealed or none");
  shot.format = *named;
  return checked(std::move(shot));
}

}  // namespace

std::string_view to_string(Screenshot::Format format) noexcept {
  return format_names[static_cast<std::size_t>(format)];
}

std::string screenshot_id(Time taken_at, int monitor) {
  const auto micros = taken_at.time_since_epoch().count() % 1'000'000;
  const std::string text = format_timestamp(std::chrono::floor<std::chrono::seconds>(taken_at));
  std::string id;
  for (const char c : text) {
    if (c != '-' && c != ':' && c != 'Z') id += c;
  }
  std::string digits = std::to_string(micros);
  digits.insert(0, 6 - digits.size(), '0');
  return id + digits + "Z-" + std::to_string(monitor);
}

bool is_screenshot_id(std::string_view text) noexcept {
  return !text.empty() && text.size() <= max_id_bytes && std::ranges::all_of(text, is_plain);
}

std::string encode_screenshot(const Screenshot& shot) {
  return json_object([&](JsonWriter& json) {
    json.field("machine_id", shot.machine_id).field("id", shot.id);
    json.field("taken_at", format_timestamp(shot.taken_at));
    if (!shot.timezone.empty()) json.field("timezone", shot.timezone);
    json.field("utc_offset_min", shot.utc_offset_min);
    if (!shot.monitor.empty()) json.field("monitor", shot.monitor);
    json.field("width", shot.width).field("height", shot.height).field("format", to_string(shot.format));
    if (shot.format == Screenshot::Format::none) {
      json.field("same_as", shot.same_as);
    } else {
      json.field("size", shot.size).field("sha256", shot.sha256);
    }
  });
}

Result<Screenshot> decode_screenshot(std::string_view text) {
  if (const auto object = parse_json_object(text)) return read(*object);
  return Error{ErrorCode::invalid_input, "is no JSON object"};
}

std::string path_segment(std::string_view machine_id) {
  std::string segment;
  for (const char c : machine_id) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_plain(byte) || (c == '.' && !segment.empty())) {
      segment += c;
    } else {
      append_percent(segment, c);
    }
  }
  return segment;
}

std::string screenshot_path(const Screenshot& shot) {
  std::string path = path_segment(shot.machine_id) + "/" + utc_date_text(shot.taken_at) + "/" + shot.id + ".jpg";
  if (shot.format == Screenshot::Format::sealed) path += ".sealed";
  return path;
}

}  // namespace activitytrack
