#include "input/trace_parser.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace activitytrack {
namespace {

constexpr std::string_view header = "t_us,kind,a,b";
constexpr std::size_t max_line_bytes = 128;
constexpr std::int64_t max_us = 10'000'000'000'000;  // 115 days
constexpr double max_coordinate = 1e6;

struct KindName {
  std::string_view word;
  InputKind kind;
};

// The commonest first.
constexpr std::array<KindName, 7> kinds{{
    {"move", InputKind::motion},
    {"rel", InputKind::motion},
    {"press", InputKind::button_press},
    {"release", InputKind::button_release},
    {"scroll", InputKind::scroll},
    {"keydown", InputKind::key_press},
    {"keyup", InputKind::key_release},
}};

bool is_wheel(double button) { return button >= 4 && button <= 7; }

bool cut_at_comma(std::string_view& rest, std::string_view& field) {
  auto comma = rest.find(',');
  if (comma == std::string_view::npos) return false;
  field = rest.substr(0, comma);
  rest.remove_prefix(comma + 1);
  return true;
}

/// Why `text` cannot stand in column a or b; empty if it can, and is `value`. std::from_chars reads "nan" and "inf".
std::string_view fault_of(std::string_view text, double& value) {
  const auto number = parse_number<double>(text);
  if (!number) return "is not a number";
  if (!std::isfinite(*number)) return "is not a finite number";
  if (std::abs(*number) > max_coordinate) return "is out of range: at most 1000000 either way";
  value = *number;
  return {};
}

}  // namespace

struct TraceParser::Row {
  std::int64_t us = 0;
  InputKind kind = InputKind::motion;
  bool absolute = false;  // of motion: a and b are a place, not a way
  double a = 0, b = 0;
};

Error TraceParser::error(std::string_view what) const {
  return {ErrorCode::invalid_input, "line " + std::to_string(line_) + ": " + std::string(what)};
}

Result<void> TraceParser::feed(std::string_view piece) {
  while (!piece.empty()) {
    auto end = piece.find('\n');
    if (end == std::string_view::npos) {
      // One byte more than a line may have is enough to know that it is too long.
      partial_ += piece.substr(0, max_line_bytes + 1);
      if (partial_.size() <= max_line_bytes) return {};
      return take_line(partial_);
    }
    auto line = piece.substr(0, end);
    if (!partial_.empty()) line = partial_ += line.substr(0, max_line_bytes + 1);
    if (auto taken = take_line(line); !taken) return taken;
    partial_.clear();
    piece.remove_prefix(end + 1);
  }
  return {};
}

Result<std::vector<InputSample>> TraceParser::finish() {
  if (!partial_.empty() || line_ == 0) {
    if (auto taken = take_line(partial_); !taken) return taken.error();
    partial_.clear();
  }
  return std::move(trace_);
}

Result<void> TraceParser::take_line(std::string_view line) {
  ++line_;
  if (line.size() > max_line_bytes)
    return error("longer than " + std::to_string(max_line_bytes) + " bytes; this is no trace");
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line_ == 1) {
    if (line == header) return {};
    return error("a trace begins with the header " + std::string(header));
  }

  std::string_view time, kind, a, b = line;
  if (!cut_at_comma(b, time) || !cut_at_comma(b, kind) || !cut_at_comma(b, a) || b.find(',') != std::string_view::npos)
    return error("a row has four columns: " + std::string(header));

  const auto us = parse_number<std::int64_t>(time);
  if (!us) return error("t_us is not a whole number");
  if (*us < 0 || *us > max_us) return error("t_us is out of range: 0 to " + std::to_string(max_us) + " (115 days)");
  const auto known = std::ranges::find(kinds, kind, &KindName::word);
  if (known == kinds.end())
    return error("unknown kind; it is one of move, rel, press, release, scroll, keydown, keyup");
  Row row{.us = *us, .kind = known->kind, .absolute = kind == "move"};
  if (auto fault = fault_of(a, row.a); !fault.empty()) return error("a " + std::string(fault));
  if (auto fault = fault_of(b, row.b); !fault.empty()) return error("b " + std::string(fault));
  return take_row(row);
}

Result<void> TraceParser::take_row(const Row& row) {
  if (row.us < last_us_)
    return error("t_us goes back from " + std::to_string(last_us_) + " to " + std::to_string(row.us) +
                 "; rows stand in order of time");
  last_us_ = row.us;

  InputSample sample{.at = Ticks(std::chrono::microseconds(row.us)), .kind = row.kind};
  const bool is_key = row.kind == InputKind::key_press || row.kind == InputKind::key_release;
  if (row.kind == InputKind::motion) {
    if (absolute_.value_or(row.absolute) != row.absolute) return error("a trace has move or rel rows, not both");
    absolute_ = row.absolute;
  }
  if (row.absolute) return add_move(sample, row), Result<void>();
  if (row.kind == InputKind::motion || row.kind == InputKind::scroll) {
    sample.dx = static_cast<float>(row.a);
    sample.dy = static_cast<float>(row.b);
  } else {
    if (row.a != std::floor(row.a) || row.a < (is_key ? 0 : 1) || row.a > 255)
      return error(is_key ? "a is no slot: a whole number, 0 to 255" : "a is no button: a whole number, 1 to 255");
    if (!is_key && is_wheel(row.a)) return error("buttons 4 to 7 are the wheel: use scroll rows");
    if (row.b != 0) return error("b is 0 in a row of this kind");
    sample.slot = static_cast<std::uint16_t>(row.a);
    // A key that repeats while it is held is one press.
    if (row.kind == InputKind::key_press && down_[sample.slot]) return {};
    if (is_key) down_[sample.slot] = row.kind == InputKind::key_press;
  }
  trace_.push_back(sample);
  return {};
}

/// The first position has no distance: where the pointer came from is not known.
void TraceParser::add_move(InputSample sample, const Row& row) {
  if (has_position_) {
    sample.dx = static_cast<float>(row.a - x_);
    sample.dy = static_cast<float>(row.b - y_);
  }
  has_position_ = true;
  x_ = row.a;
  y_ = row.b;
  trace_.push_back(sample);
}

}  // namespace activitytrack
